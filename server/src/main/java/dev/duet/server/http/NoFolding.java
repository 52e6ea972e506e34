package dev.duet.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;

/**
 * Refuses header lines that go on in the next line (RFC 9112 section 5.2): readers disagree about them, and the decoder behind this joins
 * them without a word. Requests have no bodies here, so every line is a header's or a request's.
 *
 * <p>Not thread-safe: owned by the channel's event loop.
 */
final class NoFolding extends ChannelInboundHandlerAdapter {
    private static final byte[] REFUSAL = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);

    private boolean atLineStart;
    private boolean refused;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf in = (ByteBuf) msg;
        if (!refused && isFolded(in)) {
            refused = true;
            ctx.writeAndFlush(Unpooled.wrappedBuffer(REFUSAL)).addListener(ChannelFutureListener.CLOSE);
        }
        if (refused) {
            in.release();
        } else {
            ctx.fireChannelRead(in);
        }
    }

    private boolean isFolded(ByteBuf in) {
        for (int i = in.readerIndex(); i < in.writerIndex(); i++) {
            byte b = in.getByte(i);
            if (atLineStart && (b == ' ' || b == '\t')) {
                return true;
            }
            atLineStart = b == '\n';
        }
        return false;
    }
}
