package dev.duet.server;

import dev.duet.server.log.LogEvent;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The threads that carry everything: epoll where Linux has it, portable NIO elsewhere.
 *
 * @param connections every open connection that was accepted
 */
record Engine(
        String name,
        MultiThreadIoEventLoopGroup group,
        Class<? extends ServerChannel> serverChannel,
        ChannelGroup connections) {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    /**
     * Makes the threads.
     *
     * @param loops how many; 0 for one per core
     */
    static Engine start(int loops) {
        int count = loops > 0 ? loops : Runtime.getRuntime().availableProcessors();
        DefaultThreadFactory threads = new DefaultThreadFactory("duet", false);
        // Who joins it after it was closed is closed at once.
        ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);
        if (Epoll.isAvailable()) {
            IoHandlerFactory epoll = EpollIoHandler.newFactory();
            return new Engine(
                    "epoll",
                    new MultiThreadIoEventLoopGroup(count, threads, epoll),
                    EpollServerSocketChannel.class,
                    connections);
        }
        LogEvent.of("transport")
                .with("kind", "nio")
                .with("reason", Epoll.unavailabilityCause().getMessage())
                .to(log, Level.INFO);
        return new Engine(
                "NIO",
                new MultiThreadIoEventLoopGroup(count, threads, NioIoHandler.newFactory()),
                NioServerSocketChannel.class,
                connections);
    }

    List<EventLoop> loops() {
        List<EventLoop> loops = new ArrayList<>();
        group.forEach(executor -> loops.add((EventLoop) executor));
        return loops;
    }

    /**
     * Closes every connection and waits for the threads; nothing listens any more. The connections are not left to the loops: one that is told
     * to end while it runs its tasks may end in that same round, and what it carries then stays open for ever, read by nobody (Netty 4.2.18).
     */
    void stop() {
        connections.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 3, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
