package dev.duet.javaclient;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** How a client is told to connect. */
enum Mode {
    /** Starts with polling and changes to a WebSocket. */
    DEFAULT,
    POLLING,
    WEBSOCKET;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What transports it has to end up with having tried. */
    Set<String> tried() {
        return this == DEFAULT ? Set.of(POLLING.label(), WEBSOCKET.label()) : Set.of(label());
    }

    /** The only transports of this mode; empty if the client decides. */
    Optional<String[]> transports() {
        return this == DEFAULT ? Optional.empty() : Optional.of(new String[] {label()});
    }
}
