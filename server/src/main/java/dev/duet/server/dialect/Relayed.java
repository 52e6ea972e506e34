package dev.duet.server.dialect;

import dev.duet.signaling.Output;
import dev.duet.signaling.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Optional;

/**
 * What one participant sends to another, in its sender's dialect. Between two clients of one dialect it passes byte for byte; whoever
 * speaks another translates it on the way out.
 */
sealed interface Relayed extends Payload permits SignalFrame, CourseMessage {
    /** The WebSocket frame for a client of the Duet dialect; nothing when that dialect cannot say it. The caller's to release. */
    Optional<ByteBuf> asFrame(ByteBufAllocator allocator, Output.Deliver deliver);
}
