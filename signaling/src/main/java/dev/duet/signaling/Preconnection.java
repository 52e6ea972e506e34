package dev.duet.signaling;

/**
 * A connection that a participant who waits and one preview make ready before the click: one offer, one answer, both under this number.
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
final class Preconnection {
    final long number;
    final ParticipantId author;
    final Lease lease;
    private boolean offered;
    private boolean answered;

    Preconnection(long number, ParticipantId author, Lease lease) {
        this.number = number;
        this.author = author;
        this.lease = lease;
    }

    /** The author offers. Whether it is its turn. */
    boolean offer() {
        boolean first = !offered;
        offered = true;
        return first;
    }

    /** The preview answers. Whether it is its turn. */
    boolean answer() {
        boolean first = offered && !answered;
        answered |= offered;
        return first;
    }

    boolean isAnswered() {
        return answered;
    }
}
