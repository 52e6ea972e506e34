package dev.duet.turn;

import dev.duet.stun.LongTermKey;
import dev.duet.stun.TransportAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A server of two shards in memory: its time, its users, and all that it sends. */
final class Site {
    static final TransportAddress HOST = ipv4(9, 1, 1, 1, 0);
    static final TransportAddress HOST6 = new TransportAddress(0x2600_0000_0000_0000L, 1, 0);
    static final TransportAddress PEER = ipv4(5, 6, 7, 8, 4_000);
    static final TransportAddress PEER6 = new TransportAddress(0x2600_1111_0000_0000L, 8, 4_000);

    /** They have a password each. */
    static final Set<String> NAMES = Set.of("ann", "bob");

    private static final int SHARDS = 2;
    private static final int PORTS_OF_A_SHARD = 1_000;
    private static final int FIRST_PORT = 50_000;

    /** Two users who wait may have an allocation, not three. */
    final WaitingPool pool = new WaitingPool(2);

    final Map<String, User> users = new HashMap<>();
    final Relays relays = new Relays();
    final List<FakeWire> wires = new ArrayList<>();
    final List<TurnShard> shards = new ArrayList<>();
    final TurnServer server;
    long now = 1_000 * TurnOptions.NANOS;

    /** When nothing is to be written down any more. */
    boolean quiet;

    /** Datagrams and messages to clients, oldest first. */
    final List<ToClient> toClients = new ArrayList<>();

    /** Datagrams to peers, oldest first. */
    final List<ToPeer> toPeers = new ArrayList<>();

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record ToClient(Client client, byte[] bytes) {}

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record ToPeer(Relay relay, TransportAddress peer, byte[] bytes) {}

    Site() {
        this(TurnOptions.DEFAULT);
    }

    Site(TurnOptions options) {
        this(options, 4, 0);
    }

    Site(TurnOptions options, int allocationsMax, long bitsPerSecondMax) {
        this(options, new PeerPolicy(List.of(), (_, _) -> false), allocationsMax, bitsPerSecondMax);
    }

    Site(TurnOptions options, PeerPolicy policy, int allocationsMax, long bitsPerSecondMax) {
        NAMES.forEach(name -> users.put(name, new User(name, allocationsMax, bitsPerSecondMax, now, pool)));
        server = new TurnServer(options, new Known(), policy, Site::isOwn, relays, new byte[16]);
        for (int i = 0; i < SHARDS; i++) {
            FakeWire wire = new FakeWire(this, FIRST_PORT + i * PORTS_OF_A_SHARD);
            wires.add(wire);
            shards.add(new TurnShard(server, wire, 77 + i, now));
        }
    }

    static TransportAddress ipv4(int a, int b, int c, int d, int port) {
        return TransportAddress.of(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d}, port);
    }

    static boolean isOwn(long high, long low) {
        return (high == HOST.high() && low == HOST.low()) || (high == HOST6.high() && low == HOST6.low());
    }

    static String password(String name) {
        return "the password of " + name;
    }

    User user(String name) {
        return users.getOrDefault(name, new User(name, 0, 0, now));
    }

    /** A client of the first shard, by UDP. */
    FakeClient client(String name, int host) {
        return client(name, host, 0, Client.Transport.UDP);
    }

    FakeClient client(String name, int host, int shard, Client.Transport transport) {
        return new FakeClient(this, name, ipv4(20, 0, host, 1, 6_000), shard, transport);
    }

    void pass(long seconds) {
        now += seconds * TurnOptions.NANOS;
    }

    void tick() {
        shards.forEach(shard -> shard.tick(now));
    }

    /** A datagram comes from a peer to a relayed address; nothing happens when nobody has it. */
    void fromPeer(TransportAddress peer, TransportAddress relayed, byte[] bytes) {
        for (int i = 0; i < SHARDS; i++) {
            TurnShard shard = shards.get(i);
            wires.get(i).relayAt(relayed).ifPresent(relay -> {
                Datagram datagram = Datagram.allocate();
                datagram.buffer().put(Datagram.HEADROOM, bytes);
                shard.fromPeer(relay, datagram.received(peer.high(), peer.low(), peer.port(), bytes.length), now);
            });
        }
    }

    /** How many relays the wires have open. */
    int open() {
        return wires.stream().mapToInt(FakeWire::open).sum();
    }

    long dropped(TurnCounters.Drop why) {
        return shards.stream().mapToLong(shard -> shard.counters().dropped(why)).sum();
    }

    long relayed() {
        return shards.stream().mapToLong(shard -> shard.counters().relayed()).sum();
    }

    long handedOver() {
        return shards.stream().mapToLong(shard -> shard.counters().handedOver()).sum();
    }

    private final class Known implements Credentials {
        @Override
        public List<Credential> byName(String username) {
            return NAMES.contains(username)
                    ? List.of(
                            new Credential(username, "an older password", () -> user(username)),
                            new Credential(username, password(username), () -> user(username)))
                    : List.of();
        }

        @Override
        public List<Credential> byHash(byte[] userHash) {
            return NAMES.stream()
                    .filter(name -> java.util.Arrays.equals(
                            LongTermKey.userHash(name, server.options().realm()), userHash))
                    .flatMap(name -> byName(name).stream())
                    .toList();
        }
    }
}
