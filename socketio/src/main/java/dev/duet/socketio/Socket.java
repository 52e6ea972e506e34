package dev.duet.socketio;

import dev.duet.engineio.CloseReason;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One client in one namespace.
 *
 * <p>Not thread-safe: owned by its server's event loop.
 */
public final class Socket {
    private final SocketConnection connection;
    private final Namespace namespace;
    private final Handshake handshake;
    private String id;
    private final Set<String> rooms = new TreeSet<>();
    private @Nullable Object attachment;
    private boolean connected;
    private boolean recovered;

    @Nullable
    String recoverySecret;

    private long lastAckId = -1;
    private @Nullable Map<Long, AckHandler> awaited;

    /** Takes an acknowledgement. */
    @FunctionalInterface
    public interface AckHandler {
        /** What the client acknowledged with. Never called when it does not. */
        void acknowledged(Args args);
    }

    Socket(SocketConnection connection, Namespace namespace, Handshake handshake, String id) {
        this.connection = connection;
        this.namespace = namespace;
        this.handshake = handshake;
        this.id = id;
    }

    /**
     * The id that the client knows itself by. Revision 3 clients know themselves by their session's id, which is a secret: do not tell it
     * to others.
     */
    public String id() {
        return id;
    }

    public Handshake handshake() {
        return handshake;
    }

    public Namespace namespace() {
        return namespace;
    }

    /** {@code polling} or {@code websocket}, at this moment. */
    public String transport() {
        return connection.engine().transport();
    }

    /** Whether it was admitted and has not gone. */
    public boolean isConnected() {
        return connected;
    }

    /** Whether it goes on where a lost connection ended: id, rooms, attachment and what was missed were restored. */
    public boolean isRecovered() {
        return recovered;
    }

    /** Anything that the application keeps with the socket. */
    public @Nullable Object attachment() {
        return attachment;
    }

    public void attach(@Nullable Object newAttachment) {
        attachment = newAttachment;
    }

    /**
     * Sends an event. When the client has gone nothing happens, unless it may come back to where it was ({@link Recovery}): then it gets
     * the event when it does.
     */
    public void emit(String event, @Nullable Object... args) {
        emit(Emission.of(event, args));
    }

    /** Sends an event with arguments that came in. */
    public void emit(String event, Args args) {
        emit(Emission.of(event, args));
    }

    /** Sends an event that is written already. */
    public void emit(Emission emission) {
        deliver(namespace.remembered(this, emission));
    }

    /** What is remembered already, if it is to be. */
    void deliver(Emission emission) {
        if (connected) {
            connection.send(emission, false, namespace.name(), SocketPacket.NO_ACK);
        }
    }

    /**
     * Sends an event and awaits its acknowledgement. It is not remembered for a client that is lost: nobody would await the answer.
     *
     * @throws IllegalStateException when as many as {@link SocketOptions#acksMax} are awaited already
     */
    public void emit(Emission emission, AckHandler handler) {
        if (!connected) {
            return;
        }
        if (awaited == null) {
            awaited = new HashMap<>();
        }
        if (awaited.size() >= namespace.options().acksMax()) {
            throw new IllegalStateException(awaited.size() + " acknowledgements are awaited of " + id);
        }
        awaited.put(++lastAckId, handler);
        connection.send(emission, false, namespace.name(), lastAckId);
    }

    void sendReply(Emission emission, long ackId) {
        if (connected) {
            connection.send(emission, true, namespace.name(), ackId);
        }
    }

    /** An acknowledgement that nobody awaits is ignored. */
    void acknowledged(long ackId, Args args) {
        AckHandler handler = awaited == null ? null : awaited.remove(ackId);
        if (handler != null) {
            handler.acknowledged(args);
        }
    }

    /** The rooms it is in. */
    public Set<String> rooms() {
        return Set.copyOf(rooms);
    }

    public void join(String room) {
        if (connected && rooms.add(room)) {
            namespace.enter(room, this);
        }
    }

    public void leave(String room) {
        if (rooms.remove(room)) {
            namespace.leave(room, this);
        }
    }

    /** Everybody in this room but this socket. */
    public Broadcast to(String room) {
        return namespace.to(room).except(this);
    }

    /** Puts the client out of the namespace; it does not come back by itself. */
    public void disconnect() {
        if (connected) {
            connection.disconnect(this);
        }
    }

    /** Closes the client's transport; it comes back by itself. */
    public void close() {
        connection.engine().close(CloseReason.FORCED_CLOSE);
    }

    /** Makes the client give a sign of life now if it still can; {@link Namespace#onHeard} tells. */
    public void probeLife() {
        connection.engine().probeLife();
    }

    void restore(Recovery.Lost lost) {
        id = lost.id();
        recoverySecret = lost.secret();
        attachment = lost.attachment();
        recovered = true;
    }

    void connected() {
        connected = true;
    }

    /** It is gone: out of all rooms, deaf and dumb. Says whether it was connected. */
    boolean gone() {
        boolean was = connected;
        connected = false;
        rooms.forEach(room -> namespace.leave(room, this));
        rooms.clear();
        awaited = null;
        return was;
    }
}
