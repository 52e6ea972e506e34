package dev.duet.server;

import java.time.Duration;

/**
 * The numbers of one connection.
 *
 * @param messageBytesMax largest message, but for one with a description
 * @param descriptionBytesMax largest description, as text
 * @param candidatesMax candidates that may follow one description; they do not count as messages
 * @param messagesPerSecond what a connection may send in the long run
 * @param messageBurst what it may send at once
 * @param unjoinedPerSourceMax connections of one IPv4 address or IPv6 /64 that are open without a seat
 * @param failedJoinsFree failed joins of one source within 30 minutes that are answered at once; later ones wait, up to 25 s
 * @param outboundHighBytes unsent bytes to one client at which those who send to it are paused
 * @param outboundBytesMax unsent bytes to one client at which it is closed, to resume later
 * @param outboundHighMax how long a client may stay over the high mark before it is closed
 * @param ping silence after which a client is pinged
 * @param dead silence after which its connection is given up
 */
public record ConnectionLimits(
        int messageBytesMax,
        int descriptionBytesMax,
        int candidatesMax,
        int messagesPerSecond,
        int messageBurst,
        int unjoinedPerSourceMax,
        int failedJoinsFree,
        int outboundHighBytes,
        int outboundBytesMax,
        Duration outboundHighMax,
        Duration ping,
        Duration dead) {

    private static final int READ_BYTES_MAX = 1 << 20;

    /** What docs/operate.md lists. */
    public static final ConnectionLimits DEFAULT = new ConnectionLimits(
            65_536,
            262_144,
            512,
            50,
            200,
            20,
            10,
            256 * 1024,
            1024 * 1024,
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(15));

    /** The limits that an operator may set by name, with the values they may take. */
    public enum Name {
        MESSAGE_BYTES("message-bytes", 4_096, 1 << 20),
        DESCRIPTION_BYTES("description-bytes", 16_384, 1 << 19),
        CANDIDATES("candidates", 16, 4_096),
        MESSAGES_PER_SECOND("messages-per-second", 1, 1_000_000),
        MESSAGE_BURST("message-burst", 1, 1_000_000),
        UNJOINED_PER_SOURCE("unjoined-per-source", 1, 1_000_000),
        FAILED_JOINS("failed-joins", 0, 1_000_000),
        OUTBOUND_BYTES("outbound-bytes", 65_536, 1 << 26);

        private final String id;
        private final int min;
        private final int max;

        Name(String id, int min, int max) {
            this.id = id;
            this.min = min;
            this.max = max;
        }

        /** Kebab-case, as in {@code --limit message-burst=400}. */
        public String id() {
            return id;
        }

        public int min() {
            return min;
        }

        public int max() {
            return max;
        }
    }

    /** These limits with one of them changed. */
    public ConnectionLimits with(Name name, int value) {
        if (value < name.min || value > name.max) {
            throw new IllegalArgumentException(
                    name.id + " " + value + " (expected: " + name.min + " to " + name.max + ")");
        }
        return new ConnectionLimits(
                name == Name.MESSAGE_BYTES ? value : messageBytesMax,
                name == Name.DESCRIPTION_BYTES ? value : descriptionBytesMax,
                name == Name.CANDIDATES ? value : candidatesMax,
                name == Name.MESSAGES_PER_SECOND ? value : messagesPerSecond,
                name == Name.MESSAGE_BURST ? value : messageBurst,
                name == Name.UNJOINED_PER_SOURCE ? value : unjoinedPerSourceMax,
                name == Name.FAILED_JOINS ? value : failedJoinsFree,
                name == Name.OUTBOUND_BYTES ? Math.min(outboundHighBytes, value / 2) : outboundHighBytes,
                name == Name.OUTBOUND_BYTES ? value : outboundBytesMax,
                outboundHighMax,
                ping,
                dead);
    }

    /** No limit on rates and on the number of connections, for load tests. */
    public ConnectionLimits unthrottled() {
        return new ConnectionLimits(
                messageBytesMax,
                descriptionBytesMax,
                candidatesMax,
                1_000_000_000,
                1_000_000_000,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                outboundHighBytes,
                outboundBytesMax,
                outboundHighMax,
                ping,
                dead);
    }

    /** What is read of a message that is refused by name; beyond it the connection closes. */
    public int readBytesMax() {
        return Math.max(READ_BYTES_MAX, messageBytesMax);
    }

    /** These limits for messages as large as an Engine.IO server takes. */
    public ConnectionLimits withMessageBytes(int bytes) {
        return new ConnectionLimits(
                bytes,
                descriptionBytesMax,
                candidatesMax,
                messagesPerSecond,
                messageBurst,
                unjoinedPerSourceMax,
                failedJoinsFree,
                outboundHighBytes,
                outboundBytesMax,
                outboundHighMax,
                ping,
                dead);
    }
}
