package dev.duet.server;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads that carry everything: epoll where Linux has it, portable NIO elsewhere. */
record Engine(String name, MultiThreadIoEventLoopGroup group, Class<? extends ServerChannel> serverChannel) {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    /**
     * Makes the threads.
     *
     * @param loops how many; 0 for one per core
     */
    static Engine start(int loops) {
        int count = loops > 0 ? loops : Runtime.getRuntime().availableProcessors();
        DefaultThreadFactory threads = new DefaultThreadFactory("duet", false);
        if (Epoll.isAvailable()) {
            IoHandlerFactory epoll = EpollIoHandler.newFactory();
            return new Engine(
                    "epoll", new MultiThreadIoEventLoopGroup(count, threads, epoll), EpollServerSocketChannel.class);
        }
        log.info(
                "event=transport kind=nio reason=\"{}\"",
                Epoll.unavailabilityCause().getMessage());
        return new Engine(
                "NIO",
                new MultiThreadIoEventLoopGroup(count, threads, NioIoHandler.newFactory()),
                NioServerSocketChannel.class);
    }

    List<EventLoop> loops() {
        List<EventLoop> loops = new ArrayList<>();
        group.forEach(executor -> loops.add((EventLoop) executor));
        return loops;
    }

    void stop() {
        group.shutdownGracefully(0, 3, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
