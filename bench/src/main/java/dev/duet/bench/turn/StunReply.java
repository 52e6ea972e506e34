package dev.duet.bench.turn;

import dev.duet.stun.TransportAddress;
import dev.duet.turn.Datagram;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** A STUN response, as far as the load generator needs it. The integrity of responses is not checked. */
final class StunReply {
    static final int REALM = 0x0014;
    static final int NONCE = 0x0015;

    private static final int ERROR_CODE = 0x0009;
    private static final int XOR_RELAYED_ADDRESS = 0x0016;
    private static final int ERROR_CLASS = 0x0110;
    private static final int TRANSACTION_AT = 12;

    private final int type;
    private final long transaction;
    private final Map<Integer, byte[]> attributes = new HashMap<>();

    /** Whether a datagram is STUN, and not data of a channel. */
    static boolean isOne(Datagram datagram) {
        return datagram.length() >= StunRequest.HEADER_BYTES
                && datagram.buffer().getInt(datagram.offset() + 4) == StunRequest.COOKIE;
    }

    StunReply(byte[] message) {
        ByteBuffer bytes = ByteBuffer.wrap(message);
        type = bytes.getShort(0);
        transaction = bytes.getLong(TRANSACTION_AT);
        int at = StunRequest.HEADER_BYTES;
        while (at + 4 <= message.length) {
            int length = Short.toUnsignedInt(bytes.getShort(at + 2));
            byte[] value = new byte[length];
            bytes.get(at + 4, value);
            attributes.put((int) bytes.getShort(at), value);
            at += 4 + (length + 3) / 4 * 4;
        }
    }

    long transaction() {
        return transaction;
    }

    /** 0 for a success. */
    int error() {
        if ((type & ERROR_CLASS) != ERROR_CLASS) {
            return 0;
        }
        byte[] code = attribute(ERROR_CODE);
        return code[2] * 100 + code[3];
    }

    byte[] attribute(int attribute) {
        byte[] value = attributes.get(attribute);
        if (value == null) {
            throw new IllegalStateException(
                    String.format("a response 0x%04x without attribute 0x%04x", type, attribute));
        }
        return value;
    }

    /** IPv4 only. */
    TransportAddress relayed() {
        ByteBuffer value = ByteBuffer.wrap(attribute(XOR_RELAYED_ADDRESS));
        int port = Short.toUnsignedInt(value.getShort(2)) ^ (StunRequest.COOKIE >>> 16);
        return new TransportAddress(0, TransportAddress.ipv4(value.getInt(4) ^ StunRequest.COOKIE), port);
    }
}
