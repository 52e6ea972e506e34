package dev.duet.server.access;

import dev.duet.server.Cidr;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which addresses count as this server's own network: loopback, private, link-local, shared (CGNAT), unique local and documentation
 * addresses, and its own.
 */
public final class Networks {
    private static final List<Cidr> LOCAL = Stream.of(
                    "127.0.0.0/8", // loopback, RFC 1122
                    "::1/128",
                    "10.0.0.0/8", // private, RFC 1918
                    "172.16.0.0/12",
                    "192.168.0.0/16",
                    "169.254.0.0/16", // link-local, RFC 3927
                    "fe80::/10",
                    "100.64.0.0/10", // shared, RFC 6598
                    "fc00::/7", // unique local, RFC 4193
                    "192.0.2.0/24", // documentation, RFC 5737
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "2001:db8::/32") // RFC 3849
            .map(Cidr::parse)
            .toList();

    private final Set<InetAddress> own;
    private final Set<InetAddress> gateways;

    /**
     * Of a machine.
     *
     * @param own the addresses of its interfaces
     * @param gateways where it sends what goes elsewhere
     */
    Networks(Set<InetAddress> own, Set<InetAddress> gateways) {
        this.own = Set.copyOf(own);
        this.gateways = Set.copyOf(gateways);
    }

    /** The networks of this machine as they are now. Reads files: may block. */
    public static Networks ofThisMachine() {
        try {
            Set<InetAddress> own = NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .collect(Collectors.toSet());
            return new Networks(own, Gateways.ofThisMachine());
        } catch (SocketException e) {
            // Then only the well-known ranges are local.
            return new Networks(Set.of(), Gateways.ofThisMachine());
        }
    }

    /** Whether nobody outside can have this address, whatever the machine. */
    public static boolean isWellKnownLocal(InetAddress address) {
        return LOCAL.stream().anyMatch(block -> block.contains(address));
    }

    /**
     * Why this address counts as public; empty when it is this machine's or of a private network. A neighbour with a public address is a
     * stranger, and behind the default gateway there may be anybody.
     */
    Optional<WhyPublic> whyPublic(InetAddress address) {
        if (own.contains(address) || address.isLoopbackAddress()) {
            return Optional.empty();
        }
        if (gateways.contains(address)) {
            return Optional.of(WhyPublic.GATEWAY);
        }
        return isWellKnownLocal(address) ? Optional.empty() : Optional.of(WhyPublic.PUBLIC_ADDRESS);
    }

    /** The address for limits: all of IPv4, the first 64 bits of IPv6. */
    public static long limitKey(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4
                ? ByteBuffer.wrap(bytes).getInt()
                : ByteBuffer.wrap(bytes).getLong();
    }

    /** The address as logs show it: the /24 of IPv4, the /48 of IPv6. */
    public static String label(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return (bytes[0] & 0xFF) + "." + (bytes[1] & 0xFF) + "." + (bytes[2] & 0xFF) + ".0/24";
        }
        ByteBuffer words = ByteBuffer.wrap(bytes);
        return "%x:%x:%x::/48"
                .formatted(words.getShort() & 0xFFFF, words.getShort() & 0xFFFF, words.getShort() & 0xFFFF);
    }
}
