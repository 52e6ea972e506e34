package dev.duet.server.websocket;

/** Why a WebSocket is closed: RFC 6455 section 7.4.1, and Duet's own from 4000 on (docs/protocol.md). */
public enum CloseCode {
    NORMAL(1000),
    GOING_AWAY(1001),
    PROTOCOL_ERROR(1002),
    UNSUPPORTED_DATA(1003),
    INVALID_PAYLOAD(1007),
    POLICY(1008),
    TOO_BIG(1009),
    SERVICE_RESTART(1012),
    SILENT(4000),
    SUPERSEDED(4001),
    TOO_SLOW(4008);

    private final int code;

    CloseCode(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }
}
