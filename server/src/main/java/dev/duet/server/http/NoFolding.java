package dev.duet.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;

/**
 * Refuses header lines that go on in the next line (RFC 9112 section 5.2): readers disagree about them, and the decoder behind this joins
 * them without a word. A body passes unread, for as long as its {@code Content-Length} says; there are no other bodies here.
 *
 * <p>Not thread-safe: owned by the channel's event loop.
 */
final class NoFolding extends ChannelInboundHandlerAdapter {
    private static final byte[] REFUSAL = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
    private static final long LENGTH_MAX = Integer.MAX_VALUE;

    private boolean refused;
    /** Whether the request line, before which empty lines may stand, has begun. */
    private boolean inRequest;
    /** Bytes of the current line, without its end. */
    private int column;
    /** Bytes of the current line that are those of {@link #LENGTH}. */
    private int matched;

    private long length;
    private long bodyLeft;

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
        int i = in.readerIndex();
        while (i < in.writerIndex()) {
            if (bodyLeft > 0) {
                int passed = (int) Math.min(bodyLeft, in.writerIndex() - i);
                bodyLeft -= passed;
                i += passed;
                continue;
            }
            byte b = in.getByte(i++);
            if (b == '\n') {
                lineEnds();
            } else if (b != '\r') {
                if (column == 0 && inRequest && (b == ' ' || b == '\t')) {
                    return true;
                }
                look(b);
            }
        }
        return false;
    }

    private void lineEnds() {
        if (column == 0 && inRequest) {
            bodyLeft = length;
            length = 0;
            inRequest = false;
        } else {
            inRequest = inRequest || column > 0;
        }
        column = 0;
        matched = 0;
    }

    private void look(byte b) {
        if (matched == LENGTH.length) {
            if (b >= '0' && b <= '9') {
                length = Math.min(LENGTH_MAX, 10 * length + (b - '0'));
            }
        } else if (matched == column && (b | (b == ':' ? 0 : 0x20)) == LENGTH[matched]) {
            matched++;
        }
        column++;
    }
}
