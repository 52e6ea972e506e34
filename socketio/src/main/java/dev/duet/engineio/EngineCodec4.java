package dev.duet.engineio;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Revision 4.
 *
 * <pre>
 * payload = packet *( 0x1E packet )
 * packet  = digit text  /  "b" base64
 * </pre>
 */
final class EngineCodec4 implements EngineCodec {
    static final EngineCodec4 INSTANCE = new EngineCodec4();
    private static final byte SEPARATOR = 0x1E;

    private EngineCodec4() {}

    @Override
    public Optional<List<Packet>> decode(Payload payload) {
        if (payload.binary()) {
            return Optional.empty();
        }
        byte[] body = payload.body();
        List<Packet> packets = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= body.length; i++) {
            if (i < body.length && body[i] != SEPARATOR) {
                continue;
            }
            Packet packet = text(body, start, i);
            if (packet == null || packets.size() == PACKETS_MAX) {
                return Optional.empty();
            }
            packets.add(packet);
            start = i + 1;
        }
        return Optional.of(packets);
    }

    @Override
    public @Nullable Packet text(byte[] utf8, int from, int to) {
        return from < to && utf8[from] == 'b'
                ? EngineCodec.base64(utf8, from + 1, to)
                : EngineCodec.plain(utf8, from, to);
    }

    @Override
    public Packet binary(byte[] bytes, int from, int to) {
        return Packet.binary(Arrays.copyOfRange(bytes, from, to));
    }

    @Override
    public Payload encode(List<Packet> packets, boolean base64) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Packet packet : packets) {
            if (out.size() > 0) {
                out.write(SEPARATOR);
            }
            if (packet.binary()) {
                out.write('b');
                out.writeBytes(Base64.getEncoder().encode(packet.data()));
            } else {
                EngineCodec.writeText(out, packet);
            }
        }
        return new Payload(false, out.toByteArray());
    }
}
