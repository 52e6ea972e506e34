package dev.duet.engineio;

/**
 * When a session has to hear of its client again.
 *
 * <p>Revision 4: the server pings {@code pingInterval} after the last pong, the client has {@code pingTimeout} to answer. Revision 3: the
 * client pings, at the latest {@code pingInterval + pingTimeout} after its last ping. Whatever else comes in is no heartbeat, but as long as
 * it comes nobody is dead.
 *
 * <p>Not thread-safe: owned by its session's event loop.
 */
final class Heartbeat {
    private final EngineVersion version;
    private final EngineOptions options;
    private boolean pinged;
    private long atNanos;

    /** What has to be done at a moment. */
    enum Due {
        NOTHING,
        PING,
        DEAD
    }

    Heartbeat(EngineVersion version, EngineOptions options, long nowNanos) {
        this.version = version;
        this.options = options;
        beat(nowNanos);
    }

    /** The heartbeat came: revision 4's pong, revision 3's ping. */
    void beat(long nowNanos) {
        pinged = false;
        atNanos = nowNanos + patienceNanos();
    }

    /** Something else came. */
    void heard(long nowNanos) {
        if (pinged || version == EngineVersion.V3) {
            atNanos = Math.max(atNanos, nowNanos + (pinged ? timeoutNanos() : patienceNanos()));
        }
    }

    /** Nothing is awaited any more but the next poll, so that it can be told that this was the last one. */
    void awaitLastPoll(long nowNanos) {
        pinged = true;
        atNanos = nowNanos + timeoutNanos();
    }

    /** When {@link #due} is to be asked. */
    long atNanos() {
        return atNanos;
    }

    Due due(long nowNanos) {
        if (nowNanos - atNanos < 0) {
            return Due.NOTHING;
        }
        if (pinged || version == EngineVersion.V3) {
            return Due.DEAD;
        }
        pinged = true;
        // From when the ping was due. But a server that was itself asleep gives its clients time to answer.
        atNanos = Math.max(atNanos + timeoutNanos(), nowNanos + timeoutNanos() / 2);
        return Due.PING;
    }

    private long timeoutNanos() {
        return options.pingTimeout().toNanos();
    }

    private long patienceNanos() {
        long interval = options.pingInterval().toNanos();
        return version == EngineVersion.V4 ? interval : interval + timeoutNanos();
    }
}
