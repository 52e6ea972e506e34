package dev.duet.server.dialect;

import dev.duet.server.websocket.Frames;
import dev.duet.signaling.Output;
import dev.duet.signaling.Payload;
import dev.duet.signaling.SignalKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.DefaultByteBufHolder;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A signal on its way through a room: already the whole WebSocket frame that its recipient gets, with the payload's bytes as the sender
 * wrote them. It is made on the sender's loop, so the room only hands it on.
 */
final class SignalFrame extends DefaultByteBufHolder implements Relayed {
    private static final byte[] HEAD = ascii("{\"type\":\"signal\",\"from\":\"");
    private static final byte[] QUOTE = {'"'};
    private static final byte[] SEQ = ascii("\",\"seq\":");
    private static final byte[] DESCRIPTION = ascii(",\"description\":");
    private static final byte[] CANDIDATE = ascii(",\"candidate\":");
    private static final byte[] DATA = ascii(",\"data\":");

    private final long seq;
    private final int sizeBytes;

    private SignalFrame(ByteBuf frame, long seq, int sizeBytes) {
        super(frame);
        this.seq = seq;
        this.sizeBytes = sizeBytes;
    }

    /** @param seq the signal's number; 0 for none */
    static SignalFrame of(
            ByteBufAllocator allocator, byte[] from, long seq, DuetMessage.Signal signal, byte[] message) {
        int size = signal.end() - signal.start();
        ByteBuf frame = start(allocator, from, seq, signal.kind(), size)
                .writeBytes(message, signal.start(), size)
                .writeByte('}');
        return new SignalFrame(frame, seq, size);
    }

    /** With the number in it that it has for its recipient; without one it has to carry, it goes as it came. */
    @Override
    public Optional<ByteBuf> asFrame(ByteBufAllocator allocator, Output.Deliver deliver) {
        if (deliver.seq() == 0 || deliver.seq() == seq) {
            return Optional.of(content().retainedDuplicate());
        }
        byte[] from = ascii(deliver.from().value());
        return Optional.of(start(allocator, from, deliver.seq(), deliver.kind(), sizeBytes)
                .writeBytes(content(), content().writerIndex() - 1 - sizeBytes, sizeBytes)
                .writeByte('}'));
    }

    @Override
    public Payload kept() {
        return new SignalFrame(Unpooled.copiedBuffer(content()), seq, sizeBytes);
    }

    /** A frame that a Duet client gets, up to the place of the payload; {@code sizeBytes} of it and a closing brace have to follow. */
    static ByteBuf start(ByteBufAllocator allocator, byte[] from, long seq, SignalKind kind, int sizeBytes) {
        byte[] key = key(kind);
        byte[] number = seq == 0 ? QUOTE : ascii(Long.toString(seq));
        int numberBytes = number.length + (seq == 0 ? 0 : SEQ.length);
        ByteBuf frame = Frames.text(allocator, HEAD.length + from.length + numberBytes + key.length + sizeBytes + 1)
                .writeBytes(HEAD)
                .writeBytes(from);
        if (seq != 0) {
            frame.writeBytes(SEQ);
        }
        return frame.writeBytes(number).writeBytes(key);
    }

    /** The payload as its sender wrote it. */
    @Override
    public byte[] json() {
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
