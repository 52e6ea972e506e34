package dev.duet.server.http;

import dev.duet.server.Cidr;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which addresses count as this server's own network: loopback, private, link-local, shared (CGNAT), unique local, documentation, and whatever
 * shares a link with one of its interfaces.
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

    private final List<Cidr> onLink;

    Networks(List<Cidr> onLink) {
        this.onLink = List.copyOf(onLink);
    }

    /** The networks of this machine as they are now. */
    public static Networks ofThisMachine() {
        List<Cidr> links = new ArrayList<>();
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(network -> network.getInterfaceAddresses().stream())
                    .forEach(address -> link(address, links));
        } catch (SocketException e) {
            // Then only the well-known ranges are local.
            return new Networks(List.of());
        }
        return new Networks(links);
    }

    private static void link(InterfaceAddress address, List<Cidr> links) {
        int bits = address.getAddress().getAddress().length * 8;
        int prefix = address.getNetworkPrefixLength();
        if (prefix > 0 && prefix <= bits) {
            links.add(new Cidr(address.getAddress(), prefix));
        }
    }

    /** Whether nobody outside can have this address, whatever the machine. */
    public static boolean isWellKnownLocal(InetAddress address) {
        return LOCAL.stream().anyMatch(block -> block.contains(address));
    }

    /** Whether this address is on the server's own network. */
    public boolean isLocal(InetAddress address) {
        return isWellKnownLocal(address) || onLink.stream().anyMatch(block -> block.contains(address));
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
