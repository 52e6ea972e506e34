package dev.duet.server.dialect;

import dev.duet.signaling.ParticipantId;
import dev.duet.signaling.Resumption;
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
 * Makes and checks seat tokens: what lets a lost participant come back to their seat, even to a server that was restarted. A token is a MAC
 * over room, seat, stamp, generation, epoch, expiry and participant, so nothing has to be stored for it.
 *
 * <pre>
 *   base64url( index 1 | stamp 8 | generation 4 | epoch 4 | expiry, ms since 1970, 8 | length of the id 1 | the participant's id
 *              | HMAC-SHA-256 over all of these and the room's name 32 )
 * </pre>
 *
 * <p>Not thread-safe: owned by one event loop.
 */
final class SeatTokens {
    private static final int HEAD_BYTES = 1 + 8 + 4 + 4 + 8 + 1;
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

    String make(RoomName room, Resumption had, long wallClockMs) {
        byte[] participant = had.participant().value().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer token = ByteBuffer.allocate(HEAD_BYTES + participant.length + MAC_BYTES)
                .put((byte) had.seat().index())
                .putLong(had.seat().stamp())
                .putInt(had.seat().generation())
                .putInt(had.epoch())
                .putLong(wallClockMs + LIFE_MS)
                .put((byte) participant.length) // Without it the id could lend its end to the room's name.
                .put(participant);
        token.put(sign(room, token.array()));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token.array());
    }

    /** What this token was made for, or nothing when it was not made here, for another room, or is too old. */
    Optional<Resumption> check(RoomName room, String text, long wallClockMs) {
        byte[] token;
        try {
            token = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        int body = token.length - MAC_BYTES;
        if (body < HEAD_BYTES
                || !MessageDigest.isEqual(sign(room, token), Arrays.copyOfRange(token, body, token.length))) {
            return Optional.empty();
        }
        ByteBuffer fields = ByteBuffer.wrap(token, 0, body);
        int index = fields.get();
        long stamp = fields.getLong();
        Seat seat = new Seat(index, stamp, fields.getInt());
        int epoch = fields.getInt();
        long expiryMs = fields.getLong();
        int idBytes = fields.get() & 0xff;
        if (wallClockMs >= expiryMs || fields.remaining() != idBytes) {
            return Optional.empty();
        }
        String participant = StandardCharsets.US_ASCII.decode(fields).toString();
        return Optional.of(new Resumption(seat, new ParticipantId(participant), epoch));
    }

    /** What logs call this room: the name itself is what lets people in. */
    String label(RoomName room) {
        mac.update((byte) 'L');
        byte[] hash = mac.doFinal(room.value().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, 5);
    }

    private byte[] sign(RoomName room, byte[] token) {
        mac.update(token, 0, token.length - MAC_BYTES);
        return mac.doFinal(room.value().getBytes(StandardCharsets.UTF_8));
    }
}
