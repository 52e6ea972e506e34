package dev.duet.signaling;

/**
 * Another participant, as one participant is told of it.
 *
 * @param accepted the last signal of the one to the other that was taken over; after it the one has to go on
 */
public record Other(Participant participant, long accepted) {}
