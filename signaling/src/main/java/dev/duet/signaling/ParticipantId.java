package dev.duet.signaling;

/** Names a participant to the others in the room; made by the server from at least 128 random bits. */
public record ParticipantId(String value) {}
