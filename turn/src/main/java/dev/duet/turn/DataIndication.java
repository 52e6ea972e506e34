package dev.duet.turn;

import dev.duet.stun.Attribute;
import dev.duet.stun.TransportAddress;
import java.nio.ByteBuffer;

/**
 * Makes a Data indication (RFC 8656, section 11.3) of data that lies in a buffer already: the header goes before it, the padding behind it.
 * A mutable flyweight, made once and used for one datagram after the other; nothing is allocated per datagram.
 *
 * <pre>
 *   header (20)  |  XOR-PEER-ADDRESS (12 or 24)  |  DATA's header (4)  |  data  |  padding (0 to 3)
 * </pre>
 *
 * <p>Not thread-safe: owned by one relay shard.
 */
public final class DataIndication {
    /** Bytes before the data when the peer's address is IPv4. */
    public static final int IPV4_BYTES_BEFORE = 36;

    /** Bytes before the data when the peer's address is IPv6; never more than {@link Datagram#HEADROOM}. */
    public static final int IPV6_BYTES_BEFORE = 48;

    private static final int TYPE = 0x0017;
    private static final int COOKIE = 0x2112a442;
    private static final int HEADER_BYTES = 20;

    private long peerHigh;
    private long peerLow;
    private int peerPort;
    private int transactionHigh;
    private long transactionLow;
    private int length;

    /** Whom the data came from, as in {@link TransportAddress}. */
    public DataIndication peer(long high, long low, int port) {
        peerHigh = high;
        peerLow = low;
        peerPort = port;
        return this;
    }

    /** The transaction id's first 32 and last 64 bits. */
    public DataIndication transaction(int high, long low) {
        transactionHigh = high;
        transactionLow = low;
        return this;
    }

    /**
     * Writes what goes before and behind the data.
     *
     * @param buffer big-endian; only absolute positions are used
     * @param dataLength at most 65,000 bytes
     * @return where the message starts; {@link #length} says how long it is
     */
    public int write(ByteBuffer buffer, int dataOffset, int dataLength) {
        boolean ipv4 = TransportAddress.isIpv4(peerHigh, peerLow);
        int before = ipv4 ? IPV4_BYTES_BEFORE : IPV6_BYTES_BEFORE;
        int start = dataOffset - before;
        int padded = dataLength + 3 & ~3;
        if (start < 0 || dataLength < 0 || dataLength > 65_000 || dataOffset + padded > buffer.limit()) {
            throw new IllegalArgumentException(dataLength + " bytes of data at " + dataOffset + " (expected: " + before
                    + " bytes before it, padding behind it, within " + buffer.limit() + ")");
        }
        length = before + padded;
        int peerAt = start + HEADER_BYTES;
        buffer.putShort(start, (short) TYPE).putShort(start + 2, (short) (length - HEADER_BYTES));
        buffer.putInt(start + 4, COOKIE);
        buffer.putInt(start + 8, transactionHigh).putLong(start + 12, transactionLow);
        buffer.putShort(peerAt, (short) Attribute.XOR_PEER_ADDRESS).putShort(peerAt + 2, (short) (ipv4 ? 8 : 20));
        buffer.putShort(peerAt + 4, (short) (ipv4 ? 1 : 2));
        buffer.putShort(peerAt + 6, (short) (peerPort ^ COOKIE >>> 16));
        if (ipv4) {
            buffer.putInt(peerAt + 8, (int) peerLow ^ COOKIE);
        } else {
            buffer.putLong(peerAt + 8, peerHigh ^ ((long) COOKIE << 32 | Integer.toUnsignedLong(transactionHigh)));
            buffer.putLong(peerAt + 16, peerLow ^ transactionLow);
        }
        buffer.putShort(dataOffset - 4, (short) Attribute.DATA).putShort(dataOffset - 2, (short) dataLength);
        for (int i = dataOffset + dataLength; i < dataOffset + padded; i++) {
            buffer.put(i, (byte) 0);
        }
        return start;
    }

    /** The length of what was written last, in bytes: header, data and padding. */
    public int length() {
        return length;
    }
}
