package dev.duet.server.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames and hands whole messages to a {@link Listener}. Answers pings and closes; closes the connection on everything that RFC 6455
 * forbids a client, with the code that says why.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-------+-+-------------+-------------------------------+
 * |F|R|R|R| opcode|M| Payload len |    Extended payload length    |
 * |I|S|S|S|  (4)  |A|     (7)     |   (16 if 126, 64 if 127)      |
 * |N|V|V|V|       |S|             |                               |
 * | |1|2|3|       |K|             |                               |
 * +-+-+-+-+-------+-+-------------+-------------------------------+
 * |  Masking key (32), then the payload, each byte XOR key[i % 4] |
 * +---------------------------------------------------------------+
 * </pre>
 *
 * <p>A message is unmasked into the loop's scratch array and handed over from there: nothing is allocated per message. A message in
 * fragments is gathered in an array of its own.
 *
 * <p>Not thread-safe: owned by the channel's event loop.
 */
public final class WebSocketHandler extends ByteToMessageDecoder {
    /** Most frames one message may come in. */
    public static final int FRAGMENTS_MAX = 64;

    private static final int CONTROL_MAX = 125;
    private static final int CLOSE_WAIT_MS = 2_000;

    /** Takes what comes in. The arrays are the caller's again when the method returns. */
    public interface Listener {
        /** A whole text message, valid UTF-8, in the first {@code length} bytes. */
        void text(byte[] utf8, int length);

        /** A whole binary message. */
        void binary(byte[] bytes, int length);

        /** A message was over the limit; a close frame that says so follows. */
        void tooLarge();

        /** Bytes came in, whatever they were. */
        void heard();

        /** The outbound buffer is over its high mark (false) or under its low mark again (true). */
        void writable(boolean writable);

        /** The client closes with this code; the connection goes in a moment. */
        void closing(int code);

        /** The connection is gone. Called once. */
        void closed();
    }

    private final Listener listener;
    private final byte[] scratch;
    private final int messageMax;
    private boolean closing;
    private boolean justClosed;
    /** Nothing more is understood of this client. */
    private boolean lost;
    /** Bytes of a frame that is passed over while the client's close frame is awaited. */
    private long passingOver;

    private int fragments;
    private int fragmentedOpcode;
    private byte @Nullable [] fragmented;
    private int fragmentedLength;

    /**
     * A handler for one connection.
     *
     * @param scratch the event loop's array, at least {@code messageMax} long
     * @param messageMax the largest message in bytes
     */
    public WebSocketHandler(Listener listener, byte[] scratch, int messageMax) {
        if (scratch.length < Math.max(messageMax, CONTROL_MAX)) {
            throw new IllegalArgumentException("scratch of " + scratch.length + " B (expected: >= " + messageMax + ")");
        }
        this.listener = listener;
        this.scratch = scratch;
        this.messageMax = messageMax;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        listener.heard();
        super.channelRead(ctx, msg);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        while (!closing && frame(ctx, in)) {}
        if (closing) {
            awaitClose(ctx, in);
        }
        justClosed = false;
    }

    /**
     * After our close frame only the client's own is of interest, but the rest is still read: a connection that is closed with bytes on
     * their way to it is reset, and a reset may swallow what we said last.
     */
    private void awaitClose(ChannelHandlerContext ctx, ByteBuf in) {
        while (in.isReadable() && !lost) {
            if (passingOver > 0) {
                int now = (int) Math.min(passingOver, in.readableBytes());
                in.skipBytes(now);
                passingOver -= now;
                continue;
            }
            int header = headerBytes(in);
            if (header == 0) {
                return;
            }
            passingOver = payloadBytes(in);
            lost = passingOver < 0 || (in.getByte(in.readerIndex()) & 0x0F) == Frames.OPCODE_CLOSE;
            if (!lost) {
                in.skipBytes(header);
            }
        }
        if (in.isReadable()) {
            in.skipBytes(in.readableBytes());
            if (!justClosed) {
                ctx.close();
            }
        }
    }

    /** The length of the frame header that stands here, or 0 when it is not there whole. */
    private static int headerBytes(ByteBuf in) {
        if (in.readableBytes() < 2) {
            return 0;
        }
        int lengthField = in.getByte(in.readerIndex() + 1) & 0x7F;
        int header = 2 + (lengthField == 126 ? 2 : lengthField == 127 ? 8 : 0) + 4;
        return in.readableBytes() < header ? 0 : header;
    }

    private static long payloadBytes(ByteBuf in) {
        int start = in.readerIndex();
        int lengthField = in.getByte(start + 1) & 0x7F;
        return lengthField == 126
                ? in.getUnsignedShort(start + 2)
                : lengthField == 127 ? in.getLong(start + 2) : lengthField;
    }

    /** Reads one frame if it is there whole. */
    private boolean frame(ChannelHandlerContext ctx, ByteBuf in) {
        int start = in.readerIndex();
        int available = in.readableBytes();
        if (available < 2) {
            return false;
        }
        int first = in.getUnsignedByte(start);
        int second = in.getUnsignedByte(start + 1);
        int opcode = first & 0x0F;
        boolean fin = (first & Frames.FIN) != 0;
        CloseCode wrong = wrongHeader(first, second, opcode, fin);
        if (wrong != null) {
            fail(ctx, wrong, "bad frame header");
            return false;
        }
        int header = headerBytes(in);
        if (header == 0) {
            return false;
        }
        long length = payloadBytes(in);
        if (length < (header == 14 ? 65_536 : header == 8 ? 126 : 0)) {
            fail(ctx, CloseCode.PROTOCOL_ERROR, "length not in its shortest form");
            return false;
        }
        if (length > messageMax || (opcode < 8 && length + fragmentedLength > messageMax)) {
            listener.tooLarge();
            fail(ctx, CloseCode.TOO_BIG, "message too large");
            return false;
        }
        if (available < header + length) {
            return false;
        }
        int key = in.getInt(start + header - 4);
        in.skipBytes(header);
        unmask(in, (int) length, key);
        in.skipBytes((int) length);
        take(ctx, opcode, fin, (int) length);
        return true;
    }

    private @Nullable CloseCode wrongHeader(int first, int second, int opcode, boolean fin) {
        boolean control = opcode >= 8;
        boolean known =
                opcode <= Frames.OPCODE_BINARY || (opcode >= Frames.OPCODE_CLOSE && opcode <= Frames.OPCODE_PONG);
        boolean continues = opcode == Frames.OPCODE_CONTINUATION;
        boolean fits = control ? fin && (second & 0x7F) <= CONTROL_MAX : continues == (fragments > 0);
        // Reserved bits belong to extensions, and none is negotiated; a client masks everything (section 5.1).
        return (first & 0x70) == 0 && (second & 0x80) != 0 && known && fits ? null : CloseCode.PROTOCOL_ERROR;
    }

    private void unmask(ByteBuf in, int length, int key) {
        in.getBytes(in.readerIndex(), scratch, 0, length);
        byte k0 = (byte) (key >>> 24);
        byte k1 = (byte) (key >>> 16);
        byte k2 = (byte) (key >>> 8);
        byte k3 = (byte) key;
        int i = 0;
        for (; i <= length - 4; i += 4) {
            scratch[i] ^= k0;
            scratch[i + 1] ^= k1;
            scratch[i + 2] ^= k2;
            scratch[i + 3] ^= k3;
        }
        for (; i < length; i++) {
            scratch[i] ^= (byte) (key >>> (24 - 8 * (i & 3)));
        }
    }

    private void take(ChannelHandlerContext ctx, int opcode, boolean fin, int length) {
        switch (opcode) {
            case Frames.OPCODE_PING -> {
                // Who pings and does not read the answers gets no more of them.
                if (ctx.channel().isWritable()) {
                    ctx.writeAndFlush(Frames.pong(ctx.alloc(), scratch, length), ctx.voidPromise());
                }
            }
            case Frames.OPCODE_PONG -> {}
            case Frames.OPCODE_CLOSE -> closedByClient(ctx, length);
            case Frames.OPCODE_CONTINUATION -> fragment(ctx, fragmentedOpcode, fin, length);
            default -> {
                if (fin) {
                    message(ctx, opcode, scratch, length);
                } else {
                    fragment(ctx, opcode, false, length);
                }
            }
        }
    }

    private void fragment(ChannelHandlerContext ctx, int opcode, boolean fin, int length) {
        if (++fragments > FRAGMENTS_MAX) {
            fail(ctx, CloseCode.POLICY, "too many fragments");
            return;
        }
        fragmentedOpcode = opcode;
        byte[] gathered = fragmented == null ? new byte[Math.min(messageMax, Math.max(1024, 2 * length))] : fragmented;
        if (gathered.length < fragmentedLength + length) {
            byte[] larger = new byte[Math.min(messageMax, 2 * (fragmentedLength + length))];
            System.arraycopy(gathered, 0, larger, 0, fragmentedLength);
            gathered = larger;
        }
        System.arraycopy(scratch, 0, gathered, fragmentedLength, length);
        fragmented = gathered;
        fragmentedLength += length;
        if (fin) {
            int whole = fragmentedLength;
            fragments = 0;
            fragmented = null;
            fragmentedLength = 0;
            message(ctx, opcode, gathered, whole);
        }
    }

    private void message(ChannelHandlerContext ctx, int opcode, byte[] bytes, int length) {
        if (opcode == Frames.OPCODE_BINARY) {
            listener.binary(bytes, length);
        } else if (Utf8.isValid(bytes, length)) {
            listener.text(bytes, length);
        } else {
            fail(ctx, CloseCode.INVALID_PAYLOAD, "not UTF-8");
        }
    }

    private void closedByClient(ChannelHandlerContext ctx, int length) {
        int code = length >= 2 ? ((scratch[0] & 0xFF) << 8) | (scratch[1] & 0xFF) : CloseCode.NORMAL.code();
        if (length == 1 || !mayBeSent(code)) {
            fail(ctx, CloseCode.PROTOCOL_ERROR, "bad close frame");
        } else if (!isReasonUtf8(length)) {
            fail(ctx, CloseCode.INVALID_PAYLOAD, "not UTF-8");
        } else {
            closing = true;
            lost = true;
            listener.closing(code);
            ctx.writeAndFlush(Frames.close(ctx.alloc(), CloseCode.NORMAL, "")).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private boolean isReasonUtf8(int length) {
        if (length <= 2) {
            return true;
        }
        System.arraycopy(scratch, 2, scratch, 0, length - 2);
        return Utf8.isValid(scratch, length - 2);
    }

    /** Section 7.4: which codes may stand in a close frame. */
    private static boolean mayBeSent(int code) {
        return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006)
                || (code >= 3000 && code <= 4999);
    }

    private void fail(ChannelHandlerContext ctx, CloseCode why, String reason) {
        justClosed = true;
        // Past a wrong frame nobody knows where the next one begins; one that is only too large can be passed over.
        lost = why != CloseCode.TOO_BIG;
        close(ctx.channel(), why, reason);
    }

    /** Whether a close frame was sent; nothing may be said after it. */
    public boolean isClosing() {
        return closing;
    }

    /**
     * Sends a close frame and takes nothing more in. The connection ends when the client answers, or after {@value #CLOSE_WAIT_MS} ms.
     */
    public void close(Channel channel, CloseCode why, String reason) {
        if (closing) {
            return;
        }
        closing = true;
        channel.config().setAutoRead(true);
        channel.writeAndFlush(Frames.close(channel.alloc(), why, reason));
        Future<?> wait = channel.eventLoop().schedule(() -> channel.close(), CLOSE_WAIT_MS, TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(_ -> wait.cancel(false));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
        listener.writable(ctx.channel().isWritable());
        super.channelWritabilityChanged(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        listener.closed();
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A reset connection, mostly; whatever it was, this connection is over and no other is touched.
        ctx.close();
    }
}
