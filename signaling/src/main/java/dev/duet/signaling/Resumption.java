package dev.duet.signaling;

/**
 * What a verified seat token says of the seat that its bearer had.
 *
 * @param participant who sat there
 * @param epoch which streams the participant had then
 */
public record Resumption(Seat seat, ParticipantId participant, int epoch) {}
