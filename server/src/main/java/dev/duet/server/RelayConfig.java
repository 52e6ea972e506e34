package dev.duet.server;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a {@link DuetServer} relays media that cannot go directly: by its own STUN and TURN server, by another one, or not at all. Immutable;
 * {@link #DEFAULT} relays by itself.
 *
 * @param mode who relays
 * @param host the only address to listen on; empty for all of this machine, whatever the server's own host is
 * @param udpPort the port for STUN and TURN over UDP; 0 takes any free one
 * @param portMin the first port of relayed transport addresses
 * @param portMax the last of them
 * @param publicAddresses under which this machine is known outside, at most one of IPv4 and one of IPv6; needed behind a NAT
 * @param allowedPeers addresses that peers may have although they are private or special
 * @param secrets the file with the shared secrets of usernames that others make, one a line, at most two
 * @param urls under which clients find this relay, as WebRTC's {@code urls}; empty when it is found where the server is
 * @param external the servers of {@link Mode#EXTERNAL}, as WebRTC's {@code urls}; their credentials are made with the first of the secrets
 * @param limits what one user may use
 */
public record RelayConfig(
        Mode mode,
        Optional<InetAddress> host,
        int udpPort,
        int portMin,
        int portMax,
        List<InetAddress> publicAddresses,
        List<Cidr> allowedPeers,
        Optional<Path> secrets,
        List<String> urls,
        List<String> external,
        RelayLimits limits) {
    /** The field's usual port. */
    public static final int STANDARD_PORT = 3478;

    /** The dynamic ports of RFC 6335; RFC 8656 section 7.2 asks for them. */
    public static final int PORT_MIN = 49_152;

    /** As it comes: Duet's own relay, reached by this machine's own addresses. */
    public static final RelayConfig DEFAULT = new RelayConfig(
            Mode.ON,
            Optional.empty(),
            STANDARD_PORT,
            PORT_MIN,
            0xffff,
            List.of(),
            List.of(),
            Optional.empty(),
            List.of(),
            List.of(),
            RelayLimits.DEFAULT);

    /** No relay: a call needs a direct way. */
    public static final RelayConfig OFF = DEFAULT.withMode(Mode.OFF);

    /** Who relays. */
    public enum Mode {
        /** This process; UDP by the fastest way the platform has. */
        ON,
        /** This process; UDP by the way that every platform has. */
        PORTABLE,
        /** A TURN server elsewhere, such as coturn. */
        EXTERNAL,
        /** Nobody. */
        OFF
    }

    public RelayConfig {
        publicAddresses = List.copyOf(publicAddresses);
        allowedPeers = List.copyOf(allowedPeers);
        urls = List.copyOf(urls);
        external = List.copyOf(external);
        if (portMin < 1 || portMin > portMax || portMax > 0xffff) {
            throw new IllegalArgumentException(
                    "relay ports " + portMin + " to " + portMax + " (expected: within 1 to 65535)");
        }
        if (mode == Mode.EXTERNAL && external.isEmpty()) {
            throw new IllegalArgumentException("no external TURN server (expected: at least one)");
        }
        long ipv4 = publicAddresses.stream()
                .filter(java.net.Inet4Address.class::isInstance)
                .count();
        if (ipv4 > 1 || publicAddresses.size() - ipv4 > 1) {
            throw new IllegalArgumentException(
                    "public addresses " + publicAddresses + " (expected: at most one of IPv4 and one of IPv6)");
        }
    }

    /** Whether this process relays. */
    public boolean isOwn() {
        return mode == Mode.ON || mode == Mode.PORTABLE;
    }

    public RelayConfig withMode(Mode value) {
        return new RelayConfig(
                value, host, udpPort, portMin, portMax, publicAddresses, allowedPeers, secrets, urls, external, limits);
    }

    /** It listens on this address only. */
    public RelayConfig withHost(InetAddress value) {
        return new RelayConfig(
                mode,
                value.isAnyLocalAddress() ? Optional.empty() : Optional.of(value),
                udpPort,
                portMin,
                portMax,
                publicAddresses,
                allowedPeers,
                secrets,
                urls,
                external,
                limits);
    }

    public RelayConfig withUdpPort(int value) {
        return new RelayConfig(
                mode, host, value, portMin, portMax, publicAddresses, allowedPeers, secrets, urls, external, limits);
    }

    /** Relayed transport addresses have these ports. */
    public RelayConfig withPorts(int min, int max) {
        return new RelayConfig(
                mode, host, udpPort, min, max, publicAddresses, allowedPeers, secrets, urls, external, limits);
    }

    public RelayConfig withPublicAddresses(List<InetAddress> value) {
        return new RelayConfig(
                mode, host, udpPort, portMin, portMax, value, allowedPeers, secrets, urls, external, limits);
    }

    public RelayConfig withAllowedPeers(List<Cidr> value) {
        return new RelayConfig(
                mode, host, udpPort, portMin, portMax, publicAddresses, value, secrets, urls, external, limits);
    }

    public RelayConfig withSecrets(Path value) {
        return new RelayConfig(
                mode,
                host,
                udpPort,
                portMin,
                portMax,
                publicAddresses,
                allowedPeers,
                Optional.of(value),
                urls,
                external,
                limits);
    }

    /** Clients find it under these, as behind a proxy that has the port 443. */
    public RelayConfig withUrls(List<String> value) {
        return new RelayConfig(
                mode, host, udpPort, portMin, portMax, publicAddresses, allowedPeers, secrets, value, external, limits);
    }

    /** Media is relayed by these servers. */
    public RelayConfig withExternal(List<String> value) {
        return new RelayConfig(
                Mode.EXTERNAL,
                host,
                udpPort,
                portMin,
                portMax,
                publicAddresses,
                allowedPeers,
                secrets,
                urls,
                value,
                limits);
    }

    public RelayConfig withLimits(RelayLimits value) {
        return new RelayConfig(
                mode, host, udpPort, portMin, portMax, publicAddresses, allowedPeers, secrets, urls, external, value);
    }
}
