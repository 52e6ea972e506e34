package dev.duet.signaling;

/**
 * A participant as the others see it.
 *
 * @param order grows with every seat taken in a room; the lower one makes the offer
 */
public record Participant(ParticipantId id, long order, Person person, boolean away) {}
