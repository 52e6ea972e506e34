package dev.duet.engineio;

/** One WebSocket, as a session writes to it. */
public interface Link {
    /** Sends a packet as one WebSocket message that begins with {@link Packet#prefix}. */
    void send(Packet packet);

    /** Sends a WebSocket ping frame; its pong is a sign of life. */
    void ping();

    /** Closes the connection once what was sent is out. */
    void close(CloseReason why);
}
