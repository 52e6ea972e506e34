package dev.duet.server.relay;

import dev.duet.server.DuetStartException;
import dev.duet.server.RelayConfig;
import dev.duet.server.RelayLimits;
import dev.duet.server.access.Interfaces;
import dev.duet.server.access.Literals;
import dev.duet.server.log.LogEvent;
import dev.duet.stun.TransportAddress;
import dev.duet.turn.PeerPolicy;
import dev.duet.turn.Relays;
import dev.duet.turn.TurnCounters;
import dev.duet.turn.TurnOptions;
import dev.duet.turn.TurnServer;
import dev.duet.turn.TurnShard;
import dev.duet.turn.User;
import dev.duet.turn.WaitingPool;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The STUN and TURN server: its shards, its users, and the connections of clients that cannot use UDP.
 *
 * <p>Thread-safe.
 */
public final class RelayServer implements AutoCloseable {
    /** The realm of all credentials. */
    public static final String REALM = "duet";

    private static final Logger log = LoggerFactory.getLogger(RelayServer.class);
    private static final int SECRET_BYTES = 32;
    private static final int BURST = 10;
    private static final int PORT_TRIES = 16;

    /** An allocation whose participant lost the connection to the server is closed when nothing was relayed for so long. */
    private static final Duration IDLE = Duration.ofSeconds(10);

    /** In which a call finds its path; what was allocated in waiting and is used after it is that path. */
    private static final Duration PATH = Duration.ofSeconds(60);

    /** Of the relay's ports those who wait for a call get at most this part together. */
    private static final int WAITING_PART = 4;

    /** How long a busy shard lets datagrams gather, see {@link Pauses}. */
    private static final Duration PAUSE = Duration.ofNanos(200_000);

    private final RelayLimits limits;
    private final SharedSecrets secrets;
    private final RelayUsers users;
    private final RelayAddresses addresses;
    private final Relays relays = new Relays();
    private final List<RelayShard> shards;
    private final UdpSocketsFactory.Way way;
    private final WaitingPool pool;
    private final AdvertisedUrls urls;
    private final Set<User> lingering = ConcurrentHashMap.newKeySet();
    /** Users whose call has begun lately, and when: what they took to wait for it is closed when it has another path. */
    private final Map<User, Long> begun = new ConcurrentHashMap<>();

    /** What could not be listened on yet. */
    private final Queue<RelayAddresses.Change> failed = new ConcurrentLinkedQueue<>();

    private final AtomicInteger nextShard = new AtomicInteger();
    private final BusyUsers busyUsers = new BusyUsers();
    private volatile int busy;
    /** How often those who wait had been refused when the housekeeping was last done. */
    private int refusedBefore;

    /**
     * Binds and relays.
     *
     * @param shards how many threads
     * @throws DuetStartException when the port cannot be bound, or the file of secrets cannot be read
     */
    public static RelayServer start(RelayConfig config, int shards) {
        RelayServer server = new RelayServer(config, shards);
        server.shards.forEach(RelayShard::start);
        return server;
    }

    private RelayServer(RelayConfig config, int count) {
        limits = config.limits();
        secrets = new SharedSecrets(config.secrets());
        SecureRandom random = new SecureRandom();
        byte[] credentialSecret = new byte[SECRET_BYTES];
        byte[] nonceSecret = new byte[SECRET_BYTES];
        random.nextBytes(credentialSecret);
        random.nextBytes(nonceSecret);
        pool = new WaitingPool((config.portMax() - config.portMin() + 1) / WAITING_PART);
        users = new RelayUsers(limits, REALM, credentialSecret, secrets, pool);
        addresses = new RelayAddresses(
                config.host(), config.publicAddresses(), Interfaces::addresses, RelayAddresses.bindable());
        TurnOptions usual = TurnOptions.DEFAULT;
        TurnOptions options = new TurnOptions(
                REALM,
                limits.permissionsMax(),
                limits.channelsMax(),
                usual.allocationsMax(),
                limits.answersPerSecond(),
                limits.answersPerSecond() * BURST,
                usual.answersPerSecondOfAll());
        PeerPolicy policy = new PeerPolicy(
                config.allowedPeers().stream().map(RelayServer::block).toList(), addresses);
        TurnServer server = new TurnServer(options, users, policy, addresses, relays, nonceSecret);
        urls = new AdvertisedUrls(this, config.urls());
        way = config.mode() == RelayConfig.Mode.PORTABLE ? UdpSocketsFactory.Way.NIO : UdpSocketsFactory.Way.BEST;
        shards = bind(config, server, count);
        LogEvent.of("relay-started")
                .with("engine", engine())
                .with("udp", udpPort())
                .with("ports", config.portMin() + "-" + config.portMax())
                .with(
                        "addresses",
                        addresses.present().stream()
                                .map(InetAddress::getHostAddress)
                                .toList())
                .to(log, Level.INFO);
    }

    /** Any free port has to be free on every address: another one is tried when it is not. */
    private List<RelayShard> bind(RelayConfig config, TurnServer server, int count) {
        int tries = config.udpPort() == 0 ? PORT_TRIES : 1;
        for (int i = 1; ; i++) {
            List<RelayShard> made = new ArrayList<>();
            try {
                int port = config.udpPort() == 0 ? anyPort() : config.udpPort();
                checkFree(port);
                RelaySettings settings = new RelaySettings(addresses, port, config.portMin(), config.portMax(), PAUSE);
                for (int number = 0; number < count; number++) {
                    made.add(new RelayShard(
                            number,
                            settings,
                            server,
                            UdpSocketsFactory.open(way).sockets()));
                }
                return List.copyOf(made);
            } catch (IOException e) {
                made.forEach(RelayShard::abandon);
                if (i == tries) {
                    throw new DuetStartException(
                            "relay-port-taken",
                            "UDP port " + config.udpPort() + " cannot be opened for the relay (" + e.getMessage()
                                    + "); stop the program that has it, or choose another with --relay-port",
                            e);
                }
            }
        }
    }

    /** The shards share their port, and would share it with another process of the same user just as well. */
    private void checkFree(int port) throws IOException {
        try (UdpSockets sockets = UdpSocketsFactory.open(way).sockets()) {
            for (InetAddress address : addresses.listeners()) {
                sockets.close(sockets.open(new InetSocketAddress(address, port), false));
            }
        }
    }

    private int anyPort() throws IOException {
        try (UdpSockets sockets = UdpSocketsFactory.open(way).sockets()) {
            int socket =
                    sockets.open(new InetSocketAddress(addresses.listeners().getFirst(), 0), false);
            return sockets.local(socket).getPort();
        }
    }

    private static PeerPolicy.Block block(dev.duet.server.Cidr block) {
        TransportAddress network = TransportAddress.of(block.network().getAddress(), 0);
        int bits = network.isIpv4() ? block.prefixBits() + 96 : block.prefixBits();
        return new PeerPolicy.Block(network.high(), network.low(), bits);
    }

    /** The port it listens on by UDP. */
    public int udpPort() {
        return shards.getFirst().local(0).getPort();
    }

    /** The addresses it listens on. */
    public List<InetAddress> listeners() {
        return addresses.present();
    }

    /** Under which addresses relayed media is found, as this machine knows it; loopback only when there is nothing else. */
    public List<InetAddress> advertised() {
        return addresses.advertised();
    }

    /** Under which clients are told to find it; none when that is where the server is. */
    public AdvertisedUrls urls() {
        return urls;
    }

    /** How it carries datagrams, e.g. {@code recvmmsg, UDP GSO}. */
    public String engine() {
        return shards.getFirst().engine();
    }

    // ---- users ----

    IceServer.Login login(String participant) {
        return users.login(participant);
    }

    IceServer.Login visitorLogin(String visitor) {
        return users.visitorLogin(visitor);
    }

    /** The participant is alone: it reaches other waiting users of this relay and nothing else, and takes from the pool of those who wait. */
    void waits(String participant) {
        users.waits(participant, true);
    }

    /** The participant is in company: its call may begin. */
    void meets(String participant) {
        users.waits(participant, false).ifPresent(user -> begun.put(user, System.nanoTime()));
    }

    Duration credentialLife() {
        return limits.credentialLife();
    }

    /** Bytes that were relayed for a participant until now: sent by them, and received by them. */
    public Optional<Relayed> relayed(String participant) {
        return users.user(participant).map(user -> new Relayed(user.bytesToPeers(), user.bytesFromPeers()));
    }

    /** Bytes of data, without headers. */
    public record Relayed(long sent, long received) {}

    /** A participant's seat has ended: so do their allocations, at once or when the call has ended too. */
    void gone(String participant, boolean connectionLost) {
        users.end(participant).ifPresent(user -> {
            if (connectionLost) {
                lingering.add(user);
            } else if (user.allocations() > 0) {
                shards.forEach(shard -> shard.submitSurely(turn -> turn.closeAll(user)));
            }
            if (user.bytesToPeers() + user.bytesFromPeers() > 0) {
                LogEvent.of("relayed")
                        .with("participant", participant)
                        .with("sent", user.bytesToPeers())
                        .with("received", user.bytesFromPeers())
                        .to(log, Level.INFO);
            }
        });
    }

    /** A shard whose queue is full is asked again by the next housekeeping. */
    private void closeIdle(User user, long sinceNanos) {
        shards.forEach(shard -> shard.submit(turn -> turn.closeIdle(user, sinceNanos)));
    }

    /** What has to be done every few seconds. */
    public void housekeeping() {
        housekeeping(System.nanoTime());
    }

    /** The machine has got or lost addresses. */
    private void refreshAddresses() {
        List<RelayAddresses.Change> again = new ArrayList<>();
        for (var change = failed.poll(); change != null; change = failed.poll()) {
            if (addresses.listeners().get(change.listener()).equals(change.address())) {
                again.add(change);
            }
        }
        Optional<List<RelayAddresses.Change>> changes = addresses.refresh();
        again.addAll(changes.orElse(List.of()));
        again.stream().distinct().forEach(change -> shards.forEach(shard -> shard.listen(change, failed::add)));
        if (changes.isPresent()) {
            shards.forEach(shard -> shard.submitSurely(TurnShard::ownAddressesChanged));
            LogEvent.of("relay-addresses")
                    .with("addresses", listeners().stream().map(Literals::text).toList())
                    .to(log, Level.INFO);
        }
    }

    void housekeeping(long nowNanos) {
        secrets.refresh();
        users.forgetIdle();
        refreshAddresses();
        begun.entrySet().removeIf(entry -> nowNanos - entry.getValue() > PATH.toNanos());
        begun.forEach((user, sinceNanos) -> {
            if (nowNanos - sinceNanos > IDLE.toNanos()) {
                shards.forEach(shard -> shard.submit(turn -> turn.closeIdleStanding(user, nowNanos - IDLE.toNanos())));
            }
        });
        lingering.removeIf(user -> user.allocations() == 0);
        List.copyOf(lingering).forEach(user -> closeIdle(user, nowNanos - IDLE.toNanos()));
        busy = busyUsers.look(Stream.concat(users.all(), lingering.stream()), nowNanos);
        int refused = pool.refused();
        if (refused != refusedBefore) {
            LogEvent.of("waiting-pool-full")
                    .with("allocations", pool.taken())
                    .with("max", pool.max())
                    .with("refused", refused - refusedBefore)
                    .with("fix", "calls begin with the click, not before it; more --relay-ports give more")
                    .to(log, Level.WARN);
            refusedBefore = refused;
        }
    }

    /** Whether it is found where clients are told; blocks for seconds. */
    public void checkUrls() {
        if (!urls.all().isEmpty()) {
            urls.ask();
        }
    }

    /** Users whose calls were relayed when the housekeeping was last done. */
    public int busyCount() {
        return busy;
    }

    /** Allocations live on, but there are no new ones: clients are sent to that server, or away when there is none. */
    public void drain(Optional<TransportAddress> alternate) {
        shards.forEach(shard -> shard.submitSurely(turn -> turn.drain(alternate)));
    }

    // ---- connected clients ----

    /**
     * The handler for a connection that turned out to be a TURN client's.
     *
     * @param remote the client's address, as a trusted proxy may have told it
     */
    public ChannelHandler newStream(Channel channel, InetAddress remote, boolean secure) {
        RelayShard shard = shards.get(Math.floorMod(nextShard.getAndIncrement(), shards.size()));
        int port = ((InetSocketAddress) channel.remoteAddress()).getPort();
        int listener = addresses.listener(((InetSocketAddress) channel.localAddress()).getAddress());
        var address = TransportAddress.of(new InetSocketAddress(remote, port));
        return new RelayStream(shard, channel, address, listener, secure);
    }

    // ---- figures ----

    /** Relayed transport addresses that are open; exact only while nothing happens. */
    public int relayCount() {
        return relays.count();
    }

    /** Allocations of those who wait for a call, of how many there may be, and how often there was none left for somebody. */
    public Waiting waiting() {
        return new Waiting(pool.taken(), pool.max(), pool.refused());
    }

    /** What those who wait for a call hold. */
    public record Waiting(int allocations, int max, int refused) {}

    /** Users that are known; exact only while nothing happens. */
    int userCount() {
        return users.count();
    }

    /** A figure of all shards. */
    public long sum(ToLongFunction<TurnCounters> figure) {
        return shards.stream()
                .mapToLong(shard -> figure.applyAsLong(shard.counters()))
                .sum();
    }

    @Override
    public void close() {
        shards.forEach(RelayShard::stop);
    }
}
