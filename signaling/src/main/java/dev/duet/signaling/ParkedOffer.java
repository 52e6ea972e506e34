package dev.duet.signaling;

/**
 * An offer that somebody who waits has made for whoever comes.
 *
 * @param number names it; never used twice
 * @param from who waits, and will take an answer to it
 * @param description the session description, as it was written
 */
public record ParkedOffer(long number, ParticipantId from, Payload description) {}
