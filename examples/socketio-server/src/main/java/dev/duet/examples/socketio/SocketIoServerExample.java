package dev.duet.examples.socketio;

import dev.duet.engineio.Application;
import dev.duet.engineio.CloseReason;
import dev.duet.engineio.EngineOptions;
import dev.duet.engineio.EngineSession;
import dev.duet.engineio.Packet;
import dev.duet.server.DuetStartException;
import dev.duet.server.SocketIoServer;
import dev.duet.socketio.Args;
import dev.duet.socketio.Namespace;
import dev.duet.socketio.SocketOptions;
import dev.duet.socketio.SocketServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Serves raw Engine.IO at {@code /engine.io/}, where every message comes back as it went, and Socket.IO at {@code /socket.io/} with the
 * namespaces {@code /} and {@code /custom}: whoever connects gets {@code auth} with what it brought, {@code message} comes back as
 * {@code message-back}, {@code message-with-ack} as its acknowledgement. That is also the server that the protocols' public test suites ask
 * for.
 */
public final class SocketIoServerExample {
    private static final Map<String, Integer> DEFAULTS = new LinkedHashMap<>();

    static {
        DEFAULTS.put("--port", 3_000);
        DEFAULTS.put("--ping-interval", 25_000);
        DEFAULTS.put("--ping-timeout", 20_000);
        DEFAULTS.put("--connect-timeout", 45_000);
        DEFAULTS.put("--max-payload", 1_000_000);
        DEFAULTS.put("--attachments", 10);
    }

    private SocketIoServerExample() {}

    /** Serves until the process is stopped. */
    public static void main(String[] args) throws IOException {
        Optional<Map<String, Integer>> options = options(args);
        if (options.isEmpty()) {
            System.err.println("options, with a whole number each (times in ms, sizes in bytes):\n"
                    + DEFAULTS.entrySet().stream()
                            .map(option -> "  " + option.getKey() + " " + option.getValue())
                            .collect(Collectors.joining("\n")));
            System.exit(2);
            return;
        }
        try {
            SocketIoServer server = start(options.get());
            System.out.println("listening on http://127.0.0.1:" + server.port());
        } catch (DuetStartException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    static Optional<Map<String, Integer>> options(String[] args) {
        Map<String, Integer> options = new LinkedHashMap<>(DEFAULTS);
        for (int i = 0; i < args.length; i += 2) {
            boolean known = DEFAULTS.containsKey(args[i]);
            if (!known || i + 1 == args.length || !args[i + 1].matches("\\d{1,9}")) {
                return Optional.empty();
            }
            options.put(args[i], Integer.valueOf(args[i + 1]));
        }
        return Optional.of(options);
    }

    static SocketIoServer start(Map<String, Integer> options) {
        int maxPayload = number(options, "--max-payload");
        EngineOptions engine = EngineOptions.DEFAULT
                .withHeartbeat(
                        Duration.ofMillis(number(options, "--ping-interval")),
                        Duration.ofMillis(number(options, "--ping-timeout")))
                .withMaxPayload(maxPayload);
        SocketOptions sockets = SocketOptions.DEFAULT
                .withConnectTimeout(Duration.ofMillis(number(options, "--connect-timeout")))
                .withPacketBytesMax(maxPayload)
                .withAttachmentsMax(number(options, "--attachments"));
        return SocketIoServer.onPort(number(options, "--port"))
                .engineIo("/engine.io", engine, (session, _) -> new Echo(session))
                .socketIo("/socket.io", engine, sockets, SocketIoServerExample::namespaces)
                .start();
    }

    private static int number(Map<String, Integer> options, String name) {
        return Objects.requireNonNull(options.get(name), name);
    }

    private static void namespaces(SocketServer io) {
        answer(io.of("/"));
        answer(io.of("/custom"));
    }

    private static void answer(Namespace namespace) {
        namespace
                .onConnect(socket -> {
                    Args auth = socket.handshake().auth();
                    socket.emit("auth", auth.size() == 0 ? Map.of() : auth.value(0));
                })
                .on("message", (socket, event) -> socket.emit("message-back", event.args()))
                .on("message-with-ack", (_, event) -> event.ack(event.args()));
    }

    /** Sends every message back. */
    private record Echo(EngineSession session) implements Application {
        @Override
        public void text(byte[] utf8, int from, int to) {
            session.send(Packet.text(Arrays.copyOfRange(utf8, from, to)));
        }

        @Override
        public void binary(byte[] bytes, int from, int to) {
            session.send(Packet.binary(Arrays.copyOfRange(bytes, from, to)));
        }

        @Override
        public void closed(CloseReason why) {}
    }
}
