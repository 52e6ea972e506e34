package dev.duet.server.relay;

import dev.duet.turn.Datagram;

/** A client's connection, TCP or TLS, as its shard sees it. Thread-safe. */
interface StreamLink {
    /** Sends a message; dropped when the client reads too slowly. */
    void send(Datagram message);

    /** The client has an allocation from now on, or has none any more. */
    void allocated(boolean has);
}
