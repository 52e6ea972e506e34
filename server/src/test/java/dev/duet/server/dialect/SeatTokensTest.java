package dev.duet.server.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.signaling.ParticipantId;
import dev.duet.signaling.Resumption;
import dev.duet.signaling.RoomName;
import dev.duet.signaling.Seat;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SeatTokensTest {
    private static final RoomName ROOM = new RoomName("会议室");
    private static final Seat SEAT = new Seat(1, 1_790_000_000_000_123L, 7);
    private static final Resumption HAD = new Resumption(SEAT, new ParticipantId("p7Qk-_Zx"), 3);
    private static final long NOW_MS = 1_790_000_000_000L;
    private static final long WEEK_MS = 7L * 24 * 3600 * 1000;

    private final SeatTokens tokens = new SeatTokens(secret(1));
    private final String token = tokens.make(ROOM, HAD, NOW_MS);

    private static byte[] secret(int filledWith) {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) filledWith);
        return secret;
    }

    @Test
    void aTokenGivesItsSeatBack() {
        assertThat(tokens.check(ROOM, token, NOW_MS)).contains(HAD);
    }

    @Test
    void aTokenOpensNoOtherRoom() {
        assertThat(tokens.check(new RoomName("会议"), token, NOW_MS)).isEmpty();
    }

    @Test
    void theEndOfAnIdCannotBecomeTheBeginningOfARoom() {
        byte[] bytes = Base64.getUrlDecoder().decode(token);
        byte[] shorter = new byte[bytes.length - 1];
        int idEnd = bytes.length - 32;
        System.arraycopy(bytes, 0, shorter, 0, idEnd - 1);
        System.arraycopy(bytes, idEnd, shorter, idEnd - 1, 32);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(shorter);

        assertThat(tokens.check(new RoomName("x会议室"), text, NOW_MS)).isEmpty();
        shorter[25]--;
        String tampered = Base64.getUrlEncoder().withoutPadding().encodeToString(shorter);
        assertThat(tokens.check(new RoomName("x会议室"), tampered, NOW_MS)).isEmpty();
    }

    @Test
    void aTokenOfAnotherServerIsWorthNothing() {
        assertThat(new SeatTokens(secret(2)).check(ROOM, token, NOW_MS)).isEmpty();
    }

    @Test
    void aTokenLastsAWeek() {
        assertThat(tokens.check(ROOM, token, NOW_MS + WEEK_MS - 1)).contains(HAD);
        assertThat(tokens.check(ROOM, token, NOW_MS + WEEK_MS)).isEmpty();
    }

    @Test
    void oneFlippedBitAnywhereSpoilsIt() {
        byte[] bytes = Base64.getUrlDecoder().decode(token);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            String text = Base64.getUrlEncoder().withoutPadding().encodeToString(flipped);

            assertThat(tokens.check(ROOM, text, NOW_MS)).as("bit %d", bit).isEmpty();
        }
    }

    @Test
    void aTokenThatIsCutAnywhereIsWorthNothing() {
        for (int length = 0; length < token.length(); length++) {
            assertThat(tokens.check(ROOM, token.substring(0, length), NOW_MS))
                    .as("length %d", length)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "====", "AAAA", "not base64!", "中文", "\u0000"})
    void whatIsNoTokenIsWorthNothing(String text) {
        assertThat(tokens.check(ROOM, text, NOW_MS)).isEmpty();
    }

    @Test
    void aRefusedTokenDoesNotSpoilTheNext() {
        tokens.check(ROOM, "AAAA", NOW_MS);
        tokens.check(new RoomName("another"), token, NOW_MS);

        assertThat(tokens.check(ROOM, token, NOW_MS)).contains(HAD);
    }

    @Test
    void logsCallARoomByTheSameShortNameWhichIsNotItsOwn() {
        assertThat(tokens.label(ROOM)).isEqualTo(tokens.label(ROOM)).matches("[0-9a-f]{10}");
        assertThat(tokens.label(ROOM)).isNotEqualTo(new SeatTokens(secret(2)).label(ROOM));
    }
}
