package dev.duet.server;

/** What the plain http port does for a request whose Host is not this machine itself; {@code localhost} is always served. */
public enum HttpMode {
    /** Answer 308 with the https address. */
    REDIRECT,
    /** Serve the pages; a browser then gives them no camera, unless a proxy in front of Duet speaks https. */
    SERVE
}
