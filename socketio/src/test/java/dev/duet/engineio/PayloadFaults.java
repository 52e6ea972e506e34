package dev.duet.engineio;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Decoders with a fault that somebody has made before. */
public final class PayloadFaults {
    private PayloadFaults() {}

    /** Takes a length in characters, where JavaScript counts two for those beyond the first 65,536. */
    public static FuzzTarget lengthsCountCharacters() {
        EngineCodec codec = EngineCodec.of(EngineVersion.V3);
        return PayloadFuzz.of(EngineVersion.V3, false).with(payload -> {
            if (payload.binary()) {
                return codec.decode(payload);
            }
            String text = new String(payload.body(), StandardCharsets.UTF_8);
            String narrow = text.replaceAll("[\\x{10000}-\\x{10FFFF}]", "?");
            return codec.decode(new Payload(false, narrow.getBytes(StandardCharsets.UTF_8)));
        });
    }

    /** Takes a binary message without bytes for none. */
    public static FuzzTarget emptyBytesAreLost() {
        EngineCodec codec = EngineCodec.of(EngineVersion.V3);
        return PayloadFuzz.of(EngineVersion.V3, true)
                .with(payload -> codec.decode(payload)
                        .map(packets -> packets.stream()
                                .filter(packet -> !packet.binary() || packet.data().length > 0)
                                .toList()));
    }

    /** Splits as Java does, which drops what is empty at the end. */
    public static FuzzTarget lastSeparatorIsTaken() {
        EngineCodec codec = EngineCodec.of(EngineVersion.V4);
        return PayloadFuzz.of(EngineVersion.V4, false).with(payload -> {
            byte[] body = payload.body();
            boolean ends = body.length > 1 && body[body.length - 1] == 0x1E;
            return codec.decode(ends ? new Payload(payload.binary(), Arrays.copyOf(body, body.length - 1)) : payload);
        });
    }
}
