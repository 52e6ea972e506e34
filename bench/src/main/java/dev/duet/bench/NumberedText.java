package dev.duet.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A message with a number in its payload that goes up by one each time, and everything else the same: what one side
 * sends and the other expects.
 *
 * <p>Not thread-safe.
 */
final class NumberedText {
    static final int DIGITS = 8;
    private static final String FILLER = "0123456789abcdefghijklmnopqrstuvwxyz";

    private final byte[] bytes;
    private final int numberAt;
    private int count;

    /** The payload is a JSON string of so many bytes with its quotes. */
    NumberedText(String head, int payloadBytes, String tail) {
        String filler = FILLER.repeat(1 + payloadBytes / FILLER.length()).substring(0, payloadBytes - DIGITS - 2);
        bytes = (head + '"' + "0".repeat(DIGITS) + filler + '"' + tail).getBytes(StandardCharsets.US_ASCII);
        numberAt = head.length() + 1;
    }

    /** Where the number stands in it. */
    int numberAt() {
        return numberAt;
    }

    /** How many have been asked for or checked. */
    int count() {
        return count;
    }

    int length() {
        return bytes.length;
    }

    /** The next message, to be looked at until the one after is asked for. */
    byte[] next() {
        int number = count++;
        for (int i = DIGITS - 1; i >= 0; i--) {
            bytes[numberAt + i] = (byte) ('0' + number % 10);
            number /= 10;
        }
        return bytes;
    }

    /** Fails unless these bytes are the next message. */
    void check(ByteBuffer in, int at, int length) {
        byte[] expected = next();
        if (length != expected.length || in.slice(at, length).mismatch(ByteBuffer.wrap(expected)) >= 0) {
            throw new IllegalStateException("message " + (count - 1) + " came wrong: "
                    + StandardCharsets.UTF_8.decode(in.slice(at, Math.min(length, 200))));
        }
    }
}
