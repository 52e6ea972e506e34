package dev.duet.turn;

import dev.duet.stun.TransportAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Nonces that need no memory: each is its time and a MAC over that and the client's address. They start with RFC 8489's cookie, which says
 * that password algorithms and hidden usernames are understood.
 *
 * <p>Not thread-safe: owned by one relay shard; shards with the same secret understand each other's.
 */
final class Nonces {
    /** The cookie, then 24 bits of which the first two are set. */
    static final String PREFIX = "obMatJos2" + "wAAA";

    private static final String HMAC = "HmacSHA256";
    private static final int TIME_BYTES = 4;
    private static final int MAC_BYTES = 8;
    private static final int TEXT_CHARS = 16;

    private final Mac mac;
    private final ByteBuffer bound = ByteBuffer.allocate(TIME_BYTES + 2 * Long.BYTES + Short.BYTES);

    enum Verdict {
        FRESH,
        /** Ours, but too old, or another client's, or not ours at all: the client gets a new one. */
        STALE
    }

    Nonces(byte[] secret) {
        try {
            mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(secret, HMAC));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    String make(TransportAddress client, long nowNanos) {
        int seconds = (int) (nowNanos / TurnOptions.NANOS);
        byte[] raw = ByteBuffer.allocate(TIME_BYTES + MAC_BYTES)
                .putInt(seconds)
                .put(sign(seconds, client))
                .array();
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(raw);
    }

    Verdict check(String nonce, TransportAddress client, long nowNanos) {
        if (nonce.length() != PREFIX.length() + TEXT_CHARS || !nonce.startsWith(PREFIX)) {
            return Verdict.STALE;
        }
        byte[] raw;
        try {
            raw = Base64.getUrlDecoder().decode(nonce.substring(PREFIX.length()).getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            return Verdict.STALE;
        }
        int seconds = ByteBuffer.wrap(raw).getInt();
        int age = (int) (nowNanos / TurnOptions.NANOS) - seconds;
        boolean ours = MessageDigest.isEqual(Arrays.copyOfRange(raw, TIME_BYTES, raw.length), sign(seconds, client));
        return ours && age >= 0 && age <= TurnOptions.NONCE_NANOS / TurnOptions.NANOS ? Verdict.FRESH : Verdict.STALE;
    }

    private byte[] sign(int seconds, TransportAddress client) {
        bound.clear()
                .putInt(seconds)
                .putLong(client.high())
                .putLong(client.low())
                .putShort((short) client.port())
                .flip();
        mac.update(bound);
        return Arrays.copyOf(mac.doFinal(), MAC_BYTES);
    }
}
