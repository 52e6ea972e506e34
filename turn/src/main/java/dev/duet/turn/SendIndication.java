package dev.duet.turn;

import dev.duet.stun.Attribute;
import dev.duet.stun.TransportAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.CRC32;

/**
 * A Send indication, read where it stands (RFC 8656, section 11.2): whom the data is for and where it lies. A mutable flyweight, made once
 * and used for one datagram after the other; nothing is allocated per datagram.
 *
 * <p>What counts is the same as in {@link dev.duet.stun.StunMessage}: the first attribute of a type, and nothing behind an integrity
 * attribute but FINGERPRINT. Known attributes that mean nothing here are ignored, as RFC 8489, section 6.3, has it.
 *
 * <p>Not thread-safe: owned by one relay shard.
 */
public final class SendIndication {
    private static final int TYPE = 0x0016;
    private static final int COOKIE = 0x2112a442;
    private static final int HEADER_BYTES = 20;
    private static final int FINGERPRINT_XOR = 0x5354554e;
    private static final int ABSENT = -1;

    private final CRC32 crc = new CRC32();
    private int peerAt;
    private int dataAt;
    private long peerHigh;
    private long peerLow;
    private int peerPort;
    private int dataLength;

    /**
     * Reads one; what it says is good until the next.
     *
     * @param in big-endian; of a direct or an array's buffer
     * @return false when this is no Send indication with an XOR-PEER-ADDRESS and DATA, when its FINGERPRINT is wrong or not last, or when it
     *     has an attribute that must be understood and is not: it is to be dropped, and the other methods mean nothing
     */
    public boolean read(ByteBuffer in, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, in.limit());
        if (length < HEADER_BYTES
                || (length & 3) != 0
                || in.getShort(offset) != TYPE
                || in.getInt(offset + 4) != COOKIE
                || HEADER_BYTES + Short.toUnsignedInt(in.getShort(offset + 2)) != length) {
            return false;
        }
        peerAt = ABSENT;
        dataAt = ABSENT;
        return readAttributes(in, offset, offset + length)
                && peerAt != ABSENT
                && dataAt != ABSENT
                && readPeer(in, offset);
    }

    private boolean readAttributes(ByteBuffer in, int offset, int end) {
        boolean ignoring = false;
        for (int at = offset + HEADER_BYTES; at < end; ) {
            int type = Short.toUnsignedInt(in.getShort(at));
            int valueLength = Short.toUnsignedInt(in.getShort(at + 2));
            int next = at + 4 + (valueLength + 3 & ~3);
            if (next > end) {
                return false;
            }
            if (type == Attribute.FINGERPRINT) {
                return valueLength == 4 && next == end && in.getInt(at + 4) == fingerprint(in, offset, at);
            }
            if (!ignoring) {
                switch (type) {
                    case Attribute.XOR_PEER_ADDRESS -> peerAt = peerAt == ABSENT ? at : peerAt;
                    case Attribute.DATA -> {
                        dataLength = dataAt == ABSENT ? valueLength : dataLength;
                        dataAt = dataAt == ABSENT ? at + 4 : dataAt;
                    }
                    case Attribute.MESSAGE_INTEGRITY, Attribute.MESSAGE_INTEGRITY_SHA256 -> ignoring = true;
                    default -> {
                        if (type < Attribute.COMPREHENSION_OPTIONAL && !Requests.isUnderstood(type)) {
                            return false;
                        }
                    }
                }
            }
            at = next;
        }
        return true;
    }

    private int fingerprint(ByteBuffer in, int from, int to) {
        int position = in.position();
        int limit = in.limit();
        crc.reset();
        crc.update(in.position(from).limit(to));
        in.limit(limit).position(position);
        return (int) crc.getValue() ^ FINGERPRINT_XOR;
    }

    private boolean readPeer(ByteBuffer in, int offset) {
        int valueLength = in.getShort(peerAt + 2);
        int family = in.get(peerAt + 5);
        peerPort = Short.toUnsignedInt(in.getShort(peerAt + 6)) ^ COOKIE >>> 16;
        if (family == 1 && valueLength == 8) {
            peerHigh = 0;
            peerLow = TransportAddress.ipv4(in.getInt(peerAt + 8) ^ COOKIE);
            return true;
        }
        if (family == 2 && valueLength == 20) {
            peerHigh = in.getLong(peerAt + 8) ^ in.getLong(offset + 4);
            peerLow = in.getLong(peerAt + 16) ^ in.getLong(offset + 12);
            return true;
        }
        return false;
    }

    /** The first 64 bits of the peer's address, as in {@link TransportAddress}. */
    public long peerHigh() {
        return peerHigh;
    }

    public long peerLow() {
        return peerLow;
    }

    public int peerPort() {
        return peerPort;
    }

    /** Where the data lies in the buffer; an absolute place. */
    public int dataOffset() {
        return dataAt;
    }

    /** In bytes, without padding; may be 0. */
    public int dataLength() {
        return dataLength;
    }
}
