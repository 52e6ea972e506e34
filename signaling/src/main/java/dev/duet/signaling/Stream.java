package dev.duet.signaling;

import java.util.ArrayDeque;

/**
 * What one participant sends to one other, numbered from 1. Everything up to {@link #accepted} was taken over from the sender, everything up to
 * {@link #acknowledged} the recipient has; what lies between is kept.
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
final class Stream {
    /** @param arrival grows with everything that is kept in one event loop, whoever sent it */
    record Kept(long seq, long arrival, SignalKind kind, Payload payload) {}

    private final ArrayDeque<Kept> kept = new ArrayDeque<>();
    private long accepted;
    private long acknowledged;
    private int keptBytes;

    /** Goes on after the signal of this number, of which an earlier process knew. */
    static Stream after(long received) {
        Stream stream = new Stream();
        stream.accepted = received;
        stream.acknowledged = received;
        return stream;
    }

    long accepted() {
        return accepted;
    }

    long acknowledged() {
        return acknowledged;
    }

    long next() {
        return accepted + 1;
    }

    /** Counts what its recipient does not acknowledge and need not. */
    void handOver() {
        accepted++;
        acknowledged = accepted;
    }

    /** Keeps what has the next number. */
    void keep(SignalKind kind, Payload payload, long arrival) {
        accepted++;
        kept.add(new Kept(accepted, arrival, kind, payload));
        keptBytes += payload.sizeBytes();
    }

    /** The recipient has everything up to this number; gives the bytes that need not be kept any longer. */
    int acknowledge(long seq) {
        int before = keptBytes;
        acknowledged = Math.max(acknowledged, seq);
        while (!kept.isEmpty() && kept.element().seq <= acknowledged) {
            keptBytes -= kept.remove().payload.sizeBytes();
        }
        return before - keptBytes;
    }

    boolean fits(int sizeBytes, Limits limits) {
        return kept.size() < limits.windowMessages() && keptBytes + sizeBytes <= limits.windowBytes();
    }

    Iterable<Kept> kept() {
        return kept;
    }

    int keptBytes() {
        return keptBytes;
    }

    void checkInvariants(Limits limits) {
        Rooms.require(acknowledged <= accepted, "more is acknowledged than was accepted", acknowledged);
        Rooms.require(kept.size() == accepted - acknowledged, "not all is kept that has to be", kept.size());
        Rooms.require(kept.size() <= limits.windowMessages(), "more is kept than the window has", kept.size());
        Rooms.require(keptBytes <= limits.windowBytes(), "more bytes are kept than the window has", keptBytes);
        long seq = acknowledged;
        long arrival = 0;
        int bytes = 0;
        for (Kept next : kept) {
            Rooms.require(next.seq == ++seq && next.arrival > arrival, "what is kept is out of order", next);
            arrival = next.arrival;
            bytes += next.payload.sizeBytes();
        }
        Rooms.require(bytes == keptBytes, "the bytes of a stream miscounted", keptBytes);
    }
}
