package dev.duet.engineio;

import java.time.Duration;

/**
 * The numbers of a server's sessions.
 *
 * @param pingInterval time between two heartbeats
 * @param pingTimeout how long the other side may take to answer one
 * @param upgradeTimeout how long a WebSocket may take to take over from polling
 * @param maxPayload largest body of a POST in bytes; clients are told and split what they send
 * @param queuePacketsMax packets that wait for a client's next poll; beyond it the session is closed as too slow
 * @param queueBytesMax bytes that wait for a client's next poll
 */
public record EngineOptions(
        Duration pingInterval,
        Duration pingTimeout,
        Duration upgradeTimeout,
        int maxPayload,
        int queuePacketsMax,
        int queueBytesMax) {
    /** 10 s, 5 s, 10 s, 100,000 B, 4,096 packets, 1 MiB. */
    public static final EngineOptions DEFAULT = new EngineOptions(
            Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(10), 100_000, 4_096, 1 << 20);

    public EngineOptions {
        if (pingInterval.toMillis() < 1 || pingTimeout.toMillis() < 1 || upgradeTimeout.toMillis() < 1) {
            throw new IllegalArgumentException("interval " + pingInterval + ", timeout " + pingTimeout
                    + ", upgrade timeout " + upgradeTimeout + " (expected: >= 1 ms)");
        }
        if (maxPayload < 1 || queuePacketsMax < 1 || queueBytesMax < 1) {
            throw new IllegalArgumentException("maxPayload " + maxPayload + ", queue of " + queuePacketsMax
                    + " packets, " + queueBytesMax + " B (expected: >= 1)");
        }
    }

    /** These options with other heartbeats. */
    public EngineOptions withHeartbeat(Duration interval, Duration timeout) {
        return new EngineOptions(interval, timeout, upgradeTimeout, maxPayload, queuePacketsMax, queueBytesMax);
    }

    /** These options with another maximum for a POST. */
    public EngineOptions withMaxPayload(int bytes) {
        return new EngineOptions(pingInterval, pingTimeout, upgradeTimeout, bytes, queuePacketsMax, queueBytesMax);
    }

    /** These options with another maximum of what waits for a client's next poll. */
    public EngineOptions withQueueBytesMax(int bytes) {
        return new EngineOptions(pingInterval, pingTimeout, upgradeTimeout, maxPayload, queuePacketsMax, bytes);
    }
}
