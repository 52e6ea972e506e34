package dev.duet.stun;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How the key of a long-term credential is made: a number and its parameters, as PASSWORD-ALGORITHMS lists them and PASSWORD-ALGORITHM
 * names one (RFC 8489, sections 14.11 and 14.12). Immutable.
 *
 * <pre>
 *   |        algorithm              |   length of the parameters    |
 *   |              parameters, padded to 4 bytes                    |
 * </pre>
 */
public final class PasswordAlgorithm {
    public static final int MD5 = 1;
    public static final int SHA256 = 2;

    private static final int HEADER_BYTES = 4;

    private final int number;
    private final byte[] parameters;

    private PasswordAlgorithm(int number, byte[] parameters) {
        this.number = number;
        this.parameters = parameters;
    }

    /** An algorithm without parameters, as both that are registered are. */
    public static PasswordAlgorithm of(int number) {
        return of(number, new byte[0]);
    }

    /**
     * An algorithm with parameters.
     *
     * @param number 16 bits
     */
    public static PasswordAlgorithm of(int number, byte[] parameters) {
        if (number < 0 || number > 0xffff || parameters.length > 0xffff) {
            throw new IllegalArgumentException("algorithm " + number + " with " + parameters.length
                    + " bytes of parameters (expected: 0 to 65535 of both)");
        }
        return new PasswordAlgorithm(number, parameters.clone());
    }

    /** {@link #MD5}, {@link #SHA256} or what is not known here. */
    public int number() {
        return number;
    }

    /** A copy. */
    public byte[] parameters() {
        return parameters.clone();
    }

    /** Reads the value of PASSWORD-ALGORITHMS; empty when it is malformed. The padding of the last one may be missing. */
    public static Optional<List<PasswordAlgorithm>> readAll(byte[] value) {
        List<PasswordAlgorithm> all = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(value);
        for (int at = 0; at < value.length; ) {
            if (value.length - at < HEADER_BYTES) {
                return Optional.empty();
            }
            int from = at + HEADER_BYTES;
            int length = Short.toUnsignedInt(in.getShort(at + 2));
            if (length > value.length - from) {
                return Optional.empty();
            }
            int number = Short.toUnsignedInt(in.getShort(at));
            all.add(new PasswordAlgorithm(number, Arrays.copyOfRange(value, from, from + length)));
            at = from + StunMessage.padded(length);
        }
        return Optional.of(List.copyOf(all));
    }

    /** Reads the value of PASSWORD-ALGORITHM; empty when it is malformed or has more than one. */
    public static Optional<PasswordAlgorithm> read(byte[] value) {
        return readAll(value).filter(all -> all.size() == 1).map(List::getFirst);
    }

    /** The value of PASSWORD-ALGORITHMS with these, or of PASSWORD-ALGORITHM with one. */
    public static byte[] bytes(List<PasswordAlgorithm> all) {
        int length = all.stream()
                .mapToInt(each -> HEADER_BYTES + StunMessage.padded(each.parameters.length))
                .sum();
        ByteBuffer out = ByteBuffer.allocate(length);
        int at = 0;
        for (PasswordAlgorithm each : all) {
            out.putShort(at, (short) each.number).putShort(at + 2, (short) each.parameters.length);
            out.put(at + HEADER_BYTES, each.parameters);
            at += HEADER_BYTES + StunMessage.padded(each.parameters.length);
        }
        return out.array();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PasswordAlgorithm that
                && number == that.number
                && Arrays.equals(parameters, that.parameters);
    }

    @Override
    public int hashCode() {
        return 31 * number + Arrays.hashCode(parameters);
    }

    @Override
    public String toString() {
        return "algorithm " + number + " with " + parameters.length + " bytes of parameters";
    }
}
