package dev.duet.server.relay;

import dev.duet.server.access.Literals;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * This process relays. Thread-safe.
 */
public final class OwnIceServers implements IceServers {
    private final RelayServer relay;
    private final List<InetAddress> published;
    private final Supplier<Ports> ports;

    /** Where this server takes connections, for clients that cannot use UDP. */
    public record Ports(OptionalInt tcp, OptionalInt tls) {}

    /**
     * @param published under which the machine is known outside
     * @param ports asked each time
     */
    public OwnIceServers(RelayServer relay, List<InetAddress> published, Supplier<Ports> ports) {
        this.relay = relay;
        this.published = List.copyOf(published);
        this.ports = ports;
    }

    @Override
    public List<IceServer> forParticipant(String participant, String host) {
        return servers(host, relay.login(participant));
    }

    @Override
    public List<IceServer> forVisitor(String visitor, String host) {
        return servers(host, relay.visitorLogin(visitor));
    }

    private List<IceServer> servers(String host, IceServer.Login login) {
        if (!relay.urls().all().isEmpty()) {
            return named(relay.urls().usable(), login);
        }
        String reachable = reachable(host);
        String udp = reachable + ':' + relay.udpPort();
        List<String> turn = new ArrayList<>();
        turn.add("turn:" + udp + "?transport=udp");
        Ports now = ports.get();
        now.tcp().ifPresent(port -> turn.add("turn:" + reachable + ':' + port + "?transport=tcp"));
        now.tls().ifPresent(port -> {
            turn.add("turns:" + reachable + ':' + port + "?transport=tcp");
            if (isAddress(reachable)) { // Firefox takes turns: with names only; that port understands plain TURN too.
                turn.add("turn:" + reachable + ':' + port + "?transport=tcp");
            }
        });
        return List.of(
                new IceServer(List.of("stun:" + udp), Optional.empty()), new IceServer(turn, Optional.of(login)));
    }

    /** As they are said; one that relays by UDP answers STUN as well. */
    private static List<IceServer> named(List<String> urls, IceServer.Login login) {
        List<String> stun = new ArrayList<>();
        List<String> turn = new ArrayList<>();
        for (String url : urls) {
            if (url.startsWith("stun")) {
                stun.add(url);
                continue;
            }
            turn.add(url);
            if (url.startsWith("turn:") && !url.endsWith("=tcp")) {
                stun.add("stun:" + url.substring("turn:".length()).replaceFirst("\\?.*", ""));
            }
        }
        return Stream.of(
                        new IceServer(stun.stream().distinct().toList(), Optional.empty()),
                        new IceServer(turn, Optional.of(login)))
                .filter(server -> !server.urls().isEmpty())
                .toList();
    }

    /** A browser binds its sockets to the network, and "localhost" is not there. */
    private String reachable(String host) {
        boolean local = host.equals("localhost")
                || host.endsWith(".localhost")
                || host.equals("[::1]")
                || host.startsWith("127.");
        return !local
                ? host
                : published.stream()
                        .findFirst()
                        .or(() -> relay.listeners().stream()
                                .filter(address -> !address.isLoopbackAddress())
                                .findFirst())
                        .map(Literals::inUrl)
                        .orElse(host);
    }

    private static boolean isAddress(String host) {
        return host.startsWith("[") || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }

    @Override
    public Duration life() {
        return relay.credentialLife();
    }

    @Override
    public void waits(String participant) {
        relay.waits(participant);
    }

    @Override
    public void meets(String participant) {
        relay.meets(participant);
    }

    @Override
    public void gone(String participant, boolean connectionLost) {
        relay.gone(participant, connectionLost);
    }
}
