package dev.duet.signaling;

/** The normal form of what one participant tells another; dialects translate at the edge. */
public enum SignalKind {
    /** A session description: an offer, an answer, a rollback. */
    DESCRIPTION,
    /** An ICE candidate, or the end of them. */
    CANDIDATE,
    /** Anything else. */
    DATA
}
