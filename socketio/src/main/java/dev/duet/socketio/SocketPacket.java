package dev.duet.socketio;

/**
 * One packet as it came in; attachments follow in messages of their own.
 *
 * @param namespace begins with a slash
 * @param ackId {@link #NO_ACK}, or the number that an acknowledgement carries
 * @param attachments how many binary messages follow
 * @param args what an event or an acknowledgement carries; for a CONNECT, its payload as the only one; none otherwise
 */
record SocketPacket(PacketKind kind, String namespace, long ackId, int attachments, Args args) {
    static final long NO_ACK = -1;
}
