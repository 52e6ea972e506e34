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
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A small world around {@link SocketServer}, run from a seed: clients of both revisions that poll, post, upgrade, break off and fall silent;
 * a server that talks, puts out and closes; admissions that come late; a clock that leaps. After every step it compares what the server did
 * with what it had to do.
 */
final class SimulatedWorld {
    private static final long MS = 1_000_000L;
    private static final long INTERVAL = 300 * MS;
    private static final long TIMEOUT = 200 * MS;
    private static final long UPGRADE = 400 * MS;
    private static final long CONNECT = 700 * MS;
    private static final int CLIENTS_MAX = 6;

    /** What happened, to be counted. */
    enum Happening {
        UPGRADED,
        HEARD_BY_SERVER,
        HEARD_BY_CLIENT,
        ABORTED,
        SILENT,
        TOO_SLOW,
        CLOSED_WITHOUT_POLL,
        NEVER_IN,
        PROBE_LOST
    }

    final int[] counts = new int[Happening.values().length];
    final StringBuilder trace = new StringBuilder();

    private final Random random;
    private final int queueMax;
    private final SocketServer server;
    private final FakeWire wire;
    private final Namespace namespace;
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final Map<String, SimulatedClient> byNumber = new HashMap<>();
    private final List<Admission.Answer> undecided = new ArrayList<>();
    private final List<FakeWebSocket> left = new ArrayList<>();
    /** A planted fault does something to a client that has just upgraded. */
    private final Consumer<SimulatedClient> fault;

    private int ids;
    private int opened;

    SimulatedWorld(long seed, Consumer<SimulatedClient> fault) {
        this.fault = fault;
        random = new Random(seed);
        queueMax = seed % 5 == 0 ? 6 : 4_096;
        EngineOptions engine = new EngineOptions(
                Duration.ofNanos(INTERVAL),
                Duration.ofNanos(TIMEOUT),
                Duration.ofNanos(UPGRADE),
                100_000,
                queueMax,
                1 << 20);
        server = new SocketServer(
                engine, SocketOptions.DEFAULT.withConnectTimeout(Duration.ofNanos(CONNECT)), () -> "id" + ids++);
        wire = new FakeWire(server.engine(), server::nextDeadlineNanos, this::timePassed)
                .at((random.nextInt(2_000_001) - 1_000_000) * MS);
        namespace = server.of("/")
                .admit(this::decide)
                .onConnect(this::connected)
                .onDisconnect((socket, why) -> disconnected(socket, why.id()))
                .on("c", (socket, event) -> {
                    int number = ((Long) Objects.requireNonNull(event.args().value(0))).intValue();
                    Optional<byte[]> bytes =
                            Optional.ofNullable((byte[]) event.args().value(1));
                    of(socket).heardByServer(number, bytes);
                    count(Happening.HEARD_BY_SERVER);
                });
    }

    private void count(Happening what) {
        counts[what.ordinal()]++;
    }

    // ---- the server's side ----

    private SimulatedClient of(Socket socket) {
        List<String> number = socket.handshake().query().getOrDefault("n", List.of());
        return Objects.requireNonNull(byNumber.get(number.getFirst()));
    }

    private void decide(Socket socket, Admission.Answer answer) {
        int chance = random.nextInt(10);
        if (chance < 7) {
            answer.admit();
        } else if (chance < 8) {
            answer.refuse("no");
        } else {
            undecided.add(answer);
        }
    }

    private void connected(Socket socket) {
        SimulatedClient client = of(socket);
        client.require(client.socket == null, "is in twice");
        client.socket = socket;
        client.everIn = true;
        client.connects++;
        if (random.nextInt(3) == 0) {
            talk(client);
        }
    }

    private void disconnected(Socket socket, String reason) {
        SimulatedClient client = of(socket);
        client.require(client.socket == socket, "left without being in");
        client.disconnects++;
        client.socket = null;
        client.reason = reason;
        if (reason.equals("too slow")) {
            client.receive();
            client.require(client.webSocket == null && client.poll == null, "is fast, and was too slow");
            client.require(queueMax < 10, "cannot have that much waiting");
            count(Happening.TOO_SLOW);
            end(client);
        }
    }

    private void talk(SimulatedClient client) {
        Socket socket = client.socket;
        if (socket == null) {
            return;
        }
        int number = ++client.saidByServer;
        if (random.nextInt(4) == 0) {
            socket.emit("s", number, new byte[] {(byte) (number & 0x7F)});
        } else {
            socket.emit("s", number);
        }
    }

    // ---- time ----

    private void timePassed(long now) {
        server.timePassed(now);
        clients.forEach(client -> due(client, now));
    }

    private void due(SimulatedClient client, long now) {
        if (client.over) {
            return;
        }
        if (client.closing) {
            client.over = now - client.closingUntilNanos >= 0;
            return;
        }
        if (now - silentUntil(client) >= 0) {
            count(Happening.SILENT);
            end(client);
        } else if (!client.everIn && now - client.openedNanos >= CONNECT) {
            count(Happening.NEVER_IN);
            client.receive();
            if (client.toldOfEnd) {
                end(client);
            } else {
                close(client);
            }
        } else if (client.probe != null && now - client.probeUntilNanos >= 0) {
            count(Happening.PROBE_LOST);
            loseProbe(client);
        }
    }

    private long silentUntil(SimulatedClient client) {
        if (client.version == EngineVersion.V3) {
            return client.heardNanos + INTERVAL + TIMEOUT;
        }
        return Math.max(client.beatNanos + INTERVAL, client.heardNanos) + TIMEOUT;
    }

    // ---- what must be true of a session ----

    private void end(SimulatedClient client) {
        client.over = true;
        client.closing = false;
        loseProbe(client);
    }

    /** The server closes it: at once when it can tell the client. */
    private void close(SimulatedClient client) {
        if (client.webSocket != null || client.poll != null) {
            end(client);
        } else {
            count(Happening.CLOSED_WITHOUT_POLL);
            client.closing = true;
            client.closingUntilNanos = wire.now() + TIMEOUT;
            loseProbe(client);
        }
    }

    private void loseProbe(SimulatedClient client) {
        if (client.probe != null) {
            left.add(client.probe);
            client.probe = null;
            client.probed = false;
        }
    }

    private void heard(SimulatedClient client) {
        client.heardNanos = wire.now();
    }

    private void check() {
        clients.forEach(this::check);
        long alive = clients.stream().filter(client -> !client.over).count();
        if (server.sessionCount() != alive) {
            throw new IllegalStateException(server.sessionCount() + " sessions, and " + alive + " clients have one");
        }
    }

    private void check(SimulatedClient client) {
        client.receive();
        int gone = client.connects - client.disconnects;
        client.require(
                gone == (client.socket == null ? 0 : 1), "came " + client.connects + ", went " + client.disconnects);
        client.require(client.isOpen() || gone == 0, "is closed, and nobody was told");
        client.require(!client.isOpen() || !client.toldOfEnd, "was told of an end that is none");
        client.require(!client.over || client.poll == null, "waits for an answer to its poll for good");
        if (client.webSocket != null) {
            client.require(client.over == client.webSocket.isShut(), "over " + client.over + ", its WebSocket is not");
        }
        client.require(client.probe == null || !client.probe.isShut(), "its probe was closed");
        boolean reached = client.webSocket != null || client.poll != null;
        if (client.isOpen() && reached && client.socket != null) {
            client.require(client.heard == client.saidByServer, "got " + client.heard + " of " + client.saidByServer);
        }
    }

    // ---- the clients' side ----

    /** One thing happens, and everything is looked at. */
    void step() {
        if (clients.size() < CLIENTS_MAX && random.nextInt(4) == 0) {
            open();
        } else if (clients.isEmpty() || random.nextInt(5) == 0) {
            wire.advanceMs(random.nextInt(12) == 0 ? random.nextInt(700) : random.nextInt(40));
        } else {
            server.engine().at(wire.now());
            SimulatedClient client = clients.get(random.nextInt(clients.size()));
            act(client);
        }
        check();
        clients.forEach(client -> trace.append(client.heard).append(client.over ? '-' : '+'));
        List<SimulatedClient> forgotten = clients.stream()
                .filter(client -> client.over && random.nextInt(8) == 0)
                .toList();
        forgotten.forEach(client -> counts[Happening.HEARD_BY_CLIENT.ordinal()] += client.heard);
        clients.removeAll(forgotten);
    }

    /** Nobody does anything any more: no session may be left. */
    void end() {
        wire.advanceMs(2_000);
        check();
        if (server.sessionCount() != 0 || namespace.socketCount() != 0) {
            throw new IllegalStateException(server.sessionCount() + " sessions are left");
        }
    }

    private void open() {
        EngineVersion version = random.nextBoolean() ? EngineVersion.V3 : EngineVersion.V4;
        String query = "EIO=" + (version == EngineVersion.V3 ? "3" : "4") + "&n=" + opened;
        boolean base64 = random.nextBoolean();
        SimulatedClient client = new SimulatedClient(opened++, version, "id" + ids, base64);
        client.openedNanos = client.heardNanos = client.beatNanos = wire.now();
        client.asked = version == EngineVersion.V3;
        byNumber.put(String.valueOf(client.number), client);
        clients.add(client);
        if (random.nextInt(3) == 0) {
            client.webSocket = wire.webSocket(query + "&transport=websocket");
        } else {
            client.receive(wire.get(query + "&transport=polling" + (base64 ? "&b64=1" : "")));
        }
    }

    private void act(SimulatedClient client) {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4 -> poll(client);
            case 5, 6, 7, 8 -> send(client);
            case 9, 10, 11 -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    talk(client);
                }
            }
            case 12, 13, 14 -> upgrade(client);
            case 15 -> decideLate();
            case 16 -> breakOff(client);
            case 17 -> {
                if (random.nextInt(4) == 0) {
                    closeFromServer(client);
                }
            }
            case 18 -> signOfLife(client);
            default -> {
                if (!left.isEmpty()) {
                    left.remove(random.nextInt(left.size())).disconnect();
                }
            }
        }
    }

    private void poll(SimulatedClient client) {
        if (client.poll != null && random.nextInt(20) != 0) {
            return;
        }
        boolean open = client.isOpen();
        FakeRequest request = wire.get(client.query("polling"));
        if (client.over || client.webSocket != null) {
            client.require(request.status() == 400, "polls without a polling session: " + request.status());
        } else if (client.poll != null) {
            client.require(request.status() == 400, "polls twice: " + request.status());
            end(client);
        } else {
            client.poll = request;
            heard(client);
            client.receive();
            if (!open) {
                client.require(client.toldOfEnd, "was not told of the end");
                end(client);
            } else {
                client.require(!client.probed || client.poll == null, "waits, and wants to upgrade");
            }
        }
    }

    private void send(SimulatedClient client) {
        List<Packet> packets = new ArrayList<>();
        boolean wrong = false;
        if (!client.asked && random.nextInt(3) != 0) {
            packets.add(SimulatedClient.text("0"));
            client.asked = true;
        }
        boolean beat =
                client.version == EngineVersion.V3 ? client.socket != null && random.nextInt(3) == 0 : client.mustPong;
        if (beat) {
            packets.add(SimulatedClient.bare(client.version == EngineVersion.V3 ? PacketType.PING : PacketType.PONG));
            client.mustPong = false;
        }
        for (int i = random.nextInt(3); client.in && i > 0; i--) {
            // It was put out and does not know yet: what it says then ends its session.
            wrong |= client.socket == null;
            packets.addAll(Arrays.asList(client.say(random.nextInt(4) == 0)));
        }
        boolean leaves = random.nextInt(40) == 0;
        if (leaves) {
            packets.add(SimulatedClient.bare(PacketType.CLOSE));
        }
        if (!packets.isEmpty()) {
            deliver(client, packets, wrong, leaves, beat);
        }
    }

    private void deliver(SimulatedClient client, List<Packet> packets, boolean wrong, boolean leaves, boolean beat) {
        boolean open = client.isOpen();
        boolean reached = client.webSocket != null || client.poll != null;
        if (client.webSocket != null) {
            packets.forEach(packet -> send(client.webSocket, packet, client.version));
        } else {
            Payload payload = EngineCodec.of(client.version).encode(packets, client.base64);
            FakeRequest post = wire.request("POST", client.query("polling"), payload);
            client.require(post.status() == (open ? 200 : 400), "posts: " + post.status());
        }
        if (!open || !client.isOpen()) {
            return;
        }
        heard(client);
        if (beat) {
            client.beatNanos = wire.now();
        }
        if (wrong && !reached) {
            close(client);
        } else if (wrong || leaves) {
            end(client);
        } else if (client.in) {
            client.require(
                    client.heardByServer == client.said, "said " + client.said + ", heard " + client.heardByServer);
        }
    }

    private static void send(FakeWebSocket to, Packet packet, EngineVersion version) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        if (packet.prefix(version) != Packet.NO_PREFIX) {
            message.write(packet.prefix(version));
        }
        message.writeBytes(packet.data());
        if (packet.binary()) {
            to.send(message.toByteArray());
        } else {
            to.send(message.toString(StandardCharsets.UTF_8));
        }
    }

    private void upgrade(SimulatedClient client) {
        if (client.probe == null) {
            boolean may = client.isOpen() && client.webSocket == null;
            FakeWebSocket probe = wire.webSocket(client.query("websocket"));
            client.require(probe.isShut() != may, "may upgrade: " + may);
            if (may) {
                client.probe = probe;
                client.probeUntilNanos = wire.now() + UPGRADE;
            }
        } else if (random.nextInt(15) == 0) {
            client.probe.send(client.probed ? "4x" : "5");
            client.require(client.probe.isShut(), "its probe was wrong, and is taken");
            loseProbe(client);
        } else if (!client.probed) {
            client.probe.send("2probe");
            client.receive();
            client.require(client.probed && client.poll == null, "its probe was not answered, or its poll");
        } else {
            client.probe.send("5");
            client.webSocket = client.probe;
            client.probe = null;
            count(Happening.UPGRADED);
            heard(client);
            fault.accept(client);
        }
    }

    private void breakOff(SimulatedClient client) {
        if (random.nextInt(3) != 0) {
            return;
        }
        if (client.probe != null && random.nextBoolean()) {
            FakeWebSocket probe = client.probe;
            loseProbe(client);
            left.remove(probe);
            probe.disconnect();
            count(Happening.PROBE_LOST);
        } else if (client.webSocket != null) {
            if (random.nextBoolean()) {
                client.webSocket.send("nonsense");
            } else {
                client.webSocket.disconnect();
            }
            end(client);
        } else if (client.poll != null) {
            wire.abort(client.sid, client.poll);
            client.require(client.poll.isWaiting(), "an answer to a poll that is gone");
            client.poll = null;
            count(Happening.ABORTED);
            end(client);
        } else if (client.isOpen()) {
            client.require(wire.post(client.query("polling"), "nonsense").status() == 400, "posts nonsense");
            end(client);
        }
    }

    private void closeFromServer(SimulatedClient client) {
        Socket socket = client.socket;
        if (socket == null) {
            return;
        }
        boolean reached = client.webSocket != null || client.poll != null;
        if (random.nextBoolean() && (reached || queueMax > 10)) {
            // Where the queue is short this packet may be the one too many.
            socket.disconnect();
        } else {
            socket.close();
            if (reached) {
                end(client);
            } else {
                close(client);
            }
        }
    }

    private void signOfLife(SimulatedClient client) {
        if (random.nextBoolean() && client.socket instanceof Socket socket) {
            socket.probeLife();
        } else if (client.webSocket != null) {
            client.webSocket.beat();
            if (client.isOpen()) {
                heard(client);
            }
        }
    }

    private void decideLate() {
        if (!undecided.isEmpty()) {
            Admission.Answer answer = undecided.remove(random.nextInt(undecided.size()));
            if (random.nextInt(4) == 0) {
                answer.refuse("no");
            } else {
                answer.admit();
            }
        }
    }
}
