package dev.duet.server.relay;

import dev.duet.stun.TransportAddress;
import dev.duet.turn.Family;
import dev.duet.turn.TurnServer;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The machine's addresses, as the relay sees them: which it listens on (each has a number, the same on every shard), on which it opens
 * relayed transport addresses, under which those are advertised, and which are its own. Immutable.
 */
final class RelayAddresses implements TurnServer.OwnAddresses {
    private static final int LISTENERS_MAX = 32;

    private final List<InetAddress> listeners;
    private final List<InetAddress> published;
    private final long[] own;

    private RelayAddresses(List<InetAddress> listeners, List<InetAddress> published, List<InetAddress> own) {
        this.listeners = listeners;
        this.published = published;
        this.own = own.stream()
                .map(address -> TransportAddress.of(address.getAddress(), 0))
                .distinct()
                .flatMapToLong(address -> java.util.stream.LongStream.of(address.high(), address.low()))
                .toArray();
    }

    /**
     * @param host the address to listen on; a wildcard stands for all of them
     * @param published under which the machine is known outside
     */
    static RelayAddresses of(InetAddress host, List<InetAddress> published) {
        List<InetAddress> all = ofThisMachine();
        List<InetAddress> listeners = host.isAnyLocalAddress()
                ? all.stream()
                        .filter(address -> !(host instanceof Inet4Address) || address instanceof Inet4Address)
                        .limit(LISTENERS_MAX)
                        .toList()
                : List.of(host);
        List<InetAddress> own = new ArrayList<>(published);
        // Loopback is nobody's peer anyway, unless it is all there is to relay on.
        all.stream().filter(address -> !address.isLoopbackAddress()).forEach(own::add);
        listeners.stream()
                .filter(address ->
                        !address.isLoopbackAddress() || listeners.stream().allMatch(InetAddress::isLoopbackAddress))
                .forEach(own::add);
        return new RelayAddresses(listeners, published, own);
    }

    private static List<InetAddress> ofThisMachine() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(RelayAddresses::isUp)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLinkLocalAddress() && !address.isMulticastAddress())
                    .toList();
        } catch (SocketException e) {
            return List.of(InetAddress.getLoopbackAddress());
        }
    }

    private static boolean isUp(NetworkInterface network) {
        try {
            return network.isUp();
        } catch (SocketException e) {
            return false;
        }
    }

    List<InetAddress> listeners() {
        return listeners;
    }

    /** The number of the listener with this address; the first one if there is none, as behind a proxy. */
    int listener(InetAddress address) {
        return Math.max(0, listeners.indexOf(address));
    }

    @Override
    public boolean contain(long high, long low) {
        for (int at = 0; at < own.length; at += 2) {
            if (own[at + 1] == low && own[at] == high) {
                return true;
            }
        }
        return false;
    }

    /** Where a client that came to this listener gets its relayed transport address: there if others can reach it, elsewhere if not. */
    Optional<InetAddress> relay(int listener, Family family) {
        InetAddress here = listeners.get(listener);
        if (family(here) == family && !here.isLoopbackAddress()) {
            return Optional.of(here);
        }
        return listeners.stream()
                .filter(address -> family(address) == family)
                .min((a, b) -> Boolean.compare(a.isLoopbackAddress(), b.isLoopbackAddress()));
    }

    /** What is told of a relayed transport address that is bound here. */
    InetAddress advertised(InetAddress bound) {
        if (bound.isLoopbackAddress()) {
            return bound;
        }
        return published.stream()
                .filter(address -> family(address) == family(bound))
                .findFirst()
                .orElse(bound);
    }

    /** All that relayed transport addresses are advertised under. */
    List<InetAddress> advertised() {
        boolean onlyLoopback = listeners.stream().allMatch(InetAddress::isLoopbackAddress);
        return listeners.stream()
                .filter(address -> onlyLoopback || !address.isLoopbackAddress())
                .map(this::advertised)
                .distinct()
                .toList();
    }

    static Family family(InetAddress address) {
        return address instanceof Inet4Address ? Family.IPV4 : Family.IPV6;
    }
}
