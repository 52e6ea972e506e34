package dev.duet.socketio;

import dev.duet.engineio.EngineCodec;
import dev.duet.engineio.EngineVersion;
import dev.duet.engineio.FakeRequest;
import dev.duet.engineio.FakeWebSocket;
import dev.duet.engineio.Packet;
import dev.duet.engineio.PacketType;
import dev.duet.engineio.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a client of a {@link SimulatedWorld} has done and seen, and what its session must be like. */
final class SimulatedClient {
    private static final Pattern EVENT = Pattern.compile("(2|51-)\\[\"s\",(\\d+)(,\\{.*})?]");

    final int number;
    final EngineVersion version;
    final String sid;
    final boolean base64;

    // What must be true of the session.
    boolean over;
    boolean closing;
    long closingUntilNanos;
    long openedNanos;
    long heardNanos;
    long beatNanos;
    long probeUntilNanos;

    // Its connections.
    @Nullable
    FakeRequest poll;

    @Nullable
    FakeWebSocket webSocket;

    @Nullable
    FakeWebSocket probe;

    boolean probed;

    // What it knows.
    boolean asked;
    boolean in;
    boolean mustPong;
    boolean toldOfEnd;
    private int awaitedBytes = -1;

    // What the server knows.
    @Nullable
    Socket socket;

    boolean everIn;
    int connects;
    int disconnects;
    String reason = "";

    // Messages, numbered from 1.
    int said;
    int heardByServer;
    int saidByServer;
    int heard;

    SimulatedClient(int number, EngineVersion version, String sid, boolean base64) {
        this.number = number;
        this.version = version;
        this.sid = sid;
        this.base64 = base64;
    }

    String query(String transport) {
        return "EIO=" + (version == EngineVersion.V3 ? "3" : "4") + "&transport=" + transport + "&sid=" + sid;
    }

    boolean isOpen() {
        return !over && !closing;
    }

    /** Takes what has come by its connections. */
    void receive() {
        if (poll instanceof FakeRequest answered && !answered.isWaiting()) {
            poll = null;
            receive(answered);
        }
        while (webSocket != null && webSocket.poll().orElse(null) instanceof Object message) {
            receive(packet(message));
        }
        while (probe != null && probe.poll().orElse(null) instanceof Object message) {
            require(message.equals("3probe"), "on the probe: " + message);
            probed = true;
        }
    }

    private Packet packet(Object message) {
        EngineCodec codec = EngineCodec.of(version);
        byte[] bytes = message instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : (byte[]) message;
        Packet packet =
                message instanceof String ? codec.text(bytes, 0, bytes.length) : codec.binary(bytes, 0, bytes.length);
        if (packet == null) {
            throw new IllegalStateException("no packet: " + message);
        }
        return packet;
    }

    void receive(FakeRequest answer) {
        require(answer.status() == 200, "a poll was answered " + answer.text());
        EngineCodec.of(version)
                .decode(new Payload(answer.isBinary(), answer.bytes()))
                .orElseThrow(() -> new IllegalStateException(this + ": no payload: " + answer.text()))
                .forEach(this::receive);
    }

    private void receive(Packet packet) {
        if (packet.binary()) {
            require(awaitedBytes == packet.data()[0], "bytes of " + packet.data()[0] + " for " + awaitedBytes);
            awaitedBytes = -1;
            return;
        }
        require(awaitedBytes < 0, "text in the place of bytes");
        switch (packet.type()) {
            case MESSAGE -> message(new String(packet.data(), StandardCharsets.UTF_8));
            case PING -> {
                require(version == EngineVersion.V4, "a ping to a revision 3 client");
                mustPong = true;
            }
            case PONG -> require(version == EngineVersion.V3, "a pong to a revision 4 client");
            case CLOSE -> toldOfEnd = true;
            case OPEN, NOOP -> {}
            case UPGRADE -> throw new IllegalStateException(this + " is told to upgrade");
        }
    }

    private void message(String text) {
        if (text.startsWith("0")) {
            require(!in, "put in twice");
            in = true;
        } else if (text.equals("1") || text.startsWith("4")) {
            in = false;
            asked = version == EngineVersion.V3;
        } else {
            Matcher event = EVENT.matcher(text);
            require(event.matches(), "a message that nobody sent: " + text);
            int number = Integer.parseInt(event.group(2));
            require(in, "an event outside of the namespace");
            require(number == heard + 1, "message " + number + " after " + heard);
            heard = number;
            awaitedBytes = event.group(1).equals("2") ? -1 : number & 0x7F;
        }
    }

    /** A message of its own, as packets. */
    Packet[] say(boolean bytes) {
        said++;
        if (!bytes) {
            return new Packet[] {text("2[\"c\"," + said + "]")};
        }
        return new Packet[] {
            text("51-[\"c\"," + said + ",{\"_placeholder\":true,\"num\":0}]"),
            Packet.binary(new byte[] {(byte) (said & 0x7F)})
        };
    }

    static Packet text(String message) {
        return Packet.text(message.getBytes(StandardCharsets.UTF_8));
    }

    static Packet bare(PacketType type) {
        return new Packet(type, false, new byte[0]);
    }

    /** The server heard an event of this number from it. */
    void heardByServer(int number, Optional<byte[]> bytes) {
        require(socket != null, "an event after the end");
        require(number == heardByServer + 1, "the server got " + number + " after " + heardByServer);
        require(bytes.isEmpty() || bytes.get()[0] == (number & 0x7F), "other bytes");
        heardByServer = number;
    }

    void require(boolean truth, String otherwise) {
        if (!truth) {
            throw new IllegalStateException(this + ": " + otherwise);
        }
    }

    @Override
    public String toString() {
        return "client" + number + (version == EngineVersion.V3 ? " (revision 3)" : " (revision 4)");
    }
}
