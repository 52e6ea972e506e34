package dev.duet.socketio;

import dev.duet.engineio.Application;
import dev.duet.engineio.EngineOptions;
import dev.duet.engineio.EngineRequest;
import dev.duet.engineio.EngineServer;
import dev.duet.engineio.EngineSession;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A Socket.IO server on one event loop: its namespaces, and the Engine.IO server that carries it.
 *
 * <pre>
 * var io = new SocketServer(EngineOptions.DEFAULT, SocketOptions.DEFAULT, ids);
 * io.of("/").on("hello", (socket, event) -&gt; socket.emit("world", event.args().string(0).orElse("")));
 * </pre>
 *
 * <p>Not thread-safe: owned by its event loop.
 */
public final class SocketServer {
    private final SocketOptions options;
    private final Supplier<String> ids;
    private final EngineServer engine;
    private final Map<String, Namespace> namespaces = new HashMap<>();
    private Consumer<Object> closed = _ -> {};
    /** Connections that may still be in no namespace, in the order in which their time ends. */
    private final ArrayDeque<SocketConnection> arriving = new ArrayDeque<>();

    /**
     * A server without namespaces.
     *
     * @param ids unguessable ids for sessions, sockets and recovery, at least 15 random bytes each
     */
    public SocketServer(EngineOptions engineOptions, SocketOptions options, Supplier<String> ids) {
        this.options = options;
        this.ids = ids;
        this.engine = new EngineServer(engineOptions, ids, this::accept);
    }

    /** The namespace of this name, made when it is first asked for. Clients get only those that were asked for here. */
    public Namespace of(String name) {
        if (!name.startsWith("/")) {
            throw new IllegalArgumentException("namespace '" + name + "' (expected: begins with /)");
        }
        return namespaces.computeIfAbsent(name, it -> new Namespace(it, this));
    }

    /**
     * Called when a session is over, whether it ever came into a namespace or not.
     *
     * @param handler is handed {@link EngineSession#about}
     */
    public SocketServer onClosed(Consumer<Object> handler) {
        closed = handler;
        return this;
    }

    void closed(Object about) {
        closed.accept(about);
    }

    /** What the adapter hands requests to. */
    public EngineServer engine() {
        return engine;
    }

    /** When {@link #timePassed} is due; {@link Long#MAX_VALUE} when nothing waits. */
    public long nextDeadlineNanos() {
        long next = engine.nextDeadlineNanos();
        SocketConnection first = arriving.peek();
        return first == null || next - first.arriveUntilNanos <= 0 ? next : first.arriveUntilNanos;
    }

    /** Does what is due. */
    public void timePassed(long nowNanos) {
        engine.timePassed(nowNanos);
        while (arriving.peek() instanceof SocketConnection first && nowNanos - first.arriveUntilNanos >= 0) {
            arriving.remove();
            first.arriveTimeOver();
        }
    }

    private Application accept(EngineSession session, EngineRequest.Open request) {
        SocketConnection connection = new SocketConnection(this, session, request);
        connection.arriveUntilNanos =
                engine.nowNanos() + options.connectTimeout().toNanos();
        arriving.add(connection);
        connection.start();
        return connection;
    }

    Optional<Namespace> find(String name) {
        return Optional.ofNullable(namespaces.get(name));
    }

    SocketOptions options() {
        return options;
    }

    /** Sessions that are not over. */
    public int sessionCount() {
        return engine.sessionCount();
    }

    String newId() {
        return ids.get();
    }

    long nowNanos() {
        return engine.nowNanos();
    }
}
