package dev.duet.socketio;

import dev.duet.engineio.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Texts of packets: what is taken is JSON to others too, and goes on to be the same packet. */
final class PacketFuzz implements FuzzTarget {
    private static final int ATTACHMENTS_MAX = 8;

    private final Function<byte[], Optional<SocketPacket>> reader;

    PacketFuzz() {
        this(PacketFuzz::read);
    }

    PacketFuzz(Function<byte[], Optional<SocketPacket>> reader) {
        this.reader = reader;
    }

    static Optional<SocketPacket> read(byte[] utf8) {
        return PacketReader.read(utf8, 0, utf8.length, ATTACHMENTS_MAX);
    }

    @Override
    public int run(byte[] input) {
        byte[] utf8 = new String(input, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
        byte[] between = new byte[utf8.length + 9];
        System.arraycopy(utf8, 0, between, 4, utf8.length);

        Optional<SocketPacket> read = reader.apply(utf8);

        String shown = read.map(PacketFuzz::show).orElse("");
        String shifted = PacketReader.read(between, 4, 4 + utf8.length, ATTACHMENTS_MAX)
                .map(PacketFuzz::show)
                .orElse("");
        require(shown.equals(shifted), "elsewhere in an array it is " + shifted + " and not " + shown);
        if (read.isEmpty()) {
            return 0;
        }
        SocketPacket packet = read.get();
        require(packet.attachments() <= ATTACHMENTS_MAX, "too many attachments");
        require(packet.namespace().startsWith("/"), "namespace " + packet.namespace());
        List<byte[]> attachments = new ArrayList<>();
        for (int i = 0; i < packet.attachments(); i++) {
            attachments.add(new byte[] {(byte) i});
        }
        Args args = packet.args().with(attachments);
        int shape = packet.kind().ordinal();
        for (int i = 0; i < args.size(); i++) {
            require(StrictJson.takes(args.json(i)), "no JSON: " + new String(args.json(i), StandardCharsets.UTF_8));
            Object value = args.value(i);
            shape = 31 * shape + (value == null ? 0 : value.getClass().hashCode());
        }
        passedOn(packet, args, shown);
        return 2 * shape + (packet.namespace().equals("/") ? 0 : 1) + 1;
    }

    private void passedOn(SocketPacket packet, Args args, String shown) {
        switch (packet.kind()) {
            case EVENT, BINARY_EVENT -> {
                boolean known = args.string(0).isPresent();
                again(Emission.again(args).packet(false, packet.namespace(), packet.ackId()), shown);
                if (known && !packet.kind().isBinary()) {
                    byte[] renamed = Emission.of("other", args.from(1)).packet(false, "/", SocketPacket.NO_ACK);
                    String after = reader.apply(renamed).map(PacketFuzz::show).orElse("");
                    require(after.endsWith(tail(args)), after + " does not end with " + tail(args));
                }
            }
            case ACK, BINARY_ACK -> again(Emission.again(args).packet(true, packet.namespace(), packet.ackId()), shown);
            case CONNECT, DISCONNECT, CONNECT_ERROR -> {}
        }
    }

    private void again(byte[] text, String shown) {
        String after = reader.apply(text).map(PacketFuzz::show).orElse("");
        require(after.equals(shown), "passed on it is " + after + " and not " + shown);
    }

    /** A binary packet that announces no attachment is passed on as a plain one. */
    private static String show(SocketPacket packet) {
        int code = packet.kind().ordinal();
        int plain = packet.attachments() == 0 && packet.kind().isBinary() ? code - 3 : code;
        return plain + " " + packet.namespace() + " " + packet.ackId() + " " + packet.attachments() + " "
                + all(packet.args(), 0);
    }

    private static String tail(Args args) {
        return all(args, 1).substring(1);
    }

    private static String all(Args args, int from) {
        List<String> each = new ArrayList<>();
        for (int i = from; i < args.size(); i++) {
            each.add(new String(args.json(i), StandardCharsets.UTF_8));
        }
        return each.toString();
    }

    private static void require(boolean truth, String otherwise) {
        if (!truth) {
            throw new AssertionError(otherwise);
        }
    }
}
