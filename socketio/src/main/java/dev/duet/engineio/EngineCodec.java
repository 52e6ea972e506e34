package dev.duet.engineio;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How one revision of the protocol writes packets. Stateless. */
public sealed interface EngineCodec permits EngineCodec3, EngineCodec4 {
    /** Packets in one payload; more are refused. */
    int PACKETS_MAX = 1_024;

    /** The codec of this revision. */
    static EngineCodec of(EngineVersion version) {
        return switch (version) {
            case V3 -> EngineCodec3.INSTANCE;
            case V4 -> EngineCodec4.INSTANCE;
        };
    }

    /**
     * Reads the body of a POST.
     *
     * @param body when it is not binary: valid UTF-8
     * @return nothing when any packet in it is wrong, when there is none, or more than {@link #PACKETS_MAX}
     */
    Optional<List<Packet>> decode(Payload body);

    /**
     * Writes the answer to a poll.
     *
     * @param base64 whether the client cannot take bytes; only revision 3 asks for this
     */
    Payload encode(List<Packet> packets, boolean base64);

    /** Reads one packet of text: all of a WebSocket's text message, or a part of a payload; null when it is none. */
    @Nullable
    Packet text(byte[] utf8, int from, int to);

    /** Reads a WebSocket's binary message; null when it is no packet. */
    @Nullable
    Packet binary(byte[] bytes, int from, int to);

    /** A packet whose text stands behind its type's digit; null when there is none. */
    static @Nullable Packet plain(byte[] utf8, int from, int to) {
        PacketType type = from < to ? PacketType.ofDigit(utf8[from]) : null;
        return type == null ? null : new Packet(type, false, Arrays.copyOfRange(utf8, from + 1, to));
    }

    /** Writes a text packet as every framing has it: the type's digit, then the text. */
    static void writeText(ByteArrayOutputStream out, Packet packet) {
        out.write(packet.type().digit());
        out.writeBytes(packet.data());
    }

    /** A binary message from base64; null when it is not base64. The Java client breaks it into lines, which is let pass. */
    static @Nullable Packet base64(byte[] ascii, int from, int to) {
        byte[] joined = new byte[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            if (ascii[i] != '\n' && ascii[i] != '\r') {
                joined[length++] = ascii[i];
            }
        }
        try {
            return Packet.binary(Base64.getDecoder().decode(Arrays.copyOf(joined, length)));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
