package dev.duet.turn;

import java.nio.ByteBuffer;

/**
 * A datagram that was received, in a buffer with room before and behind it, so that a header can be put before its data and taken off
 * without a copy. A mutable flyweight, made once and used for one datagram after the other; nothing is allocated per datagram.
 *
 * <pre>
 *   0          HEADROOM                                    CAPACITY
 *   |  headroom  |  payload (offset, length)  |   tailroom   |
 * </pre>
 *
 * <p>Not thread-safe: owned by one relay shard.
 */
public final class Datagram {
    /** Bytes before a received payload: a Data indication's header with an IPv6 address takes 48. */
    public static final int HEADROOM = 64;

    /** The largest payload that is relayed, in bytes; a longer datagram is dropped and counted. */
    public static final int PAYLOAD_BYTES_MAX = 4000;

    /** Bytes behind the largest payload, for padding. */
    public static final int CAPACITY = 4096;

    private final ByteBuffer buffer;
    private final int slot;
    private int offset;
    private int length;
    private long sourceHigh;
    private long sourceLow;
    private int sourcePort;

    /**
     * @param buffer {@link #CAPACITY} bytes, big-endian; only absolute positions are used
     * @param slot the owner's number for it
     */
    public Datagram(ByteBuffer buffer, int slot) {
        if (buffer.capacity() != CAPACITY) {
            throw new IllegalArgumentException(
                    "a buffer of " + buffer.capacity() + " bytes (expected: " + CAPACITY + ")");
        }
        this.buffer = buffer;
        this.slot = slot;
    }

    /** A datagram of its own memory. */
    public static Datagram allocate() {
        return new Datagram(ByteBuffer.allocate(CAPACITY), 0);
    }

    /** It came from this transport address and lies behind the headroom. */
    public Datagram received(long high, long low, int port, int bytes) {
        sourceHigh = high;
        sourceLow = low;
        sourcePort = port;
        return payload(HEADROOM, bytes);
    }

    /** Its payload is these bytes of the buffer now. */
    public Datagram payload(int from, int bytes) {
        if (from < 0 || bytes < 0 || from + bytes > CAPACITY) {
            throw new IllegalArgumentException(bytes + " bytes at " + from + " (expected: within " + CAPACITY + ")");
        }
        offset = from;
        length = bytes;
        return this;
    }

    public ByteBuffer buffer() {
        return buffer;
    }

    public int slot() {
        return slot;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    public long sourceHigh() {
        return sourceHigh;
    }

    public long sourceLow() {
        return sourceLow;
    }

    public int sourcePort() {
        return sourcePort;
    }
}
