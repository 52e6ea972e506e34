package dev.duet.socketio;

import java.time.Duration;
import java.util.Optional;

/**
 * The numbers of a Socket.IO server.
 *
 * @param connectTimeout how long a client may stay in no namespace after it opened its session
 * @param attachmentsMax binary attachments of one packet
 * @param packetBytesMax bytes of one packet with its attachments
 * @param namespacesMax namespaces that one client may be in at one time
 * @param acksMax acknowledgements that may be awaited from one socket
 * @param recovery how long a lost connection's state is kept for its client; nothing turns recovery off
 */
public record SocketOptions(
        Duration connectTimeout,
        int attachmentsMax,
        int packetBytesMax,
        int namespacesMax,
        int acksMax,
        Optional<Recovery.Options> recovery) {
    /** 10 s, 8 attachments, 100,000 B, 16 namespaces, 256 acknowledgements, no recovery. */
    public static final SocketOptions DEFAULT =
            new SocketOptions(Duration.ofSeconds(10), 8, 100_000, 16, 256, Optional.empty());

    /** These options with another connect timeout. */
    public SocketOptions withConnectTimeout(Duration timeout) {
        return new SocketOptions(timeout, attachmentsMax, packetBytesMax, namespacesMax, acksMax, recovery);
    }

    /** These options with another size of packets. */
    public SocketOptions withPacketBytesMax(int bytes) {
        return new SocketOptions(connectTimeout, attachmentsMax, bytes, namespacesMax, acksMax, recovery);
    }

    /** These options with another number of attachments. */
    public SocketOptions withAttachmentsMax(int attachments) {
        return new SocketOptions(connectTimeout, attachments, packetBytesMax, namespacesMax, acksMax, recovery);
    }

    /** These options with connection state recovery. */
    public SocketOptions withRecovery(Recovery.Options options) {
        return new SocketOptions(
                connectTimeout, attachmentsMax, packetBytesMax, namespacesMax, acksMax, Optional.of(options));
    }
}
