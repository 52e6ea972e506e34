package dev.duet.signaling;

/**
 * A participant as the others see it.
 *
 * @param order grows with every seat taken in a room; the lower one makes the offer
 * @param epoch another one whenever the streams from and to this participant started over
 */
public record Participant(ParticipantId id, long order, int epoch, Person person, boolean away) {}
