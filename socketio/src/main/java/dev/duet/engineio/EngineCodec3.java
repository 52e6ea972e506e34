package dev.duet.engineio;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Revision 3, which has two framings. As text, a packet's length counts UTF-16 code units, as JavaScript's strings do:
 *
 * <pre>
 * payload = *( length ":" packet )
 * packet  = digit text  /  "b" digit base64
 * </pre>
 *
 * As bytes, the length counts bytes and is written digit by digit as numbers 0 to 9:
 *
 * <pre>
 * payload = *( kind 1*digit 0xFF packet )
 * kind    = 0x00 (text)  /  0x01 (bytes)
 * packet  = ASCII digit, UTF-8 text  /  type code 0 to 6, bytes
 * </pre>
 */
final class EngineCodec3 implements EngineCodec {
    static final EngineCodec3 INSTANCE = new EngineCodec3();
    private static final int LENGTH_DIGITS_MAX = 9;
    private static final int MESSAGE_CODE = PacketType.MESSAGE.ordinal();

    private EngineCodec3() {}

    @Override
    public Optional<List<Packet>> decode(Payload payload) {
        byte[] body = payload.body();
        List<Packet> packets = new ArrayList<>();
        int at = 0;
        while (at < body.length) {
            boolean bytes = false;
            if (payload.binary()) {
                if (body[at] != 0 && body[at] != 1) {
                    return Optional.empty();
                }
                bytes = body[at++] == 1;
            }
            int start =
                    payload.binary() ? endOfLength(body, at, 0, (byte) 0xFF) : endOfLength(body, at, '0', (byte) ':');
            if (start < 0) {
                return Optional.empty();
            }
            int length = length(body, at, start - 1);
            int end = payload.binary() ? endOfBytes(body, start, length) : endOfUnits(body, start, length);
            boolean wrong = end < 0 || (payload.binary() && !bytes && !isUtf8(body, start, end));
            Packet packet = wrong ? null : bytes ? binary(body, start, end) : text(body, start, end);
            if (packet == null || packets.size() == PACKETS_MAX) {
                return Optional.empty();
            }
            packets.add(packet);
            at = end;
        }
        return packets.isEmpty() ? Optional.empty() : Optional.of(packets);
    }

    /** The place behind the delimiter, or -1 when no length stands at {@code from}. */
    private static int endOfLength(byte[] body, int from, int zero, byte delimiter) {
        for (int i = from; i < body.length && i - from <= LENGTH_DIGITS_MAX; i++) {
            if (body[i] == delimiter) {
                return i > from ? i + 1 : -1;
            }
            if (body[i] < zero || body[i] > zero + 9) {
                return -1;
            }
        }
        return -1;
    }

    private static int length(byte[] body, int from, int to) {
        int length = 0;
        for (int i = from; i < to; i++) {
            length = 10 * length + (body[i] & 0x0F);
        }
        return length;
    }

    /** Nobody has looked at the text in a body of bytes, and text goes on to clients that do not take everything. */
    private static boolean isUtf8(byte[] bytes, int from, int to) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static int endOfBytes(byte[] body, int start, int length) {
        return length <= body.length - start ? start + length : -1;
    }

    /** Where this many UTF-16 code units of UTF-8 end, or -1: when they do not end there at all. */
    private static int endOfUnits(byte[] utf8, int start, int length) {
        int at = start;
        int units = 0;
        while (units < length && at < utf8.length) {
            int first = utf8[at] & 0xFF;
            units += first >= 0xF0 ? 2 : 1;
            at += first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        }
        return units == length && at <= utf8.length ? at : -1;
    }

    private static int units(byte[] utf8) {
        int units = 0;
        for (byte b : utf8) {
            // Continuation bytes add nothing; the first of four stands for a surrogate pair.
            units += (b & 0xC0) == 0x80 ? 0 : (b & 0xFF) >= 0xF0 ? 2 : 1;
        }
        return units;
    }

    @Override
    public @Nullable Packet text(byte[] utf8, int from, int to) {
        if (to - from < 2 || utf8[from] != 'b') {
            return EngineCodec.plain(utf8, from, to);
        }
        return PacketType.ofDigit(utf8[from + 1]) == PacketType.MESSAGE ? EngineCodec.base64(utf8, from + 2, to) : null;
    }

    @Override
    public @Nullable Packet binary(byte[] bytes, int from, int to) {
        return from < to && bytes[from] == MESSAGE_CODE ? Packet.binary(Arrays.copyOfRange(bytes, from + 1, to)) : null;
    }

    @Override
    public Payload encode(List<Packet> packets, boolean base64) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean binary = !base64 && packets.stream().anyMatch(Packet::binary);
        for (Packet packet : packets) {
            if (binary) {
                writeAsBytes(out, packet);
            } else {
                writeAsText(out, packet);
            }
        }
        return new Payload(binary, out.toByteArray());
    }

    private static void writeAsBytes(ByteArrayOutputStream out, Packet packet) {
        out.write(packet.binary() ? 1 : 0);
        for (char digit : Integer.toString(packet.data().length + 1).toCharArray()) {
            out.write(digit - '0');
        }
        out.write(0xFF);
        if (packet.binary()) {
            out.write(packet.type().ordinal());
            out.writeBytes(packet.data());
        } else {
            EngineCodec.writeText(out, packet);
        }
    }

    private static void writeAsText(ByteArrayOutputStream out, Packet packet) {
        if (packet.binary()) {
            byte[] base64 = Base64.getEncoder().encode(packet.data());
            writeLength(out, base64.length + 2);
            out.write('b');
            out.write(packet.type().digit());
            out.writeBytes(base64);
        } else {
            writeLength(out, units(packet.data()) + 1);
            EngineCodec.writeText(out, packet);
        }
    }

    private static void writeLength(ByteArrayOutputStream out, int units) {
        out.writeBytes((units + ":").getBytes(StandardCharsets.US_ASCII));
    }
}
