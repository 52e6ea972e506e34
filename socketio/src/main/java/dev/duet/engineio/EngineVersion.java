package dev.duet.engineio;

/** A revision of the Engine.IO protocol, as the {@code EIO} query parameter names it. */
public enum EngineVersion {
    /** Spoken by socket.io-client 1.x and 2.x: the client sends the pings. */
    V3,
    /** Spoken by socket.io-client 3.x and 4.x: the server sends the pings. */
    V4
}
