package dev.duet.cli;

import dev.duet.server.access.Interfaces;
import dev.duet.server.access.Literals;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;

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
        return Interfaces.reachable(sourceAddress()).stream()
                .filter(address -> !host.equals("0.0.0.0") || address instanceof Inet4Address)
                .limit(SHOWN_MAX)
                .map(Literals::inUrl)
                .toList();
    }

    static String inUrl(String host) {
        return Literals.parse(host).map(Literals::inUrl).orElse(host);
    }

    /** Which of our addresses a packet to elsewhere would carry. Sends nothing. */
    private static Optional<InetAddress> sourceAddress() {
        try (var socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(SOMEWHERE_ELSE, 9));
            return Optional.of(socket.getLocalAddress());
        } catch (IOException | java.io.UncheckedIOException e) {
            return Optional.empty();
        }
    }
}
