package dev.duet.socketio;

import dev.duet.engineio.EngineOptions;
import dev.duet.engineio.FakeWebSocket;
import dev.duet.engineio.FakeWire;
import java.time.Duration;

/** A Socket.IO server with countable ids, and the way to it. */
final class FakeIo {
    static final EngineOptions ENGINE = EngineOptions.DEFAULT
            .withHeartbeat(Duration.ofMillis(300), Duration.ofMillis(200))
            .withMaxPayload(1_000_000);

    final SocketServer server;
    final FakeWire wire;
    private int ids;

    FakeIo(EngineOptions engine, SocketOptions options) {
        server = new SocketServer(engine, options, () -> "id" + ids++);
        wire = new FakeWire(server.engine(), server::nextDeadlineNanos, server::timePassed);
    }

    /** As the official suite asks for it. */
    static FakeIo suite() {
        FakeIo io = new FakeIo(ENGINE, SocketOptions.DEFAULT.withConnectTimeout(Duration.ofSeconds(1)));
        echo(io.server.of("/"));
        echo(io.server.of("/custom"));
        return io;
    }

    private static void echo(Namespace namespace) {
        namespace
                .onConnect(socket -> {
                    Args auth = socket.handshake().auth();
                    byte[] payload = auth.size() == 0 ? new byte[] {'{', '}'} : auth.json(0);
                    socket.emit(Emission.ofJson("auth", payload));
                })
                .on("message", (socket, event) -> socket.emit(Emission.of("message-back", event.args())))
                .on("message-with-ack", (_, event) -> event.ack(event.args()));
    }

    /** A revision 4 client's WebSocket whose session is open; in no namespace yet. */
    FakeWebSocket opened() {
        FakeWebSocket webSocket = wire.webSocket("EIO=4&transport=websocket");
        webSocket.next();
        return webSocket;
    }

    /** Opens a polling session and gives the query of its further requests. */
    String openPolling(String query) {
        return query + "&sid=" + FakeWire.sidIn(wire.get(query).text());
    }
}
