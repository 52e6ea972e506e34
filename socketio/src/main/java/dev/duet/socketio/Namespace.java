package dev.duet.socketio;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One namespace: who may come in, what happens then, who is in which room.
 *
 * <p>Not thread-safe: owned by its server's event loop.
 */
public final class Namespace {
    private final String name;
    private final SocketServer server;
    private final Map<String, Socket> sockets = new LinkedHashMap<>();
    private final Map<String, Set<Socket>> rooms = new HashMap<>();
    private final Map<String, EventHandler> handlers = new HashMap<>();
    private final @Nullable Recovery recovery;
    private Admission admission = Admission.EVERYBODY;
    private Consumer<Socket> connect = _ -> {};
    private Consumer<Socket> heard = _ -> {};
    private DisconnectHandler disconnect = (_, _) -> {};
    private EventHandler other = (_, _) -> {};

    /** Takes events. */
    @FunctionalInterface
    public interface EventHandler {
        /** An event of this socket, in the order in which it sent them. */
        void event(Socket socket, Event event);
    }

    /** Takes departures. */
    @FunctionalInterface
    public interface DisconnectHandler {
        /** The socket has gone; it still knows what was attached to it. Called once for each that had connected. */
        void disconnected(Socket socket, DisconnectReason why);
    }

    Namespace(String name, SocketServer server) {
        this.name = name;
        this.server = server;
        this.recovery = server.options()
                .recovery()
                .map(options -> new Recovery(options, server))
                .orElse(null);
    }

    /** Begins with a slash. */
    public String name() {
        return name;
    }

    // ---- handlers ----

    /** Asks this one about everybody who wants to come in. */
    public Namespace admit(Admission decides) {
        admission = decides;
        return this;
    }

    public Namespace onConnect(Consumer<Socket> handler) {
        connect = handler;
        return this;
    }

    /** Handles events of this name. */
    public Namespace on(String event, EventHandler handler) {
        handlers.put(event, handler);
        return this;
    }

    /** Handles the events that nothing else does. */
    public Namespace onOther(EventHandler handler) {
        other = handler;
        return this;
    }

    public Namespace onDisconnect(DisconnectHandler handler) {
        disconnect = handler;
        return this;
    }

    /** Called at every sign of life of a connected client; often, so it must be quick. */
    public Namespace onHeard(Consumer<Socket> handler) {
        heard = handler;
        return this;
    }

    // ---- sockets and rooms ----

    /** Who is in, by id. */
    public Optional<Socket> socket(String id) {
        return Optional.ofNullable(sockets.get(id));
    }

    public int socketCount() {
        return sockets.size();
    }

    /** How many are in this room. */
    public int roomSize(String room) {
        return rooms.getOrDefault(room, Set.of()).size();
    }

    /** Everybody in this room. */
    public Broadcast to(String room) {
        return new Broadcast(this).to(room);
    }

    /** Everybody. */
    public Broadcast all() {
        return new Broadcast(this);
    }

    SocketOptions options() {
        return server.options();
    }

    void enter(String room, Socket socket) {
        rooms.computeIfAbsent(room, _ -> new LinkedHashSet<>()).add(socket);
    }

    void leave(String room, Socket socket) {
        rooms.computeIfPresent(room, (_, members) -> {
            members.remove(socket);
            return members.isEmpty() ? null : members;
        });
    }

    void broadcast(Emission emission, Set<String> to, Set<Socket> excepted) {
        Emission sent = recovery == null ? emission : recovery.remember(emission, to, excepted);
        Set<Socket> recipients = new LinkedHashSet<>(to.isEmpty() ? sockets.values() : List.of());
        for (String room : to) {
            recipients.addAll(rooms.getOrDefault(room, Set.of()));
        }
        recipients.removeAll(excepted);
        recipients.forEach(socket -> socket.deliver(sent));
    }

    /** What is sent to one client, as it is remembered for it if it can come back. */
    Emission remembered(Socket socket, Emission emission) {
        return recovery == null || socket.recoverySecret == null
                ? emission
                : recovery.rememberFor(socket.id(), emission);
    }

    // ---- from connections ----

    void decide(Socket socket, Admission.Answer answer) {
        admission.decide(socket, answer);
    }

    /** What the client missed, if it may go on where it was. */
    Optional<Recovery.Missed> recover(Socket socket) {
        return recovery == null ? Optional.empty() : recovery.find(socket.handshake());
    }

    /** The secret that a client needs to go on where it was. */
    @Nullable
    String newRecoverySecret() {
        return recovery == null ? null : server.newId();
    }

    void connected(Socket socket, Set<String> rejoined) {
        sockets.put(socket.id(), socket);
        socket.connected();
        rejoined.forEach(socket::join);
        connect.accept(socket);
    }

    void event(Socket socket, Event event) {
        handlers.getOrDefault(event.name(), other).event(socket, event);
    }

    void heard(Socket socket) {
        heard.accept(socket);
    }

    void disconnected(Socket socket, DisconnectReason why) {
        if (recovery != null && why.recoverable() && socket.isConnected()) {
            recovery.keep(socket);
        }
        if (socket.gone()) {
            sockets.remove(socket.id(), socket);
            disconnect.disconnected(socket, why);
        }
    }
}
