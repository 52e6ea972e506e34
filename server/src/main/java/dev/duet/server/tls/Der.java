package dev.duet.server.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;

/**
 * Writes ASN.1 in DER (X.690), as much of it as a certificate and a private key need, and reads it one element at a time. It knows tags and
 * lengths, not what they mean.
 */
final class Der {
    static final int INTEGER = 0x02;
    static final int OCTET_STRING = 0x04;
    static final int SEQUENCE = 0x30;

    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter GENERALIZED_TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Instant FIRST_GENERALIZED = Instant.parse("2050-01-01T00:00:00Z");

    private Der() {}

    static byte[] sequence(byte[]... parts) {
        return element(SEQUENCE, parts);
    }

    static byte[] set(byte[]... parts) {
        return element(0x31, parts);
    }

    static byte[] integer(BigInteger value) {
        return element(INTEGER, value.toByteArray());
    }

    static byte[] integer(long value) {
        return integer(BigInteger.valueOf(value));
    }

    static byte[] octets(byte[] content) {
        return element(OCTET_STRING, content);
    }

    /** A bit string whose last {@code unusedBits} bits are not part of it. */
    static byte[] bits(int unusedBits, byte[] content) {
        return element(0x03, new byte[] {(byte) unusedBits}, content);
    }

    /** The only BOOLEAN that DER writes: {@code false} is always a default and left out. */
    static byte[] yes() {
        return element(0x01, new byte[] {(byte) 0xFF});
    }

    static byte[] utf8(String text) {
        return element(0x0C, text.getBytes(StandardCharsets.UTF_8));
    }

    /** UTCTime until 2049, GeneralizedTime after that (RFC 5280, 4.1.2.5). */
    static byte[] time(Instant instant) {
        return instant.isBefore(FIRST_GENERALIZED)
                ? element(0x17, ascii(UTC_TIME.format(instant)))
                : element(0x18, ascii(GENERALIZED_TIME.format(instant)));
    }

    static byte[] oid(String dotted) {
        String[] arcs = dotted.split("\\.", -1);
        var out = new ByteArrayOutputStream();
        writeArc(out, Long.parseLong(arcs[0]) * 40 + Long.parseLong(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            writeArc(out, Long.parseLong(arcs[i]));
        }
        return element(0x06, out.toByteArray());
    }

    /** {@code [number] EXPLICIT}: wraps a complete element. */
    static byte[] explicit(int number, byte[] element) {
        return element(0xA0 | number, element);
    }

    /** {@code [number] IMPLICIT} of a primitive type: its content under another tag. */
    static byte[] implicit(int number, byte[] content) {
        return element(0x80 | number, content);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] element(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        var out = new ByteArrayOutputStream(length + 6);
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            int octets = (32 - Integer.numberOfLeadingZeros(length) + 7) / 8;
            out.write(0x80 | octets);
            for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8) {
                out.write(length >>> shift);
            }
        }
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static void writeArc(ByteArrayOutputStream out, long arc) {
        int groups = Math.max(1, (64 - Long.numberOfLeadingZeros(arc) + 6) / 7);
        for (int i = groups - 1; i >= 0; i--) {
            out.write((int) ((arc >>> (i * 7)) & 0x7F) | (i == 0 ? 0 : 0x80));
        }
    }

    /** Walks over the elements of a DER encoding. Not thread-safe. */
    static final class Reader {
        private final byte[] bytes;
        private final int end;
        private int position;

        Reader(byte[] bytes) {
            this(bytes, 0, bytes.length);
        }

        private Reader(byte[] bytes, int position, int end) {
            this.bytes = bytes;
            this.position = position;
            this.end = end;
        }

        boolean hasNext() {
            return position < end;
        }

        int peekTag() {
            need(1);
            return bytes[position] & 0xFF;
        }

        /** Steps into the next element, which must have this tag, and over it. */
        Reader enter(int tag) {
            if (peekTag() != tag) {
                throw new IllegalArgumentException("DER tag " + peekTag() + " (expected: " + tag + ")");
            }
            position++;
            int length = length();
            need(length);
            var inside = new Reader(bytes, position, position + length);
            position += length;
            return inside;
        }

        /** What is left of the current element. */
        byte[] rest() {
            byte[] rest = Arrays.copyOfRange(bytes, position, end);
            position = end;
            return rest;
        }

        private int length() {
            need(1);
            int first = bytes[position++] & 0xFF;
            if (first < 0x80) {
                return first;
            }
            int octets = first & 0x7F;
            if (octets == 0 || octets > 3) {
                throw new IllegalArgumentException("DER length of " + octets + " octets (expected: 1 to 3)");
            }
            need(octets);
            int length = 0;
            for (int i = 0; i < octets; i++) {
                length = (length << 8) | (bytes[position++] & 0xFF);
            }
            return length;
        }

        private void need(int count) {
            if (end - position < count) {
                throw new IllegalArgumentException("DER ends early at " + position);
            }
        }
    }
}
