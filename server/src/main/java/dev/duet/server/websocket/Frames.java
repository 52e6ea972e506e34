package dev.duet.server.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/** Frames as a server writes them: whole messages, unmasked (RFC 6455 section 5.2). */
public final class Frames {
    static final int OPCODE_CONTINUATION = 0x0;
    static final int OPCODE_TEXT = 0x1;
    static final int OPCODE_BINARY = 0x2;
    static final int OPCODE_CLOSE = 0x8;
    static final int OPCODE_PING = 0x9;
    static final int OPCODE_PONG = 0xA;
    static final int FIN = 0x80;

    private Frames() {}

    /** A buffer that begins with the header of a text message; the caller writes exactly {@code sizeBytes} of UTF-8 behind it. */
    public static ByteBuf text(ByteBufAllocator allocator, int sizeBytes) {
        return header(allocator, OPCODE_TEXT, sizeBytes);
    }

    /** A text message. */
    public static ByteBuf text(ByteBufAllocator allocator, byte[] utf8) {
        return text(allocator, utf8.length).writeBytes(utf8);
    }

    /** A buffer that begins with the header of a binary message; the caller writes exactly {@code sizeBytes} behind it. */
    public static ByteBuf binary(ByteBufAllocator allocator, int sizeBytes) {
        return header(allocator, OPCODE_BINARY, sizeBytes);
    }

    /** A ping without content. */
    public static ByteBuf ping(ByteBufAllocator allocator) {
        return header(allocator, OPCODE_PING, 0);
    }

    static ByteBuf pong(ByteBufAllocator allocator, byte[] content, int length) {
        return header(allocator, OPCODE_PONG, length).writeBytes(content, 0, length);
    }

    /** A close frame; the reason is cut to what a control frame holds. */
    public static ByteBuf close(ByteBufAllocator allocator, CloseCode why, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
        int length = Math.min(text.length, 123);
        return header(allocator, OPCODE_CLOSE, 2 + length)
                .writeShort(why.code())
                .writeBytes(text, 0, length);
    }

    private static ByteBuf header(ByteBufAllocator allocator, int opcode, int sizeBytes) {
        if (sizeBytes < 126) {
            return allocator.buffer(2 + sizeBytes).writeByte(FIN | opcode).writeByte(sizeBytes);
        }
        if (sizeBytes < 65_536) {
            return allocator
                    .buffer(4 + sizeBytes)
                    .writeByte(FIN | opcode)
                    .writeByte(126)
                    .writeShort(sizeBytes);
        }
        return allocator
                .buffer(10 + sizeBytes)
                .writeByte(FIN | opcode)
                .writeByte(127)
                .writeLong(sizeBytes);
    }
}
