package dev.duet.socketio;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sockets of a namespace that get the same event. Not thread-safe; made for one call. */
public final class Broadcast {
    private final Namespace namespace;
    private final Set<String> rooms = new LinkedHashSet<>();
    private final Set<Socket> excepted = new LinkedHashSet<>();

    Broadcast(Namespace namespace) {
        this.namespace = namespace;
    }

    /** Who is in this room too. Without any room: everybody. */
    public Broadcast to(String room) {
        rooms.add(room);
        return this;
    }

    /** All but this one. */
    public Broadcast except(Socket socket) {
        excepted.add(socket);
        return this;
    }

    /** Sends it. */
    public void emit(String event, @Nullable Object... args) {
        emit(Emission.of(event, args));
    }

    /** Sends an event that is written already. */
    public void emit(Emission emission) {
        namespace.broadcast(emission, rooms, excepted);
    }
}
