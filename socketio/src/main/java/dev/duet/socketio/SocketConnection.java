package dev.duet.socketio;

import dev.duet.engineio.Application;
import dev.duet.engineio.CloseReason;
import dev.duet.engineio.EngineRequest;
import dev.duet.engineio.EngineSession;
import dev.duet.engineio.EngineVersion;
import dev.duet.engineio.Packet;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One client's session: which namespaces it is in, and the packet whose attachments are awaited.
 *
 * <p>Not thread-safe: owned by its server's event loop.
 */
final class SocketConnection implements Application {
    private static final Socket[] NO_SOCKETS = {};

    private final SocketServer server;
    private final EngineSession engine;
    private final EngineRequest.Open request;
    /** By namespace; one that is not admitted yet is here too, so that it cannot be asked for twice. */
    private final Map<String, Socket> sockets = new HashMap<>(2);

    private boolean arrived;
    long arriveUntilNanos;

    private @Nullable SocketPacket incomplete;
    private @Nullable List<byte[]> attachments;
    private int attachedBytes;

    SocketConnection(SocketServer server, EngineSession engine, EngineRequest.Open request) {
        this.server = server;
        this.engine = engine;
        this.request = request;
    }

    /** A revision 3 client awaits that it is put into the main namespace without asking. */
    void start() {
        if (engine.version() == EngineVersion.V3) {
            connect("/", Args.NONE);
        }
    }

    void arriveTimeOver() {
        if (!arrived) {
            engine.close(CloseReason.FORCED_CLOSE);
        }
    }

    EngineSession engine() {
        return engine;
    }

    // ---- from the client ----

    @Override
    public void text(byte[] utf8, int from, int to) {
        if (incomplete != null || to - from > server.options().packetBytesMax()) {
            wrong();
            return;
        }
        Optional<SocketPacket> packet =
                PacketReader.read(utf8, from, to, server.options().attachmentsMax());
        if (packet.isEmpty()) {
            wrong();
        } else if (packet.get().attachments() > 0) {
            incomplete = packet.get();
            attachments = new ArrayList<>(packet.get().attachments());
            attachedBytes = to - from;
        } else {
            take(packet.get());
        }
    }

    @Override
    public void binary(byte[] bytes, int from, int to) {
        SocketPacket packet = incomplete;
        attachedBytes += to - from;
        if (packet == null || attachedBytes > server.options().packetBytesMax()) {
            wrong();
            return;
        }
        List<byte[]> received = Objects.requireNonNull(attachments);
        received.add(Arrays.copyOfRange(bytes, from, to));
        if (received.size() == packet.attachments()) {
            incomplete = null;
            attachments = null;
            Args args = packet.args().with(List.copyOf(received));
            take(new SocketPacket(packet.kind(), packet.namespace(), packet.ackId(), received.size(), args));
        }
    }

    private void take(SocketPacket packet) {
        String name = packet.namespace();
        if (packet.kind() == PacketKind.CONNECT) {
            connect(name, packet.args());
            return;
        }
        Socket socket = sockets.get(name);
        if (socket == null || !socket.isConnected()) {
            wrong();
            return;
        }
        switch (packet.kind()) {
            case EVENT, BINARY_EVENT ->
                socket.namespace().event(socket, new Event(socket, packet.args(), packet.ackId()));
            case ACK, BINARY_ACK -> socket.acknowledged(packet.ackId(), packet.args());
            case DISCONNECT -> {
                sockets.remove(name);
                socket.namespace().disconnected(socket, DisconnectReason.BY_CLIENT);
            }
            case CONNECT, CONNECT_ERROR -> wrong();
        }
    }

    @Override
    public void heard() {
        // A copy: whoever hears of it may put a socket out.
        for (Socket socket : sockets.values().toArray(NO_SOCKETS)) {
            if (socket.isConnected()) {
                socket.namespace().heard(socket);
            }
        }
    }

    @Override
    public void closed(CloseReason why) {
        List<Socket> all = List.copyOf(sockets.values());
        sockets.clear();
        all.forEach(socket -> socket.namespace().disconnected(socket, DisconnectReason.of(why)));
        server.closed(engine.about());
    }

    private void wrong() {
        engine.close(CloseReason.PARSE_ERROR);
    }

    // ---- coming in ----

    private void connect(String asked, Args auth) {
        boolean old = engine.version() == EngineVersion.V3;
        // Old clients have no payload; what they want to say stands as a query in the namespace's name.
        int mark = old ? asked.indexOf('?') : -1;
        String name = mark < 0 ? asked : asked.substring(0, mark);
        if (sockets.containsKey(name) || sockets.size() >= server.options().namespacesMax()) {
            wrong();
            return;
        }
        Optional<Namespace> found = server.find(name);
        if (found.isEmpty()) {
            refuse(name, "Invalid namespace");
            return;
        }
        Namespace namespace = found.get();
        Map<String, List<String>> query = mark < 0 ? request.query() : merged(asked.substring(mark + 1));
        Handshake handshake = new Handshake(engine.version(), query, old ? Args.NONE : auth, engine.about());
        Socket socket = new Socket(this, namespace, handshake, idFor(name));
        sockets.put(name, socket);
        namespace.decide(socket, new Admission.Answer() {
            private boolean answered;

            @Override
            public void admit() {
                if (isAwaited()) {
                    admitted(socket);
                }
            }

            @Override
            public void refuse(String message) {
                if (isAwaited()) {
                    sockets.remove(name);
                    SocketConnection.this.refuse(name, message);
                }
            }

            private boolean isAwaited() {
                boolean first = !answered;
                answered = true;
                return first && engine.isOpen() && sockets.get(name) == socket;
            }
        });
    }

    /** Clients before 3.0 take their session's id for the socket's; newer ones are told another. */
    private String idFor(String namespace) {
        if (engine.version() == EngineVersion.V4) {
            return server.newId();
        }
        return namespace.equals("/") ? engine.sid() : namespace + "#" + engine.sid();
    }

    private void admitted(Socket socket) {
        arrived = true;
        Namespace namespace = socket.namespace();
        Optional<Recovery.Missed> missed = namespace.recover(socket);
        missed.ifPresent(it -> socket.restore(it.lost()));
        if (engine.version() == EngineVersion.V4) {
            if (socket.recoverySecret == null) {
                socket.recoverySecret = namespace.newRecoverySecret();
            }
            String pid = socket.recoverySecret == null ? "" : ",\"pid\":\"" + socket.recoverySecret + "\"";
            control(PacketKind.CONNECT, namespace.name(), "{\"sid\":\"" + socket.id() + "\"" + pid + "}");
        } else {
            control(PacketKind.CONNECT, namespace.name(), "");
        }
        missed.ifPresent(
                it -> it.emissions().forEach(emission -> send(emission, false, namespace.name(), SocketPacket.NO_ACK)));
        if (!engine.isOpen()) {
            // It was one packet too many for a client that does not poll.
            return;
        }
        namespace.connected(socket, missed.map(it -> it.lost().rooms()).orElse(Set.of()));
    }

    private void refuse(String namespace, String message) {
        Emission error =
                Emission.written(List.of(engine.version() == EngineVersion.V4 ? Map.of("message", message) : message));
        String json = new String(error.packet(false, "/", SocketPacket.NO_ACK), StandardCharsets.UTF_8);
        // Out of the packet 2[...] the one value between the brackets.
        control(PacketKind.CONNECT_ERROR, namespace, json.substring(2, json.length() - 1));
    }

    private Map<String, List<String>> merged(String query) {
        Map<String, List<String>> all = new HashMap<>(request.query());
        for (String pair : query.split("&", 64)) {
            String[] both = pair.split("=", 2);
            try {
                String value = both.length == 1 ? "" : URLDecoder.decode(both[1], StandardCharsets.UTF_8);
                all.put(URLDecoder.decode(both[0], StandardCharsets.UTF_8), List.of(value));
            } catch (IllegalArgumentException e) {
                // Not percent-encoded: as it stands.
                all.put(both[0], List.of(both.length == 1 ? "" : both[1]));
            }
        }
        return all;
    }

    // ---- to the client ----

    void send(Emission emission, boolean reply, String namespace, long ackId) {
        engine.send(Packet.text(emission.packet(reply, namespace, ackId)));
        for (byte[] attachment : emission.attachments()) {
            engine.send(Packet.binary(attachment));
        }
    }

    private void control(PacketKind kind, String namespace, String json) {
        String name = namespace.equals("/") ? "" : namespace + ",";
        String text = (char) kind.digit() + name + json;
        engine.send(Packet.text(text.getBytes(StandardCharsets.UTF_8)));
    }

    void disconnect(Socket socket) {
        sockets.remove(socket.namespace().name());
        control(PacketKind.DISCONNECT, socket.namespace().name(), "");
        socket.namespace().disconnected(socket, DisconnectReason.BY_SERVER);
    }
}
