package dev.duet.server.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the JDK's own strict decoder. */
final class Utf8Test {
    private final CharsetDecoder strict = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final CharBuffer chars = CharBuffer.allocate(256);

    private boolean judgedByTheJdk(byte[] bytes, int length) {
        chars.clear();
        strict.reset();
        return !strict.decode(ByteBuffer.wrap(bytes, 0, length), chars, true).isError();
    }

    private void assertAgreement(byte[] bytes, int length) {
        if (Utf8.isValid(bytes, length) != judgedByTheJdk(bytes, length)) {
            throw new AssertionError("differs on " + ByteBuffer.wrap(bytes, 0, length)
                    + java.util.HexFormat.of().formatHex(bytes, 0, length));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void everyShortSequenceIsJudgedAsTheJdkDoes(int length) {
        byte[] bytes = new byte[length];
        for (int value = 0; value < 1 << (8 * length); value++) {
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) (value >>> (8 * i));
            }
            assertAgreement(bytes, length);
        }
    }

    @Test
    void everyCodePointIsValidAndNoSurrogateIs() {
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            byte[] bytes = encoded(codePoint);
            boolean surrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
            if (Utf8.isValid(bytes, bytes.length) == surrogate) {
                throw new AssertionError("U+%X".formatted(codePoint));
            }
        }
    }

    private static byte[] encoded(int c) {
        if (c < 0x80) {
            return new byte[] {(byte) c};
        }
        if (c < 0x800) {
            return new byte[] {(byte) (0xC0 | (c >> 6)), (byte) (0x80 | (c & 0x3F))};
        }
        if (c < 0x10000) {
            return new byte[] {(byte) (0xE0 | (c >> 12)), (byte) (0x80 | ((c >> 6) & 0x3F)), (byte) (0x80 | (c & 0x3F))
            };
        }
        return new byte[] {
            (byte) (0xF0 | (c >> 18)),
            (byte) (0x80 | ((c >> 12) & 0x3F)),
            (byte) (0x80 | ((c >> 6) & 0x3F)),
            (byte) (0x80 | (c & 0x3F))
        };
    }

    @Test
    void randomTextWithRandomDamageIsJudgedAsTheJdkDoes() {
        Random random = new Random(7);
        for (int i = 0; i < 200_000; i++) {
            StringBuilder text = new StringBuilder();
            int codePoints = random.nextInt(24);
            for (int j = 0; j < codePoints; j++) {
                text.appendCodePoint(
                        switch (random.nextInt(4)) {
                            case 0 -> random.nextInt(0x80);
                            case 1 -> 0x80 + random.nextInt(0x780);
                            case 2 -> 0x4E00 + random.nextInt(0x5000);
                            default -> 0x10000 + random.nextInt(0x100000);
                        });
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            if (bytes.length > 0 && random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            assertAgreement(bytes, bytes.length - (bytes.length > 0 ? random.nextInt(2) : 0));
        }
    }

    @Test
    void whatStandsBehindTheEndIsNotLookedAt() {
        byte[] bytes = {'a', 'b', (byte) 0xFF};

        assertThat(Utf8.isValid(bytes, 2)).isTrue();
    }
}
