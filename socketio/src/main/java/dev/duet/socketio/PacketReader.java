package dev.duet.socketio;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of one packet. Stateless.
 *
 * <pre>
 * packet = kind [ attachments "-" ] [ namespace "," ] [ ack id ] [ JSON ]
 * kind   = "0" to "6"
 * </pre>
 */
final class PacketReader {
    /** Longest namespace in bytes. */
    static final int NAMESPACE_MAX = 128;

    private static final int DIGITS_MAX = 15;

    /** Names that mean something to the client's own code; an event must not have them. */
    private static final Set<String> RESERVED =
            Set.of("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener");

    private final byte[] text;
    private int at;

    private PacketReader(byte[] text) {
        this.text = text;
    }

    /** The packet that stands in these bytes, or nothing when none does. */
    static Optional<SocketPacket> read(byte[] utf8, int from, int to, int attachmentsMax) {
        return new PacketReader(Arrays.copyOfRange(utf8, from, to)).packet(attachmentsMax);
    }

    private Optional<SocketPacket> packet(int attachmentsMax) {
        int code = text.length == 0 ? -1 : text[at++] - '0';
        if (code < 0 || code >= PacketKind.BY_CODE.length) {
            return Optional.empty();
        }
        PacketKind kind = PacketKind.BY_CODE[code];
        long attachments = 0;
        if (kind.isBinary()) {
            attachments = digits();
            if (attachments < 0 || attachments > attachmentsMax || at >= text.length || text[at++] != '-') {
                return Optional.empty();
            }
        }
        String namespace = namespace();
        long ackId = digits();
        if (namespace == null || ackId == TOO_LONG) {
            return Optional.empty();
        }
        boolean acknowledges = kind == PacketKind.ACK || kind == PacketKind.BINARY_ACK;
        if (acknowledges && ackId == SocketPacket.NO_ACK) {
            return Optional.empty();
        }
        int count = (int) attachments;
        return args(kind, count).map(args -> new SocketPacket(kind, namespace, ackId, count, args));
    }

    private static final long TOO_LONG = -2;

    /** The number that stands here; {@link SocketPacket#NO_ACK} when there is none. */
    private long digits() {
        int start = at;
        long number = 0;
        while (at < text.length && text[at] >= '0' && text[at] <= '9') {
            if (at - start == DIGITS_MAX) {
                return TOO_LONG;
            }
            number = 10 * number + (text[at++] - '0');
        }
        return at == start ? SocketPacket.NO_ACK : number;
    }

    private @Nullable String namespace() {
        if (at >= text.length || text[at] != '/') {
            return "/";
        }
        int start = at;
        while (at < text.length && text[at] != ',') {
            if (at - start == NAMESPACE_MAX || (text[at] >= 0 && text[at] < ' ')) {
                return null;
            }
            at++;
        }
        String name = new String(text, start, at - start, StandardCharsets.UTF_8);
        if (at < text.length) {
            at++;
        }
        return name;
    }

    private Optional<Args> args(PacketKind kind, int attachments) {
        boolean empty = at == text.length;
        return switch (kind) {
            case CONNECT -> empty ? Optional.of(Args.NONE) : JsonText.single(text, at, text.length);
            case DISCONNECT -> empty ? Optional.of(Args.NONE) : Optional.empty();
            // Only servers send these.
            case CONNECT_ERROR -> Optional.empty();
            case EVENT, BINARY_EVENT ->
                JsonText.array(text, at, text.length, attachments).filter(PacketReader::isNamed);
            case ACK, BINARY_ACK -> JsonText.array(text, at, text.length, attachments);
        };
    }

    private static boolean isNamed(Args args) {
        if (args.size() == 0) {
            return false;
        }
        byte first = args.source()[args.start()];
        return first == '-'
                || (first >= '0' && first <= '9')
                || args.string(0).filter(name -> !RESERVED.contains(name)).isPresent();
    }
}
