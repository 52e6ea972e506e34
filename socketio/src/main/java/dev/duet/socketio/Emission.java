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
    private final byte[] json;
    private final List<byte[]> attachments;

    private Emission(byte[] json, List<byte[]> attachments) {
        this.json = json;
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
        ByteArrayOutputStream out = new ByteArrayOutputStream(event.length() + args.sizeBytes() + 8);
        out.write('[');
        try (JsonGenerator json = JsonText.generator(out)) {
            json.writeString(event);
        }
        if (args.size() > 0) {
            out.write(',');
            out.write(args.source(), args.start(), args.end() - args.start());
        }
        out.write(']');
        return new Emission(out.toByteArray(), args.attachments());
    }

    /** An event whose arguments are JSON already: {@code "a",{"b":1}}. Whoever calls this vouches for them. */
    public static Emission ofJson(String event, byte[]... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 + 2 * args.length);
        out.write('[');
        try (JsonGenerator json = JsonText.generator(out)) {
            json.writeString(event);
        }
        for (byte[] arg : args) {
            out.write(',');
            out.writeBytes(arg);
        }
        out.write(']');
        return new Emission(out.toByteArray(), List.of());
    }

    static Emission reply(Args args) {
        byte[] json = new byte[args.end() - args.start() + 2];
        json[0] = '[';
        System.arraycopy(args.source(), args.start(), json, 1, json.length - 2);
        json[json.length - 1] = ']';
        return new Emission(json, args.attachments());
    }

    static Emission written(List<@Nullable Object> values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(128);
        List<byte[]> attachments = new ArrayList<>(0);
        try (JsonGenerator json = JsonText.generator(out)) {
            JsonText.write(json, values, attachments);
        }
        return new Emission(out.toByteArray(), attachments);
    }

    /** The same with one more argument at its end. */
    Emission withLast(String arg) {
        byte[] tail = (",\"" + arg + "\"]").getBytes(StandardCharsets.US_ASCII);
        byte[] longer = Arrays.copyOf(json, json.length - 1 + tail.length);
        System.arraycopy(tail, 0, longer, json.length - 1, tail.length);
        return new Emission(longer, attachments);
    }

    List<byte[]> attachments() {
        return attachments;
    }

    /** Bytes of JSON and attachments. */
    public int sizeBytes() {
        int size = json.length;
        for (byte[] attachment : attachments) {
            size += attachment.length;
        }
        return size;
    }

    /** The packet's text: kind, attachments, namespace, ack id, JSON. */
    byte[] packet(boolean reply, String namespace, long ackId) {
        boolean binary = !attachments.isEmpty();
        PacketKind kind = reply
                ? (binary ? PacketKind.BINARY_ACK : PacketKind.ACK)
                : binary ? PacketKind.BINARY_EVENT : PacketKind.EVENT;
        if (!binary && ackId == SocketPacket.NO_ACK && namespace.equals("/")) {
            byte[] text = new byte[json.length + 1];
            text[0] = kind.digit();
            System.arraycopy(json, 0, text, 1, json.length);
            return text;
        }
        String head = (char) kind.digit()
                + (binary ? attachments.size() + "-" : "")
                + (namespace.equals("/") ? "" : namespace + ",")
                + (ackId == SocketPacket.NO_ACK ? "" : Long.toString(ackId));
        byte[] start = head.getBytes(StandardCharsets.UTF_8);
        byte[] text = Arrays.copyOf(start, start.length + json.length);
        System.arraycopy(json, 0, text, start.length, json.length);
        return text;
    }
}
