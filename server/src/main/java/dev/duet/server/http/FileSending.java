package dev.duet.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * The body of an answer that comes from a file, a piece at a time: the next one is read when the last one was taken, so a slow reader costs
 * one piece of memory, however large the file.
 *
 * <p>Not thread-safe: owned by the channel's event loop.
 */
public final class FileSending {
    private static final int PIECE_BYTES = 64 * 1024;

    private final FileChannel file;
    private final long endBytes;
    private long atBytes;

    /**
     * Sends so much of a file, and closes it.
     *
     * @param start where to begin
     */
    FileSending(FileChannel file, long start, long length) {
        this.file = file;
        this.atBytes = start;
        this.endBytes = start + length;
    }

    long remainingBytes() {
        return endBytes - atBytes;
    }

    /** What happens to it. */
    interface Progress {
        /** A piece was taken. */
        void moved();

        /** All was handed over, of which this is the last. */
        void done(ChannelFuture last);
    }

    /** Sends the rest; a file that became shorter ends the connection, since its length was already told. */
    void start(ChannelHandlerContext ctx, Progress progress) {
        if (atBytes >= endBytes) {
            close();
            progress.done(ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
            return;
        }
        int length = (int) Math.min(PIECE_BYTES, endBytes - atBytes);
        ByteBuf piece = ctx.alloc().buffer(length);
        try {
            int read = piece.writeBytes(file, atBytes, length);
            if (read <= 0) {
                throw new IOException("the file became shorter");
            }
            atBytes += read;
        } catch (IOException _) {
            piece.release();
            close();
            ctx.close();
            return;
        }
        ctx.writeAndFlush(new DefaultHttpContent(piece)).addListener(written -> {
            if (written.isSuccess()) {
                progress.moved();
                start(ctx, progress);
            } else {
                close();
                ctx.close();
            }
        });
    }

    /** Sends no body: what a HEAD asks for. */
    void skip() {
        atBytes = endBytes;
    }

    private void close() {
        try {
            file.close();
        } catch (IOException _) {
            // It was only read; there is nothing to lose.
        }
    }
}
