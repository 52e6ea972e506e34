package dev.duet.socketio;

import dev.duet.engineio.EngineCodec;
import dev.duet.engineio.EngineOptions;
import dev.duet.engineio.EngineVersion;
import dev.duet.engineio.FakeRequest;
import dev.duet.engineio.FakeWebSocket;
import dev.duet.engineio.FakeWire;
import dev.duet.engineio.Packet;
import dev.duet.engineio.PacketType;
import dev.duet.engineio.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One capture, line by line: what the client did is done to our server, what Node's server said is kept beside what ours says. What came by
 * polling and what came by WebSocket are two lists, for during an upgrade either may be first.
 */
final class CaptureReplay {
    private static final String WELCOME = "é😀 \"x\"\n";

    private final FakeIo io = new FakeIo(EngineOptions.DEFAULT, SocketOptions.DEFAULT);
    private final Said theirs = new Said();
    private final Said ours = new Said();
    private EngineVersion version = EngineVersion.V4;
    private String sid = "";
    private @Nullable FakeRequest poll;
    private @Nullable FakeRequest post;
    private @Nullable FakeWebSocket webSocket;

    private static final class Said {
        final List<String> polled = new ArrayList<>();
        final List<String> posts = new ArrayList<>();
        final List<String> webSocket = new ArrayList<>();

        List<String> all() {
            return Stream.of(polled, posts, webSocket).flatMap(List::stream).toList();
        }
    }

    CaptureReplay() {
        handlers(io.server.of("/"));
        handlers(io.server.of("/custom"));
    }

    /** As capture.mjs has them for Node's server. */
    private static void handlers(Namespace namespace) {
        namespace
                .onConnect(socket -> {
                    List<@Nullable Object> list = new ArrayList<>(List.of(1, 2.5));
                    list.add(null);
                    list.add(true);
                    socket.emit("welcome", WELCOME, Map.of("n", list));
                })
                .on("event", (socket, event) -> socket.emit("event-back", event.args()))
                .on("bytes", (socket, event) -> socket.emit("bytes-back", event.args()))
                .on("ask", (_, event) -> event.ack(event.args()))
                .on(
                        "ask-me",
                        (socket, _) ->
                                socket.emit(Emission.of("question", 1), answer -> socket.emit("answered", answer)));
    }

    List<String> theirs() {
        return theirs.all();
    }

    List<String> ours() {
        return ours.all();
    }

    int sessionsLeft() {
        return io.server.sessionCount();
    }

    void line(String line) {
        if (line.startsWith("#")) {
            return;
        }
        String[] parts = line.substring(2).split("\t", -1);
        String what = parts[0].substring(0, parts[0].indexOf(' '));
        if (line.startsWith("<")) {
            server(what, parts);
        } else {
            client(what, parts);
            receive();
        }
    }

    // ---- the client ----

    private void client(String what, String... parts) {
        switch (what) {
            case "GET" -> get(parts[1].replace("$SID", sid));
            case "POST" -> {
                receive();
                Payload payload = new Payload(parts[2].equals("bytes"), bytes(parts[2], parts[3]));
                post = io.wire.request("POST", parts[1].replace("$SID", sid), payload);
                ours.posts.add(post.status() + " " + post.text());
            }
            case "WS" -> {
                switch (parts[1]) {
                    case "open" -> open(parts[2].replace("$SID", sid));
                    case "text" -> end().send(new String(bytes(parts[1], parts[2]), StandardCharsets.UTF_8));
                    case "bytes" -> end().send(bytes(parts[1], parts[2]));
                    default -> end().disconnect();
                }
            }
            default -> throw new IllegalArgumentException(what);
        }
    }

    /** Our server may have said in one answer what the other said in two; then this GET is still on its way. */
    private void get(String query) {
        if (poll == null) {
            version = query.contains("EIO=3") ? EngineVersion.V3 : EngineVersion.V4;
            poll = io.wire.get(query);
        }
    }

    private void open(String query) {
        version = query.contains("EIO=3") ? EngineVersion.V3 : EngineVersion.V4;
        webSocket = io.wire.webSocket(query);
    }

    private FakeWebSocket end() {
        return Objects.requireNonNull(webSocket, "no WebSocket yet");
    }

    private void receive() {
        if (poll instanceof FakeRequest answered && !answered.isWaiting()) {
            poll = null;
            Payload payload = new Payload(answered.isBinary(), answered.bytes());
            polled(ours, answered.status(), payload);
        }
        while (webSocket != null && webSocket.poll().orElse(null) instanceof Object message) {
            byte[] bytes = message instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : (byte[]) message;
            message(ours, message instanceof String, bytes);
        }
    }

    // ---- the servers ----

    private void server(String what, String... parts) {
        switch (what) {
            case "GET" ->
                polled(
                        theirs,
                        Integer.parseInt(parts[1]),
                        new Payload(parts[2].equals("bytes"), bytes(parts[2], parts[3])));
            case "POST" ->
                theirs.posts.add(parts[1] + " " + new String(bytes(parts[2], parts[3]), StandardCharsets.UTF_8));
            case "WS" -> {
                if (!parts[1].equals("close")) {
                    message(theirs, parts[1].equals("text"), bytes(parts[1], parts[2]));
                }
            }
            default -> throw new IllegalArgumentException(what);
        }
    }

    private static byte[] bytes(String kind, String content) {
        if (kind.equals("bytes")) {
            return HexFormat.of().parseHex(content);
        }
        byte[] json = content.getBytes(StandardCharsets.UTF_8);
        String text = (String) Objects.requireNonNull(JsonText.read(json, 0, json.length, List.of()));
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void polled(Said said, int status, Payload payload) {
        EngineCodec.of(version)
                .decode(payload)
                .orElseThrow(
                        () -> new AssertionError(status + " " + new String(payload.body(), StandardCharsets.UTF_8)))
                .forEach(packet -> packet(said, said.polled, packet));
    }

    private void message(Said said, boolean text, byte[] bytes) {
        EngineCodec codec = EngineCodec.of(version);
        Packet packet = text ? codec.text(bytes, 0, bytes.length) : codec.binary(bytes, 0, bytes.length);
        packet(said, said.webSocket, Objects.requireNonNull(packet, "no packet"));
    }

    private void packet(Said said, List<String> to, Packet packet) {
        if (packet.type() == PacketType.NOOP) {
            return;
        }
        String data = packet.binary()
                ? HexFormat.of().formatHex(packet.data())
                : new String(packet.data(), StandardCharsets.UTF_8);
        if (said == ours && packet.type() == PacketType.OPEN) {
            sid = FakeWire.sidIn(data);
        }
        to.add(packet.type() + " "
                + data.replaceAll("\"sid\":\"[^\"]+\"", "\"sid\":\"*\"")
                        .replaceAll("\"(pingInterval|pingTimeout|maxPayload)\":\\d+", "\"$1\":*"));
    }
}
