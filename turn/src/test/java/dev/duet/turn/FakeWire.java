package dev.duet.turn;

import dev.duet.stun.TransportAddress;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Carries nothing: it writes down what it is given, and hands out ports in order. What a carrier may take for granted is checked. */
final class FakeWire implements Wire {
    private final Site site;
    private final Map<Integer, RelayAddress> sockets = new HashMap<>();
    private final Map<Integer, Relay> relays = new HashMap<>();
    private final Set<String> allocated = new HashSet<>();
    private final int firstPort;
    private int nextPort;
    private int nextSocket;

    /** The families it has. */
    final EnumSet<Family> families = EnumSet.allOf(Family.class);

    /** The families of which it has no more ports. */
    final EnumSet<Family> exhausted = EnumSet.noneOf(Family.class);

    FakeWire(Site site, int firstPort) {
        this.site = site;
        this.firstPort = firstPort;
        nextPort = firstPort;
    }

    /** Ports are handed out from the first one again. */
    void fromTheFirstPort() {
        nextPort = firstPort;
    }

    @Override
    public Optional<RelayAddress> open(Client client, Family family, boolean even) {
        if (exhausted.contains(family)) {
            return Optional.empty();
        }
        while ((even && nextPort % 2 == 1) || !site.relays.isFree(family, nextPort)) {
            nextPort++;
        }
        TransportAddress host = family == Family.IPV4 ? Site.HOST : Site.HOST6;
        TransportAddress advertised = new TransportAddress(host.high(), host.low(), nextPort++);
        RelayAddress address = new RelayAddress(nextSocket++, advertised, advertised);
        sockets.put(address.socket(), address);
        return Optional.of(address);
    }

    @Override
    public boolean has(Family family) {
        return families.contains(family);
    }

    @Override
    public void opened(Relay relay) {
        require(sockets.containsKey(relay.socket()), "opened without a socket");
        require(relays.put(relay.socket(), relay) == null, "opened twice");
    }

    @Override
    public void close(Relay relay) {
        require(sockets.remove(relay.socket()) != null, "closed twice");
        relays.remove(relay.socket());
    }

    @Override
    public void toPeer(Relay relay, long high, long low, int port, Datagram datagram) {
        require(relays.get(relay.socket()) == relay, "sent by a socket that is not open");
        require(port != 0, "sent to port 0");
        if (site.quiet) {
            return;
        }
        site.toPeers.add(new Site.ToPeer(relay, new TransportAddress(high, low, port), bytes(datagram)));
    }

    @Override
    public void toClient(Client client, Datagram datagram) {
        if (!site.quiet) {
            site.toClients.add(new Site.ToClient(client, bytes(datagram)));
        }
    }

    @Override
    public void allocated(Client client, boolean has) {
        String key = client.transport() + " " + client.address() + " " + client.listener();
        require(has ? allocated.add(key) : allocated.remove(key), key + " has an allocation: " + has + ", again");
    }

    /** How many clients have an allocation, as it was told. */
    int allocated() {
        return allocated.size();
    }

    int open() {
        return sockets.size();
    }

    List<Relay> relays() {
        return List.copyOf(relays.values());
    }

    Optional<Relay> relayAt(TransportAddress address) {
        return relays.values().stream()
                .filter(relay -> relay.bound().equals(address))
                .findFirst();
    }

    private static byte[] bytes(Datagram datagram) {
        byte[] bytes = new byte[datagram.length()];
        datagram.buffer().get(datagram.offset(), bytes);
        return bytes;
    }

    private static void require(boolean kept, String broken) {
        if (!kept) {
            throw new AssertionError(broken);
        }
    }
}
