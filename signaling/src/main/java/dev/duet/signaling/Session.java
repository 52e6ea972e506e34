package dev.duet.signaling;

/**
 * One participant's connection, from its join to its end, as the adapter knows it. The rooms hold it, compare it by {@link
 * Object#equals} and name it in their outputs; they never call it. A client that leaves and joins again is another session.
 */
public interface Session {}
