package dev.duet.signaling;

/**
 * How far somebody who comes back has received what another had sent.
 *
 * @param participant who had sent it
 * @param epoch the sender's, as the receiver knows it
 * @param received the number of the last signal that arrived; 0 for none
 */
public record StreamPosition(ParticipantId participant, int epoch, long received) {}
