package dev.duet.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;

/**
 * Refuses header lines that go on in the next line (RFC 9112 section 5.2): readers disagree about them, and the decoder behind this joins
 * them without a word. A body is passed over: whoever takes it whole says so, and takes nothing more that came along with it.
 *
 * <p>Not thread-safe: owned by the channel's event loop.
 */
final class NoFolding extends ChannelInboundHandlerAdapter {
    private static final byte[] REFUSAL = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);

    private boolean atLineStart = true;
    private boolean refused;
    /** The request line's first byte: only GET, HEAD and OPTIONS are known to have no body. */
    private byte method;
    /** What passes is a body, in which any byte may stand. */
    private boolean inBody;

    /** The body is over, and with it what was read along with it. */
    void bodyEnded() {
        inBody = false;
    }

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
        for (int i = in.readerIndex(); i < in.writerIndex() && !inBody; i++) {
            byte b = in.getByte(i);
            if (method == 0) {
                // Empty lines may stand before a request.
                method = b == '\r' || b == '\n' ? 0 : b;
            } else if (atLineStart && (b == ' ' || b == '\t')) {
                return true;
            } else if (atLineStart && b == '\n') {
                // The blank line.
                inBody = method != 'G' && method != 'H' && method != 'O';
                method = 0;
            }
            atLineStart = b == '\n' || (atLineStart && b == '\r');
        }
        return false;
    }
}
