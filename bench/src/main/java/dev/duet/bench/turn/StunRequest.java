package dev.duet.bench.turn;

import dev.duet.stun.TransportAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Writes one STUN request (RFC 8489), with long-term credentials of SHA-1 if it has any. */
final class StunRequest {
    static final int ALLOCATE = 0x0003;
    static final int CHANNEL_BIND = 0x0009;
    static final int HEADER_BYTES = 20;
    static final int COOKIE = 0x2112_A442;

    private static final int USERNAME = 0x0006;
    private static final int MESSAGE_INTEGRITY = 0x0008;
    private static final int CHANNEL_NUMBER = 0x000C;
    private static final int XOR_PEER_ADDRESS = 0x0012;
    private static final int REALM = 0x0014;
    private static final int NONCE = 0x0015;
    private static final int REQUESTED_TRANSPORT = 0x0019;

    private static final int UDP = 17;
    private static final int IPV4_FAMILY = 1;
    private static final int ATTRIBUTE_HEADER_BYTES = 4;
    private static final int INTEGRITY_BYTES = 20;
    private static final int BYTES_MAX = 1000;

    private final ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX);

    StunRequest(int type, long transaction) {
        // The transaction id's first four bytes stay 0.
        bytes.putShort((short) type)
                .putShort((short) 0)
                .putInt(COOKIE)
                .putInt(0)
                .putLong(transaction);
    }

    StunRequest requestedTransport() {
        return attribute(REQUESTED_TRANSPORT, new byte[] {UDP, 0, 0, 0});
    }

    StunRequest channel(int number) {
        return attribute(CHANNEL_NUMBER, new byte[] {(byte) (number >> 8), (byte) number, 0, 0});
    }

    /** IPv4 only. */
    StunRequest peer(TransportAddress peer) {
        return attribute(
                XOR_PEER_ADDRESS,
                ByteBuffer.allocate(8)
                        .putShort((short) IPV4_FAMILY)
                        .putShort((short) (peer.port() ^ (COOKIE >>> 16)))
                        .putInt((int) peer.low() ^ COOKIE)
                        .array());
    }

    private StunRequest attribute(int type, byte[] value) {
        bytes.putShort((short) type).putShort((short) value.length).put(value);
        while (bytes.position() % 4 != 0) {
            bytes.put((byte) 0);
        }
        return this;
    }

    /** Its bytes without credentials. */
    byte[] bytes() {
        bytes.putShort(2, (short) (bytes.position() - HEADER_BYTES));
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /** Its bytes with these credentials. */
    byte[] bytes(String user, byte[] realm, byte[] nonce, byte[] key) {
        attribute(USERNAME, user.getBytes(StandardCharsets.UTF_8));
        attribute(REALM, realm);
        attribute(NONCE, nonce);
        int covered = bytes.position();
        bytes.putShort(2, (short) (covered + ATTRIBUTE_HEADER_BYTES + INTEGRITY_BYTES - HEADER_BYTES));
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(key, "HmacSHA1"));
            mac.update(bytes.array(), 0, covered);
            attribute(MESSAGE_INTEGRITY, mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
