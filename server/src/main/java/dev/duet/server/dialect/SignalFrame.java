package dev.duet.server.dialect;

import dev.duet.server.websocket.Frames;
import dev.duet.signaling.SignalKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.DefaultByteBufHolder;
import java.nio.charset.StandardCharsets;

/**
 * A signal on its way through a room: already the whole WebSocket frame that its recipient gets, with the payload's bytes as the sender
 * wrote them. It is made on the sender's loop, so the room only hands it on.
 */
final class SignalFrame extends DefaultByteBufHolder implements Relayed {
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
        int size = signal.end() - signal.start();
        ByteBuf frame = start(allocator, from, signal.kind(), size)
                .writeBytes(message, signal.start(), size)
                .writeByte('}');
        return new SignalFrame(frame, size);
    }

    /** A frame that a Duet client gets, up to the place of the payload; {@code sizeBytes} of it and a closing brace have to follow. */
    static ByteBuf start(ByteBufAllocator allocator, byte[] from, SignalKind kind, int sizeBytes) {
        byte[] key = key(kind);
        return Frames.text(allocator, HEAD.length + from.length + key.length + sizeBytes + 1)
                .writeBytes(HEAD)
                .writeBytes(from)
                .writeBytes(key);
    }

    /** The payload as its sender wrote it. */
    byte[] json() {
        ByteBuf frame = content();
        byte[] json = new byte[sizeBytes];
        frame.getBytes(frame.writerIndex() - 1 - sizeBytes, json);
        return json;
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
