package dev.duet.signaling;

/**
 * An offer that a participant who waits has published for whoever joins. It has two parts: a preview sees the description, which has no
 * address in it; the candidates stay with the server until a participant has a seat and claims the offer.
 *
 * @param number names it; never used twice
 * @param from the participant who waits, and takes an answer to it
 * @param description the session description, as it was written
 * @param candidates the author's candidates, as they were written
 */
public record StandingOffer(long number, ParticipantId from, Payload description, Payload candidates) {}
