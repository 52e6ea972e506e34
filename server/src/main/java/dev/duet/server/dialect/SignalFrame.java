package dev.duet.server.dialect;

import dev.duet.server.websocket.Frames;
import dev.duet.signaling.Payload;
import dev.duet.signaling.SignalKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.DefaultByteBufHolder;
import java.nio.charset.StandardCharsets;

/**
 * A signal on its way through a room: already the whole WebSocket frame that its recipient gets, with the payload's bytes as the sender
 * wrote them. It is made on the sender's loop, so the room only hands it on.
 */
final class SignalFrame extends DefaultByteBufHolder implements Payload {
    private static final byte[] HEAD = ascii("{\"type\":\"signal\",\"from\":\"");
    private static final byte[] DESCRIPTION = ascii("\",\"description\":");
    private static final byte[] CANDIDATE = ascii("\",\"candidate\":");
    private static final byte[] DATA = ascii("\",\"data\":");

    private final int sizeBytes;

    private SignalFrame(ByteBuf frame, int sizeBytes) {
        super(frame);
        this.sizeBytes = sizeBytes;
    }

    static SignalFrame of(ByteBufAllocator allocator, byte[] from, DuetMessage.Signal signal, byte[] message) {
        byte[] key = key(signal.kind());
        int size = signal.end() - signal.start();
        ByteBuf frame = Frames.text(allocator, HEAD.length + from.length + key.length + size + 1)
                .writeBytes(HEAD)
                .writeBytes(from)
                .writeBytes(key)
                .writeBytes(message, signal.start(), size)
                .writeByte('}');
        return new SignalFrame(frame, size);
    }

    private static byte[] key(SignalKind kind) {
        return switch (kind) {
            case DESCRIPTION -> DESCRIPTION;
            case CANDIDATE -> CANDIDATE;
            case DATA -> DATA;
        };
    }

    @Override
    public int sizeBytes() {
        return sizeBytes;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
