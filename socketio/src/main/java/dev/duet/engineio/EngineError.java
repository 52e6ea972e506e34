package dev.duet.engineio;

/** Why a request is refused, with the code that clients know. */
public enum EngineError {
    TRANSPORT_UNKNOWN(0, "Transport unknown", "The query needs transport=polling or transport=websocket."),
    SESSION_UNKNOWN(1, "Session ID unknown", "The session ended; clients open a new one by themselves."),
    BAD_HANDSHAKE_METHOD(2, "Bad handshake method", "A session is opened with GET."),
    BAD_REQUEST(3, "Bad request", "The request does not fit the session, or its body is no payload."),
    FORBIDDEN(4, "Forbidden", "This server does not take this request."),
    UNSUPPORTED_VERSION(
            5,
            "Unsupported protocol version",
            "The query needs EIO=4 (socket.io-client 3.x, 4.x) or EIO=3 (socket.io-client 2.x).");

    private final int code;
    private final String message;
    private final String fix;

    EngineError(int code, String message, String fix) {
        this.code = code;
        this.message = message;
        this.fix = fix;
    }

    /** The HTTP status: 403 for {@link #FORBIDDEN}, else 400. */
    public int status() {
        return this == FORBIDDEN ? 403 : 400;
    }

    /** The body of the answer: {@code {"code":1,"message":"Session ID unknown","fix":"..."}}. */
    public String json() {
        return json(fix);
    }

    /** The same with other words on what to do. They must need no escaping in JSON. */
    public String json(String otherFix) {
        if (otherFix.chars().anyMatch(c -> c < 0x20 || c == '"' || c == '\\')) {
            throw new IllegalArgumentException("needs escaping: " + otherFix);
        }
        return "{\"code\":" + code + ",\"message\":\"" + message + "\",\"fix\":\"" + otherFix + "\"}";
    }
}
