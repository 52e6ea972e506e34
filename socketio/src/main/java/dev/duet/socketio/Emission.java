package dev.duet.socketio;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * What is sent as an event or an acknowledgement: written once, sent to as many sockets as one likes, on any event loop.
 *
 * <p>Immutable.
 */
public final class Emission {
    private static final byte EVENT = PacketKind.EVENT.digit();

    /** The packet of a plain event in the main namespace, which is what most of them become: a digit, then JSON. */
    private final byte[] packet;

    private final List<byte[]> attachments;

    private Emission(byte[] packet, List<byte[]> attachments) {
        this.packet = packet;
        this.attachments = attachments;
    }

    /**
     * An event.
     *
     * @param args null, String, Boolean, Integer, Long, Double, byte[], List or Map, nested as one likes
     * @throws IllegalArgumentException for other types
     */
    public static Emission of(String event, @Nullable Object... args) {
        List<@Nullable Object> all = new ArrayList<>(args.length + 1);
        all.add(event);
        all.addAll(Arrays.asList(args));
        return written(all);
    }

    /** An event with arguments that came in: they go out byte for byte. */
    public static Emission of(String event, Args args) {
        byte[] given = Arrays.copyOfRange(args.source(), args.start(), args.end());
        return args.size() == 0 ? ofJson(event) : named(event, args.attachments(), given);
    }

    /** An event whose arguments are JSON already: {@code "a"}, {@code {"b":1}}. Whoever calls this vouches for them. */
    public static Emission ofJson(String event, byte[]... args) {
        return named(event, List.of(), args);
    }

    private static Emission named(String event, List<byte[]> attachments, byte[]... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 + (args.length == 0 ? 0 : args[0].length));
        out.write(EVENT);
        out.write('[');
        try (JsonGenerator json = JsonText.generator(out)) {
            json.writeString(event);
        }
        for (byte[] arg : args) {
            out.write(',');
            out.writeBytes(arg);
        }
        out.write(']');
        return new Emission(out.toByteArray(), attachments);
    }

    /** All arguments again, name and all, as they came in. */
    static Emission again(Args args) {
        byte[] source = args.source();
        if (args.start() == 2 && source[0] == EVENT && args.end() == source.length - 1) {
            return new Emission(source, args.attachments());
        }
        byte[] packet = new byte[args.end() - args.start() + 3];
        packet[0] = EVENT;
        packet[1] = '[';
        System.arraycopy(source, args.start(), packet, 2, packet.length - 3);
        packet[packet.length - 1] = ']';
        return new Emission(packet, args.attachments());
    }

    static Emission written(List<@Nullable Object> values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(128);
        List<byte[]> attachments = new ArrayList<>(0);
        out.write(EVENT);
        try (JsonGenerator json = JsonText.generator(out)) {
            JsonText.write(json, values, attachments);
        }
        return new Emission(out.toByteArray(), attachments);
    }

    /** The same with one more argument at its end. */
    Emission withLast(String arg) {
        byte[] tail = (",\"" + arg + "\"]").getBytes(StandardCharsets.US_ASCII);
        byte[] longer = Arrays.copyOf(packet, packet.length - 1 + tail.length);
        System.arraycopy(tail, 0, longer, packet.length - 1, tail.length);
        return new Emission(longer, attachments);
    }

    List<byte[]> attachments() {
        return attachments;
    }

    /** Bytes of JSON and attachments. */
    public int sizeBytes() {
        int size = packet.length - 1;
        for (byte[] attachment : attachments) {
            size += attachment.length;
        }
        return size;
    }

    /** The packet's text: kind, attachments, namespace, ack id, JSON. */
    byte[] packet(boolean reply, String namespace, long ackId) {
        boolean binary = !attachments.isEmpty();
        if (!reply && !binary && ackId == SocketPacket.NO_ACK && namespace.equals("/")) {
            return packet;
        }
        PacketKind event = binary ? PacketKind.BINARY_EVENT : PacketKind.EVENT;
        PacketKind ack = binary ? PacketKind.BINARY_ACK : PacketKind.ACK;
        String head = (char) (reply ? ack : event).digit()
                + (binary ? attachments.size() + "-" : "")
                + (namespace.equals("/") ? "" : namespace + ",")
                + (ackId == SocketPacket.NO_ACK ? "" : Long.toString(ackId));
        byte[] start = head.getBytes(StandardCharsets.UTF_8);
        byte[] text = Arrays.copyOf(start, start.length + packet.length - 1);
        System.arraycopy(packet, 1, text, start.length, packet.length - 1);
        return text;
    }
}
