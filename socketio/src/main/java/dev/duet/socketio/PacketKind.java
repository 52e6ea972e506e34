package dev.duet.socketio;

/** The kind of a Socket.IO packet; its code on the wire is the ordinal. */
enum PacketKind {
    CONNECT,
    DISCONNECT,
    EVENT,
    ACK,
    CONNECT_ERROR,
    BINARY_EVENT,
    BINARY_ACK;

    static final PacketKind[] BY_CODE = values();

    boolean isBinary() {
        return this == BINARY_EVENT || this == BINARY_ACK;
    }

    byte digit() {
        return (byte) ('0' + ordinal());
    }
}
