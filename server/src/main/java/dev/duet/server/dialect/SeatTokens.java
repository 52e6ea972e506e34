package dev.duet.server.dialect;

import dev.duet.signaling.RoomName;
import dev.duet.signaling.Seat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes and checks seat tokens: what lets a lost participant come back to their seat. A token is a MAC over room, seat, stamp, generation
 * and expiry, so nothing has to be stored for it.
 *
 * <pre>
 *   base64url( index 1 | stamp 8 | generation 4 | expiry, ms since 1970, 8 | HMAC-SHA-256 over these and the room's name 32 )
 * </pre>
 *
 * <p>Not thread-safe: owned by one event loop.
 */
final class SeatTokens {
    private static final int BODY_BYTES = 1 + 8 + 4 + 8;
    private static final int MAC_BYTES = 32;
    private static final long LIFE_MS = 7L * 24 * 60 * 60 * 1000;

    private final Mac mac;

    SeatTokens(byte[] secret) {
        SecretKey key = new SecretKeySpec(secret, "HmacSHA256");
        try {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HmacSHA256", e);
        }
    }

    String make(RoomName room, Seat seat, long wallClockMs) {
        ByteBuffer token = ByteBuffer.allocate(BODY_BYTES + MAC_BYTES)
                .put((byte) seat.index())
                .putLong(seat.stamp())
                .putInt(seat.generation())
                .putLong(wallClockMs + LIFE_MS);
        token.put(sign(room, token.array()));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token.array());
    }

    /** The seat that this token was made for, or nothing when it was not made here, for another room, or is too old. */
    Optional<Seat> check(RoomName room, String text, long wallClockMs) {
        byte[] token;
        try {
            token = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (token.length != BODY_BYTES + MAC_BYTES
                || !MessageDigest.isEqual(sign(room, token), Arrays.copyOfRange(token, BODY_BYTES, token.length))) {
            return Optional.empty();
        }
        ByteBuffer body = ByteBuffer.wrap(token);
        int index = body.get();
        long stamp = body.getLong();
        Seat seat = new Seat(index, stamp, body.getInt());
        return wallClockMs < body.getLong() ? Optional.of(seat) : Optional.empty();
    }

    /** What logs call this room: the name itself is what lets people in. */
    String label(RoomName room) {
        mac.update((byte) 'L');
        byte[] hash = mac.doFinal(room.value().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, 5);
    }

    private byte[] sign(RoomName room, byte[] token) {
        mac.update(token, 0, BODY_BYTES);
        return mac.doFinal(room.value().getBytes(StandardCharsets.UTF_8));
    }
}
