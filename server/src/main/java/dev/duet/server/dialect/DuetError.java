package dev.duet.server.dialect;

/** What the dialect itself refuses; what a room refuses is a {@link dev.duet.signaling.Rejection}. */
enum DuetError {
    BAD_JSON("bad-json", "the message is not a JSON object", "send one JSON object in each text message"),
    BAD_MESSAGE(
            "bad-message",
            "a field is missing, of the wrong kind or out of range",
            "see docs/protocol.md for this type"),
    UNKNOWN_TYPE("unknown-type", "this server knows no such 'type'", "see docs/protocol.md for the types of duet.v1"),
    UNSUPPORTED(
            "unsupported", "this server does not have that yet", "leave it out; 'hello' lists the server's features"),
    MESSAGE_TOO_LARGE("message-too-large", "the message is larger than the limit in 'hello'", "send less at once"),
    RATE_LIMITED(
            "rate-limited", "too many messages; this one was dropped", "send more slowly, see the limits in 'hello'"),
    SUBPROTOCOL_MISSING(
            "subprotocol-missing",
            "the WebSocket was opened without its subprotocol",
            "use new WebSocket(url, 'duet.v1')"),
    ROOM_NAME_INVALID(
            "room-name-invalid",
            "no room can have this name",
            "use 1 to 128 characters, none of them a control character"),
    NAME_INVALID(
            "name-invalid",
            "this display name cannot be shown",
            "use at most 64 characters without control or direction-override characters"),
    ADDRESS_SHOWN(
            "address-shown",
            "a host or reflexive candidate is in a description that is shown before the other side has a seat",
            "leave relayed candidates in it only; 'candidates' of 'park' go to who has a seat"),
    ANONYMOUS_REFUSED(
            "anonymous-refused",
            "this server lets only its own network join without a token",
            "whoever runs it can start it with --anonymous"),
    TOO_MANY_CONNECTIONS(
            "too-many-connections",
            "too many connections from this address are open without having joined",
            "close some, or join a room with them");

    private final String id;
    private final String message;
    private final String fix;

    DuetError(String id, String message, String fix) {
        this.id = id;
        this.message = message;
        this.fix = fix;
    }

    String id() {
        return id;
    }

    String message() {
        return message;
    }

    String fix() {
        return fix;
    }
}
