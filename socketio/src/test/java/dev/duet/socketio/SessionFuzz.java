package dev.duet.socketio;

import dev.duet.engineio.EngineCodec;
import dev.duet.engineio.EngineOptions;
import dev.duet.engineio.EngineVersion;
import dev.duet.engineio.FakeRequest;
import dev.duet.engineio.FakeWebSocket;
import dev.duet.engineio.FakeWire;
import dev.duet.engineio.FuzzTarget;
import dev.duet.engineio.Packet;
import dev.duet.engineio.PacketType;
import dev.duet.engineio.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A whole server, of which the input is a script. Each step is a letter, a digit that says which session or WebSocket, and for some a message
 * that ends with the byte FE:
 *
 * <pre>
 * o open by polling   g GET    p POST of text    q POST of bytes   a the waiting GET breaks off
 * w open by WebSocket u a WebSocket that wants to take over        t text   b bytes   h control frame   d it breaks off
 * s time              e the server emits         k it puts out     c it closes        y it decides on who waits at the door
 * </pre>
 *
 * <p>The digit of an {@code o} or {@code w} adds up 1 for revision 3 and 2 for base64. Each step keeps the promises of {@link FakeRequest} and
 * {@link FakeWebSocket}; at the end, after a long silence, nobody is left.
 */
final class SessionFuzz implements FuzzTarget {
    private static final byte END = (byte) 0xFE;
    private static final String LETTERS = "ogpqawuthbdsekcy";
    private static final int SESSIONS_MAX = 6;
    private static final int SOCKETS_MAX = 10;
    private static final Pattern HEAD = Pattern.compile("[0-6](\\d+-)?(/[^,]*,)?\\d*");

    private final Predicate<Session> tellsOfAbort;

    SessionFuzz() {
        this(_ -> true);
    }

    /** With an adapter that keeps some broken GETs to itself. */
    SessionFuzz(Predicate<Session> tellsOfAbort) {
        this.tellsOfAbort = tellsOfAbort;
    }

    @Override
    public int run(byte[] input) {
        World world = new World(input);
        while (world.at < input.length) {
            world.step();
        }
        world.silence();
        return world.happened;
    }

    /** One session as its client knows it. */
    static final class Session {
        final EngineVersion version;
        final String query;
        final String sid;

        @Nullable
        FakeRequest poll;

        boolean takenOver;

        Session(EngineVersion version, String sid) {
            this.version = version;
            this.sid = sid;
            this.query = "EIO=" + (version == EngineVersion.V3 ? 3 : 4) + "&sid=" + sid + "&transport=";
        }
    }

    private record Line(FakeWebSocket end, EngineVersion version) {}

    private record Get(FakeRequest request, EngineVersion version) {}

    private final class World {
        private final byte[] input;
        int at;
        int happened;

        private final SocketServer server;
        private final FakeWire wire;
        private int ids;
        private final List<Session> sessions = new ArrayList<>();
        private final List<Line> lines = new ArrayList<>();
        private final List<Get> polls = new ArrayList<>();
        private final List<FakeRequest> broken = new ArrayList<>();
        private final List<Socket> in = new ArrayList<>();
        private final ArrayDeque<Admission.Answer> undecided = new ArrayDeque<>();

        World(byte[] input) {
            this.input = input;
            EngineOptions engine = new EngineOptions(
                    Duration.ofMillis(300), Duration.ofMillis(200), Duration.ofMillis(400), 100_000, 16, 2_000);
            SocketOptions options = SocketOptions.DEFAULT
                    .withConnectTimeout(Duration.ofMillis(700))
                    .withPacketBytesMax(2_000);
            server = new SocketServer(engine, options, () -> "id" + ids++);
            wire = new FakeWire(server.engine(), server::nextDeadlineNanos, server::timePassed);
            handlers(server.of("/"));
            handlers(server.of("/n").admit((_, answer) -> undecided.add(answer)));
        }

        private void handlers(Namespace namespace) {
            namespace
                    .onConnect(socket -> {
                        happened |= 1;
                        strict(socket.handshake().auth());
                        in.add(socket);
                    })
                    .onDisconnect((socket, why) -> {
                        happened |= 1 << (8 + Math.floorMod(why.id().hashCode(), 9));
                        require(in.remove(socket), "gone without having come");
                    })
                    .on(
                            "join",
                            (socket, event) ->
                                    socket.join(String.valueOf(event.args().value(0))))
                    .on("room", (socket, event) -> {
                        strict(event.args());
                        socket.to(String.valueOf(event.args().value(0))).emit(event.asEmission());
                    })
                    .on("out", (socket, _) -> socket.disconnect())
                    .on("close", (socket, _) -> socket.close())
                    .onOther(this::echo);
        }

        /** What applications do: look into what came, and send it back in words of their own. */
        private void echo(Socket socket, Event event) {
            happened |= 2;
            strict(event.args());
            Args args = event.args();
            @Nullable Object[] values = new @Nullable Object[args.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = args.value(i);
            }
            socket.emit(event.name(), values);
            socket.emit("again", args);
            if (event.wantsAck()) {
                happened |= 4;
                event.ack(values);
            }
        }

        private void strict(Args args) {
            for (int i = 0; i < args.size(); i++) {
                String json = new String(args.json(i), StandardCharsets.UTF_8);
                require(StrictJson.takes(args.json(i)), "a handler got " + json);
            }
        }

        // ---- steps ----

        private int digit() {
            return at < input.length ? input[at++] & 0x0F : 0;
        }

        private byte[] message() {
            int from = at;
            while (at < input.length && input[at] != END) {
                at++;
            }
            byte[] message = Arrays.copyOfRange(input, from, at);
            at++;
            return message;
        }

        private String text() {
            return new String(message(), StandardCharsets.UTF_8);
        }

        void step() {
            char what = (char) input[at++];
            if (LETTERS.indexOf(what) < 0) {
                return;
            }
            int which = digit();
            switch (what) {
                case 'o', 'w' -> open(what == 'w', which);
                case 's' -> wire.advanceMs(which * 50L);
                case 'y' -> {
                    server.engine().at(wire.now());
                    if (undecided.poll() instanceof Admission.Answer answer) {
                        if (which % 2 == 0) {
                            answer.admit();
                        } else {
                            answer.refuse("no \"entry\"");
                        }
                    }
                }
                case 'e', 'k', 'c' -> serverDoes(what, which);
                case 't', 'b', 'h', 'd' -> line(what, which);
                default -> {
                    if (!sessions.isEmpty()) {
                        session(what, sessions.get(which % sessions.size()));
                    }
                }
            }
            lines.forEach(this::receive);
            lines.removeIf(line -> line.end().isShut());
        }

        private void open(boolean webSocket, int flags) {
            if (sessions.size() == SESSIONS_MAX || lines.size() == SOCKETS_MAX) {
                return;
            }
            EngineVersion version = flags % 2 == 1 ? EngineVersion.V3 : EngineVersion.V4;
            String query = "EIO=" + (version == EngineVersion.V3 ? 3 : 4) + (flags / 2 % 2 == 1 ? "&b64=1" : "")
                    + "&transport=";
            if (webSocket) {
                FakeWebSocket end = wire.webSocket(query + "websocket");
                sessions.add(new Session(version, FakeWire.sidIn(end.next())));
                lines.add(new Line(end, version));
            } else {
                FakeRequest first = wire.get(query + "polling");
                sessions.add(new Session(version, FakeWire.sidIn(first.text())));
                polls.add(new Get(first, version));
            }
        }

        private void session(char what, Session session) {
            String polling = session.query + "polling";
            switch (what) {
                case 'g' -> {
                    FakeRequest poll = wire.get(polling);
                    polls.add(new Get(poll, session.version));
                    session.poll = poll;
                }
                case 'p' -> answered(wire.post(polling, text()));
                case 'q' -> answered(wire.post(polling, message()));
                case 'a' -> {
                    FakeRequest poll = session.poll;
                    if (poll != null && poll.isWaiting() && !broken.contains(poll)) {
                        broken.add(poll);
                        happened |= 1 << 18;
                        if (tellsOfAbort.test(session)) {
                            wire.abort(session.sid, poll);
                        }
                    }
                }
                default -> {
                    FakeWebSocket end = wire.webSocket(session.query + "websocket");
                    session.takenOver = true;
                    if (lines.size() < SOCKETS_MAX && !end.isShut()) {
                        lines.add(new Line(end, session.version));
                    } else if (end.refusal().isEmpty()) {
                        end.disconnect();
                    }
                }
            }
        }

        private void answered(FakeRequest post) {
            require(!post.isWaiting(), "a POST was not answered");
            happened |= post.status() == 200 ? 1 << 19 : 1 << 20;
        }

        private void line(char what, int which) {
            if (lines.isEmpty()) {
                return;
            }
            Line line = lines.get(which % lines.size());
            switch (what) {
                case 't' -> line.end().send(text());
                case 'b' -> line.end().send(message());
                case 'h' -> line.end().beat();
                default -> {
                    lines.remove(line);
                    line.end().disconnect();
                    receive(line);
                }
            }
        }

        private void serverDoes(char what, int which) {
            if (in.isEmpty()) {
                return;
            }
            server.engine().at(wire.now());
            Socket socket = in.get(which % in.size());
            switch (what) {
                case 'e' -> socket.emit("news", which, new byte[which % 3]);
                case 'k' -> socket.disconnect();
                default -> socket.close();
            }
        }

        // ---- what the clients see ----

        private void receive(Line line) {
            EngineCodec codec = EngineCodec.of(line.version());
            while (line.end().poll().orElse(null) instanceof Object message) {
                byte[] bytes =
                        message instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : (byte[]) message;
                Packet packet = message instanceof String
                        ? codec.text(bytes, 0, bytes.length)
                        : codec.binary(bytes, 0, bytes.length);
                happened |= 1 << 21;
                receive(packet);
            }
        }

        private void receive(Get poll) {
            if (poll.request().status() == 200) {
                happened |= 1 << 22;
                EngineCodec.of(poll.version())
                        .decode(new Payload(
                                poll.request().isBinary(), poll.request().bytes()))
                        .orElseThrow(() -> new AssertionError(
                                "no payload: " + poll.request().text()))
                        .forEach(this::receive);
            }
        }

        private void receive(@Nullable Packet packet) {
            require(packet != null, "no packet");
            if (packet != null && packet.type() == PacketType.MESSAGE && !packet.binary()) {
                String text = new String(packet.data(), StandardCharsets.UTF_8);
                String json = HEAD.matcher(text).replaceFirst("");
                boolean good = json.isEmpty() || StrictJson.takes(json.getBytes(StandardCharsets.UTF_8));
                require(good, "a client got " + text);
            }
        }

        /** Nobody says anything any more: every session ends, every GET that waits is answered. */
        void silence() {
            wire.advanceMs(3_000);
            lines.forEach(this::receive);
            require(server.sessionCount() == 0, server.sessionCount() + " sessions are left");
            require(in.isEmpty(), in + " are left");
            require(server.of("/").socketCount() + server.of("/n").socketCount() == 0, "sockets are left");
            require(server.nextDeadlineNanos() == Long.MAX_VALUE, "something waits for a time");
            require(lines.stream().allMatch(line -> line.end().isShut()), "a WebSocket is open");
            for (Get poll : polls) {
                boolean waits = poll.request().isWaiting();
                require(
                        waits == broken.contains(poll.request()),
                        "a GET is " + (waits ? "forgotten" : "answered and broken"));
                receive(poll);
            }
            for (Session session : sessions) {
                require(wire.get(session.query + "polling").status() == 400, "an old session answers");
            }
            while (undecided.poll() instanceof Admission.Answer late) {
                late.admit();
            }
            require(in.isEmpty(), "let in after the end");
        }

        private void require(boolean truth, String otherwise) {
            if (!truth) {
                throw new AssertionError(otherwise);
            }
        }
    }
}
