package dev.duet.engineio;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The client's end of a WebSocket: what came is taken with {@link #next} and {@link #nextBytes}, in order. */
public final class FakeWebSocket implements Link {
    private final FakeWire wire;
    private final EngineVersion version;
    private final Optional<EngineError> refusal;
    private final Queue<Object> received = new ArrayDeque<>();
    private EngineServer.@Nullable Socket socket;
    private Optional<CloseReason> closed = Optional.empty();
    private int pings;

    FakeWebSocket(FakeWire wire, EngineVersion version, Optional<EngineError> refusal) {
        this.wire = wire;
        this.version = version;
        this.refusal = refusal;
    }

    void opened(EngineServer.Socket newSocket) {
        socket = newSocket;
    }

    // ---- what the server does ----

    @Override
    public void send(Packet packet) {
        mustBeOpen("a packet");
        if (!packet.binary()) {
            received.add((char) packet.prefix(version) + new String(packet.data(), StandardCharsets.UTF_8));
            return;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (packet.prefix(version) != Packet.NO_PREFIX) {
            bytes.write(packet.prefix(version));
        }
        bytes.writeBytes(packet.data());
        received.add(bytes.toByteArray());
    }

    @Override
    public void ping() {
        mustBeOpen("a ping");
        pings++;
    }

    @Override
    public void close(CloseReason why) {
        mustBeOpen("a close");
        closed = Optional.of(why);
    }

    private void mustBeOpen(String what) {
        if (closed.isPresent()) {
            throw new AssertionError(what + " on a WebSocket that was closed: " + closed.get());
        }
    }

    // ---- what the client sees ----

    /** Why the handshake was refused. */
    public Optional<EngineError> refusal() {
        return refusal;
    }

    /** Why the server closed it. */
    public Optional<CloseReason> closed() {
        return closed;
    }

    /** Refused, or closed by the server. */
    public boolean isShut() {
        return refusal.isPresent() || closed.isPresent();
    }

    public int pings() {
        return pings;
    }

    /** The next message, of text. */
    public String next() {
        return Objects.requireNonNull(received.poll(), "nothing was received") instanceof String text
                ? text
                : "<bytes>";
    }

    /** The next message, of bytes. */
    public byte[] nextBytes() {
        return (byte[]) Objects.requireNonNull(received.poll(), "nothing was received");
    }

    /** The next message, String or byte[]; nothing when there is none. */
    public Optional<Object> poll() {
        return Optional.ofNullable(received.poll());
    }

    public boolean isQuiet() {
        return received.isEmpty();
    }

    // ---- what the client does ----

    private EngineServer.Socket end() {
        return Objects.requireNonNull(socket, "the handshake was refused");
    }

    public void send(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        end().text(utf8, 0, utf8.length, wire.now());
    }

    public void send(byte... bytes) {
        end().binary(bytes, 0, bytes.length, wire.now());
    }

    /** Sends a ping or pong frame. */
    public void beat() {
        end().heard(wire.now());
    }

    /** The connection breaks or is closed by the client. */
    public void disconnect() {
        end().closed(wire.now());
    }
}
