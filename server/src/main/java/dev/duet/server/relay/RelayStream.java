package dev.duet.server.relay;

import dev.duet.stun.TransportAddress;
import dev.duet.turn.Client;
import dev.duet.turn.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A TURN client on TCP or TLS: cuts what comes into messages (RFC 8489 section 6.2.2, RFC 8656 section 12.4) for the shard that has this
 * client. Who has no allocation after a while is closed.
 *
 * <p>Not thread-safe: owned by the channel's event loop, but for {@link #send} and {@link #allocated}.
 */
final class RelayStream extends ByteToMessageDecoder implements StreamLink {
    private static final int LENGTH_OFFSET = 2;
    private static final int TYPE_BYTES = 4;
    private static final int STUN_HEADER = 20;
    private static final int COOKIE_OFFSET = 4;
    private static final int COOKIE = 0x2112a442;
    private static final int TOP_BITS = 0xc0;
    private static final int CHANNEL_BITS = 0x40;
    private static final int IDLE_SECONDS = 10;

    private final RelayShard shard;
    private final Channel channel;
    private final Client client;
    private @Nullable Future<?> idle;

    RelayStream(RelayShard shard, Channel channel, TransportAddress address, int listener, boolean secure) {
        this.shard = shard;
        this.channel = channel;
        Client.Transport transport = secure ? Client.Transport.TLS : Client.Transport.TCP;
        client = Client.connected(transport, address, listener, this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        patience(true);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        while (in.readableBytes() >= TYPE_BYTES) {
            int length = length(in);
            if (length < 0) {
                in.skipBytes(in.readableBytes());
                ctx.close();
                return;
            }
            if (in.readableBytes() < length) {
                return;
            }
            byte[] message = new byte[length];
            in.readBytes(message);
            shard.received(client, message);
        }
    }

    /** The length of the message that begins here, with its padding; -1 when it is none, or too long. */
    private static int length(ByteBuf in) {
        int start = in.readerIndex();
        int length = in.getUnsignedShort(start + LENGTH_OFFSET);
        int top = in.getByte(start) & TOP_BITS;
        if (top == CHANNEL_BITS) {
            length = (TYPE_BYTES + length + 3) & ~3;
        } else if (top == 0 && (length & 3) == 0) {
            boolean isStun =
                    in.readableBytes() < COOKIE_OFFSET + Integer.BYTES || in.getInt(start + COOKIE_OFFSET) == COOKIE;
            length = isStun ? STUN_HEADER + length : -1;
        } else {
            length = -1;
        }
        return length > Datagram.PAYLOAD_BYTES_MAX ? -1 : length;
    }

    @Override
    public void send(Datagram message) {
        if (!channel.isWritable()) {
            return; // As on any network: what cannot be carried is lost.
        }
        ByteBuf bytes = channel.alloc().ioBuffer(message.length());
        bytes.setBytes(0, message.buffer().slice(message.offset(), message.length()));
        bytes.writerIndex(message.length());
        channel.writeAndFlush(bytes, channel.voidPromise());
    }

    @Override
    public void allocated(boolean has) {
        channel.eventLoop().execute(() -> patience(!has));
    }

    private void patience(boolean isIdle) {
        if (idle instanceof Future<?> timer) {
            timer.cancel(false);
            idle = null;
        }
        if (isIdle) {
            idle = channel.eventLoop().schedule(() -> channel.close(), IDLE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        patience(false);
        shard.leave(client);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
