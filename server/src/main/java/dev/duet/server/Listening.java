package dev.duet.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Locale;

/** Opens a port, or says in words why it cannot be opened. */
final class Listening {
    private static final int ACCEPTS_MAX = 1_024;

    private Listening() {}

    /**
     * Binds.
     *
     * @param door what every connection meets first
     * @throws DuetStartException when the address cannot be bound
     */
    static Channel bind(Engine engine, InetSocketAddress address, ConnectionLimits limits, ChannelHandler door) {
        if (address.isUnresolved()) {
            throw new DuetStartException(
                    "host-unknown",
                    "host '" + address.getHostString()
                            + "' is no address of this machine; give an address, or 0.0.0.0 for all");
        }
        int high = limits.outboundHighBytes();
        // Everybody who waits is let in at once. As it comes, epoll's channel takes one each time round, and a busy
        // loop
        // kept hundreds waiting for ten seconds (measured).
        var accepts = new ServerChannelRecvByteBufAllocator();
        accepts.respectMaybeMoreData(false);
        accepts.maxMessagesPerRead(ACCEPTS_MAX);
        var future = new ServerBootstrap()
                .group(engine.group())
                .channel(engine.serverChannel())
                .option(ChannelOption.SO_BACKLOG, 4096)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.RECVBUF_ALLOCATOR, accepts)
                .handler(new Accepted(engine.connections()))
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(high / 8, high))
                .childHandler(door)
                .bind(address)
                .awaitUninterruptibly();
        if (!future.isSuccess()) {
            throw cannotBind(address, future.cause());
        }
        return future.channel();
    }

    /** Notes every connection on the loop that listens: once that listens no more, there is none that a closing server does not know. */
    private static final class Accepted extends ChannelInboundHandlerAdapter {
        private final ChannelGroup connections;

        Accepted(ChannelGroup connections) {
            this.connections = connections;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ctx.fireChannelRead(msg);
            connections.add((Channel) msg);
        }
    }

    private static DuetStartException cannotBind(InetSocketAddress address, Throwable cause) {
        String reason = cause.getMessage() == null ? "" : cause.getMessage().toLowerCase(Locale.ROOT);
        if (reason.contains("permission denied")) {
            return new DuetStartException(
                    "port-forbidden",
                    "port " + address.getPort() + " may not be opened by this user; choose one above 1023",
                    cause);
        }
        if (reason.contains("cannot assign")) {
            return new DuetStartException(
                    "host-unknown",
                    address.getHostString() + " is no address of this machine; give another --host",
                    cause);
        }
        if (cause instanceof BindException || reason.contains("in use")) {
            return new DuetStartException(
                    "port-taken",
                    "port " + address.getPort() + " is taken by another program; stop it or choose another port",
                    cause);
        }
        return new DuetStartException("bind-failed", "cannot listen on " + address + ": " + cause.getMessage(), cause);
    }
}
