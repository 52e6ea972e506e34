package dev.duet.signaling;

/**
 * Signals that {@link Rooms} dropped, each with good reason.
 *
 * <p>Not thread-safe: owned by the room's event loop; what others read may be a moment old.
 */
public final class RoomCounters {
    long late;
    long repeated;
    long stale;

    RoomCounters() {}

    /** From connections whose seat had gone on without them, or that had none. */
    public long late() {
        return late;
    }

    /** Sent again though they had arrived. */
    public long repeated() {
        return repeated;
    }

    /** Meant for streams that have started over. */
    public long stale() {
        return stale;
    }
}
