package dev.duet.server;

import java.time.Duration;

/**
 * The numbers of one connection.
 *
 * @param messageBytesMax largest message
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
        int messagesPerSecond,
        int messageBurst,
        int unjoinedPerSourceMax,
        int failedJoinsFree,
        int outboundHighBytes,
        int outboundBytesMax,
        Duration outboundHighMax,
        Duration ping,
        Duration dead) {

    /** What docs/operate.md lists. */
    public static final ConnectionLimits DEFAULT = new ConnectionLimits(
            65_536,
            50,
            200,
            20,
            10,
            256 * 1024,
            1024 * 1024,
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(15));

    /** No limit on rates and on the number of connections, for load tests. */
    public ConnectionLimits unthrottled() {
        return new ConnectionLimits(
                messageBytesMax,
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
}
