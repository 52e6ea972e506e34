package dev.duet.server;

import dev.duet.engineio.EngineOptions;
import dev.duet.engineio.EngineServer;
import dev.duet.server.access.Access;
import dev.duet.server.access.Networks;
import dev.duet.server.engineio.EngineCore;
import dev.duet.server.engineio.EngineEndpoint;
import dev.duet.server.http.EndpointRoutes;
import dev.duet.server.http.FrontDoor;
import dev.duet.socketio.SocketOptions;
import dev.duet.socketio.SocketServer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Socket.IO and Engine.IO alone on a port of their own, without Duet's rooms, pages and dialects: for programs that want a Socket.IO server
 * and nothing else. Plain HTTP; everything happens on one event loop, so handlers need no locks, and must not block.
 *
 * <pre>
 * try (var server = SocketIoServer.onPort(3000)
 *         .socketIo("/socket.io", EngineOptions.DEFAULT, SocketOptions.DEFAULT, io -&gt; io.of("/")
 *                 .on("hello", (socket, event) -&gt; socket.emit("world")))
 *         .start()) { ... }
 * </pre>
 *
 * <p>Thread-safe.
 */
public final class SocketIoServer implements AutoCloseable {
    private final Engine engine;
    private final EndpointRoutes routes;
    private final Channel listening;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SocketIoServer(Builder builder) {
        engine = Engine.start(1);
        List<EventLoop> loops = engine.loops();
        Map<String, EngineEndpoint> endpoints = new LinkedHashMap<>();
        builder.cores.forEach((path, core) -> endpoints.put(
                path,
                new EngineEndpoint(
                        loops, ConnectionLimits.DEFAULT.withMessageBytes(core.options.maxPayload()), core.maker)));
        Access access = new Access(true, List.of(), Networks::ofThisMachine);
        routes = new EndpointRoutes(endpoints, builder.payloadMax(), access, builder.origins, builder.pages);
        InetSocketAddress address = new InetSocketAddress(builder.host, builder.port);
        listening = Listening.bind(
                engine,
                address,
                ConnectionLimits.DEFAULT,
                new FrontDoor(FrontDoor.Entrance.HTTP_PORT, routes, Optional.empty(), access, Optional.empty()));
    }

    /** Collects what a {@link SocketIoServer} serves. Not thread-safe. */
    public static final class Builder {
        private final int port;
        private String host = "127.0.0.1";
        private List<String> origins = List.of();
        private Optional<Path> pages = Optional.empty();
        private final Map<String, Core> cores = new LinkedHashMap<>();

        private record Core(EngineOptions options, BiFunction<EventLoop, Supplier<String>, EngineCore> maker) {}

        private Builder(int port) {
            this.port = port;
        }

        /** The address to listen on; {@code 127.0.0.1} if it is not given. */
        public Builder host(String value) {
            host = value;
            return this;
        }

        /** Origins whose pages may connect, beside the server's own. */
        public Builder allowedOrigins(List<String> value) {
            origins = List.copyOf(value);
            return this;
        }

        /** Serves the files of a folder, too. Browser clients are at {@code /socket.io/socket.io.js} without it. */
        public Builder pages(Path folder) {
            pages = Optional.of(folder);
            return this;
        }

        /**
         * Serves Socket.IO under a path.
         *
         * @param path such as {@code /socket.io}, without a slash at its end
         * @param handlers makes the namespaces
         */
        public Builder socketIo(
                String path, EngineOptions engine, SocketOptions options, Consumer<SocketServer> handlers) {
            cores.put(path, new Core(engine, (_, ids) -> {
                SocketServer io = new SocketServer(engine, options, ids);
                handlers.accept(io);
                return EngineCore.of(io);
            }));
            return this;
        }

        /** Serves Engine.IO under a path. */
        public Builder engineIo(String path, EngineOptions options, EngineServer.Acceptor acceptor) {
            cores.put(path, new Core(options, (_, ids) -> EngineCore.of(new EngineServer(options, ids, acceptor))));
            return this;
        }

        private int payloadMax() {
            return cores.values().stream()
                    .mapToInt(core -> core.options().maxPayload())
                    .max()
                    .orElse(0);
        }

        /**
         * Binds the port and serves.
         *
         * @throws DuetStartException when the port cannot be bound, or there is no such folder
         */
        public SocketIoServer start() {
            return new SocketIoServer(this);
        }
    }

    /** A server on this port; 0 takes any free one. */
    public static Builder onPort(int port) {
        return new Builder(port);
    }

    /** The port it listens on. */
    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** Does something on the event loop that all handlers run on, such as sending because of something outside. */
    public void execute(Runnable action) {
        engine.loops().getFirst().execute(action);
    }

    /** Does something on that event loop later. */
    public void schedule(Runnable action, long delayMs) {
        engine.loops().getFirst().schedule(action, delayMs, TimeUnit.MILLISECONDS);
    }

    /** Ends every session and waits for the thread. May be called twice. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        listening.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
        routes.close();
        engine.stop();
    }
}
