package dev.duet.stun;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The MAC over the first bytes of a message whose header has its length adjusted (RFC 8489, sections 14.5 and 14.6). */
final class Hmac {
    static final int SHA1_BYTES = 20;
    static final int SHA256_BYTES = 32;
    static final int SHA256_BYTES_MIN = 16;

    private static final String SHA1 = "HmacSHA1";
    private static final String SHA256 = "HmacSHA256";

    private Hmac() {}

    /**
     * @param upTo where the integrity attribute begins
     * @param length what the header's length field says when the attribute is the message's last
     */
    static byte[] sha1(byte[] key, byte[] message, int upTo, int length) {
        return of(SHA1, key, message, upTo, length);
    }

    /** As {@link #sha1}. */
    static byte[] sha256(byte[] key, byte[] message, int upTo, int length) {
        return of(SHA256, key, message, upTo, length);
    }

    private static byte[] of(String algorithm, byte[] key, byte[] message, int upTo, int length) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            // HMAC pads a key with zeros, so that none and one zero are the same key; the JDK refuses only the first.
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, algorithm));
            mac.update(message, 0, 2);
            mac.update(ByteBuffer.allocate(2).putShort(0, (short) length));
            mac.update(message, 4, upTo - 4);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
