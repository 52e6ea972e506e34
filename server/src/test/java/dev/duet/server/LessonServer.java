package dev.duet.server;

import dev.duet.engineio.EngineOptions;
import dev.duet.socketio.Event;
import dev.duet.socketio.Namespace;
import dev.duet.socketio.Socket;
import dev.duet.socketio.SocketOptions;
import dev.duet.socketio.SocketServer;
import java.time.Duration;
import java.util.List;

/**
 * A course server with the faults that a first one has, so that the tests of these faults can be seen to find them. Written after the wire
 * contract; where the lesson's process ends, this one stops listening.
 */
final class LessonServer implements AutoCloseable {
    private static final int USERS_BELOW = 3;
    private static final int COUNTS_AFTER_MS = 30;

    private final SocketIoServer server;

    LessonServer() {
        EngineOptions engine = EngineOptions.DEFAULT
                .withHeartbeat(Duration.ofSeconds(25), Duration.ofSeconds(5))
                .withMaxPayload(4 << 20);
        server = SocketIoServer.onPort(0)
                .socketIo("/socket.io", engine, SocketOptions.DEFAULT.withPacketBytesMax(4 << 20), this::handlers)
                .start();
    }

    int port() {
        return server.port();
    }

    private void handlers(SocketServer io) {
        Namespace all = io.of("/");
        all.onConnect(socket -> socket.join(socket.id()))
                .on("join", this::join)
                .on("message", this::message)
                .on("leave", (socket, event) -> {
                    String room = room(event);
                    all.to(room).emit("bye", room, socket.id());
                    socket.leave(room);
                    socket.emit("leaved", room, socket.id());
                });
    }

    private static String room(Event event) {
        return String.valueOf(event.args().value(0));
    }

    private void join(Socket socket, Event event) {
        if (event.args().value(0) instanceof List<?> rooms) {
            rooms.forEach(room -> socket.join(String.valueOf(room)));
            return;
        }
        String room = room(event);
        if (room.equals("__proto__")) {
            crash();
            return;
        }
        socket.join(room);
        server.schedule(() -> count(socket, room), COUNTS_AFTER_MS);
    }

    private static void count(Socket socket, String room) {
        int users = socket.namespace().roomSize(room);
        if (users >= USERS_BELOW) {
            socket.leave(room);
            socket.emit("full", room, socket.id());
            return;
        }
        socket.emit("joined", room, socket.id());
        if (users > 1) {
            socket.to(room).emit("otherjoin", room, socket.id());
        }
    }

    private void message(Socket socket, Event event) {
        if (event.args().value(1) == null) {
            crash();
            return;
        }
        String room = room(event);
        boolean text = event.args().string(1).isPresent();
        Object data = text ? event.args().value(1) : "[object Object]";
        socket.to(room).emit("message", room, data + "from server!");
    }

    private void crash() {
        Thread.ofPlatform().start(server::close);
    }

    @Override
    public void close() {
        server.close();
    }
}
