package dev.duet.cli;

import dev.duet.server.tls.LocalNames;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Comparator;
import java.util.List;

/** Where to listen, and under which addresses others then find us. */
final class Hosts {
    static final String ALL = "*";
    static final int SHOWN_MAX = 4;
    /** TEST-NET-1: never answers, but has a route on every machine that has one at all. */
    private static final InetAddress SOMEWHERE_ELSE = InetAddress.ofLiteral("192.0.2.1");

    private Hosts() {}

    /** The literal to bind: for {@code *} both families where the machine has IPv6, else IPv4. */
    static String bindable(String host) {
        if (host.equals("localhost")) {
            return "127.0.0.1";
        }
        if (!host.equals(ALL)) {
            return host;
        }
        try (var _ = new ServerSocket(0, 1, InetAddress.ofLiteral("::"))) {
            return "::";
        } catch (IOException e) {
            return "0.0.0.0";
        }
    }

    /** The addresses to show for the network, the likeliest first; empty when only this machine is served. */
    static List<String> reachable(String host) {
        boolean every = host.equals(ALL) || host.equals("0.0.0.0") || host.equals("::");
        if (!every) {
            return host.equals("localhost") || host.startsWith("127.") || host.equals("::1")
                    ? List.of()
                    : List.of(inUrl(host));
        }
        InetAddress likeliest = sourceAddress();
        return LocalNames.discover().addresses().stream()
                .filter(address -> !address.isLoopbackAddress())
                .filter(address -> !host.equals("0.0.0.0") || address instanceof Inet4Address)
                .sorted(Comparator.<InetAddress>comparingInt(address -> rank(address, likeliest))
                        .thenComparing(InetAddress::getHostAddress))
                .limit(SHOWN_MAX)
                .map(address -> inUrl(address.getHostAddress()))
                .toList();
    }

    static String inUrl(String host) {
        boolean literal = host.indexOf(':') >= 0 && !host.startsWith("[");
        return literal ? "[" + host.replaceFirst("(^|:)(0(:|$)){2,}", "::") + "]" : host;
    }

    private static int rank(InetAddress address, InetAddress likeliest) {
        if (address.equals(likeliest)) {
            return 0;
        }
        if (address instanceof Inet6Address) {
            return 3;
        }
        return address.isSiteLocalAddress() ? 1 : 2;
    }

    /** Which of our addresses a packet to elsewhere would carry. Sends nothing. */
    private static InetAddress sourceAddress() {
        try (var socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(SOMEWHERE_ELSE, 9));
            return socket.getLocalAddress();
        } catch (IOException | java.io.UncheckedIOException e) {
            return InetAddress.getLoopbackAddress();
        }
    }
}
