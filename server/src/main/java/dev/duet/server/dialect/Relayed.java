package dev.duet.server.dialect;

import dev.duet.signaling.Output;
import dev.duet.signaling.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What one participant sends to another, in its sender's dialect. Between two clients of one dialect it passes byte for byte; whoever
 * speaks another translates it on the way out.
 */
sealed interface Relayed extends Payload permits SignalFrame, CourseMessage {
    /** The payload's JSON. */
    byte[] json();

    /** A backslash of JSON stands for nothing of the text. */
    @Override
    default int textBytes() {
        int size = sizeBytes();
        for (byte each : json()) {
            size -= each == '\\' ? 1 : 0;
        }
        return size;
    }

    @Override
    default boolean leadsOut() {
        String line = new String(json(), StandardCharsets.ISO_8859_1);
        return line.contains(" typ relay") || line.contains(" typ srflx") || line.contains(" typ prflx");
    }

    /** The WebSocket frame for a client of the Duet dialect; nothing when that dialect cannot say it. The caller's to release. */
    Optional<ByteBuf> asFrame(ByteBufAllocator allocator, Output.Deliver deliver);
}
