package dev.duet.engineio;

/** Why a session ended. */
public enum CloseReason {
    /** The client closed its transport, or the connection broke. */
    TRANSPORT_CLOSE("transport close", true),
    /** The client used its transports as the protocol forbids, or gave up a poll that it should have awaited. */
    TRANSPORT_ERROR("transport error", true),
    /** Nothing was heard for pingInterval + pingTimeout. */
    PING_TIMEOUT("ping timeout", true),
    /** Something that is no packet came in. */
    PARSE_ERROR("parse error", false),
    /** The client does not take what it is sent. */
    TOO_SLOW("too slow", true),
    /** The application ended it. */
    FORCED_CLOSE("forced close", true),
    /** The server stops. */
    SERVER_SHUTTING_DOWN("server shutting down", true);

    private final String id;
    private final boolean recoverable;

    CloseReason(String id, boolean recoverable) {
        this.id = id;
        this.recoverable = recoverable;
    }

    /** The words that Socket.IO uses for it. */
    public String id() {
        return id;
    }

    /** Whether a client that comes back may go on where it was. */
    public boolean recoverable() {
        return recoverable;
    }
}
