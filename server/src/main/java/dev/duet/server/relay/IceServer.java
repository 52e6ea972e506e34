package dev.duet.server.relay;

import java.util.List;
import java.util.Optional;

/**
 * STUN or TURN servers for a browser, as W3C's {@code RTCIceServer} has them.
 *
 * @param login empty for STUN
 */
public record IceServer(List<String> urls, Optional<Login> login) {
    public IceServer {
        urls = List.copyOf(urls);
    }

    /** A username with its password. */
    public record Login(String username, String credential) {}
}
