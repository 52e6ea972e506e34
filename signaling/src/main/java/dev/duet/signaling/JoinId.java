package dev.duet.signaling;

/** Names one attempt to join, so that an answer of the policy or the directory that comes late finds its question or nothing. */
public record JoinId(long value) {}
