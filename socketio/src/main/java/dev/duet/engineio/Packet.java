package dev.duet.engineio;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One Engine.IO packet. Binary packets are always messages.
 *
 * @param data UTF-8 text without the type's digit, or the bytes of a binary message; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; it carries bytes from one place to another.
public record Packet(PacketType type, boolean binary, byte[] data) {
    /** What has to be written before the data: nothing. */
    public static final int NO_PREFIX = -1;

    private static final byte[] NONE = {};
    static final Packet CLOSE = new Packet(PacketType.CLOSE, false, NONE);
    static final Packet PING = new Packet(PacketType.PING, false, NONE);
    /** {@code 3probe}. */
    static final Packet PROBED = of(PacketType.PONG, "probe");

    static final Packet NOOP = new Packet(PacketType.NOOP, false, NONE);

    /** A message of text. */
    public static Packet text(byte[] utf8) {
        return new Packet(PacketType.MESSAGE, false, utf8);
    }

    /** A message of bytes. */
    public static Packet binary(byte[] bytes) {
        return new Packet(PacketType.MESSAGE, true, bytes);
    }

    static Packet of(PacketType type, String text) {
        return new Packet(type, false, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether this is {@code 2probe}, with which a WebSocket begins to take over. */
    boolean isProbe() {
        return type == PacketType.PING && Arrays.equals(data, PROBED.data);
    }

    /**
     * The byte that a WebSocket message begins with, before {@link #data}: a text packet's digit; for bytes revision 3 has the type's
     * code and revision 4 {@link #NO_PREFIX}.
     */
    public int prefix(EngineVersion version) {
        if (!binary) {
            return type.digit();
        }
        return switch (version) {
            case V3 -> type.ordinal();
            case V4 -> NO_PREFIX;
        };
    }
}
