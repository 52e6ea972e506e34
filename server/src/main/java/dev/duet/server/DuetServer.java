package dev.duet.server;

import dev.duet.server.access.Access;
import dev.duet.server.access.Networks;
import dev.duet.server.access.OwnNames;
import dev.duet.server.dialect.CourseDialect;
import dev.duet.server.dialect.DuetDialect;
import dev.duet.server.dialect.Sources;
import dev.duet.server.http.FrontDoor;
import dev.duet.server.http.FrontDoor.Entrance;
import dev.duet.server.http.Requests;
import dev.duet.server.http.TlsContexts;
import dev.duet.server.log.LogEvent;
import dev.duet.server.relay.ExternalIceServers;
import dev.duet.server.relay.IceServers;
import dev.duet.server.relay.OwnIceServers;
import dev.duet.server.relay.RelayServer;
import dev.duet.server.rooms.Directory;
import dev.duet.server.rooms.Policy;
import dev.duet.server.rooms.RoomShards;
import dev.duet.signaling.Limits;
import dev.duet.signaling.LocalDirectory;
import dev.duet.signaling.Output;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A running Duet server: started by {@link #start}, stopped by {@link #close}. This is also where it is put together.
 *
 * <p>Thread-safe.
 */
public final class DuetServer implements AutoCloseable {
    /** The version that {@code hello} names. */
    public static final String VERSION = "0.1.0";

    private static final Logger log = LoggerFactory.getLogger(DuetServer.class);
    private static final int CERTIFICATE_CHECK_SECONDS = 5;
    private static final int HOUSEKEEPING_SECONDS = 2;
    private static final int URL_CHECK_SECONDS = 5;

    private final Engine engine;
    private final Optional<RelayServer> relay;
    private final IceServers iceServers;
    private final Optional<TlsContexts> tls;
    private final RoomShards shards;
    private final Access access;
    private final Requests requests;
    private final DuetDialect dialect;
    private final CourseDialect course;
    private final Drain drain;
    private final List<Channel> listening = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService housekeeping = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("duet-housekeeping").factory());
    private volatile Optional<InetSocketAddress> https = Optional.empty();
    private volatile Optional<InetSocketAddress> http = Optional.empty();
    private volatile boolean ready;
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * Binds the ports and serves.
     *
     * @throws DuetStartException when a port cannot be bound, or the folder of pages is not there
     * @throws dev.duet.server.tls.TlsConfigurationException when the certificate cannot be used
     */
    public static DuetServer start(DuetConfig config) {
        long firstStamp = System.currentTimeMillis() * 1_000;
        return start(config, Policy.EVERYBODY, _ -> Directory.local(new LocalDirectory(config.capacity(), firstStamp)));
    }

    /** Starts with another policy and other directories, one for each event loop. */
    static DuetServer start(DuetConfig config, Policy policy, IntFunction<Directory> directories) {
        Requests.check(config);
        DuetServer server = new DuetServer(config, policy, directories);
        try {
            server.bind(config);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private DuetServer(DuetConfig config, Policy policy, IntFunction<Directory> directories) {
        tls = config.certificates().map(TlsContexts::new);
        engine = Engine.start(config.eventLoops());
        List<EventLoop> loops = engine.loops();
        relay = config.relay().isOwn() ? Optional.of(startRelay(config, loops.size())) : Optional.empty();
        iceServers = iceServers(config);
        if (iceServers == IceServers.NONE) {
            LogEvent.of("no-relay")
                    .with("hint", "no relay: calls need a direct way")
                    .to(log, Level.INFO);
        }
        Limits roomLimits = Limits.of(config.capacity(), config.seatGrace())
                .with(
                        config.limits().candidatesMax(),
                        config.limits().descriptionBytesMax(),
                        config.limits().messageBytesMax());
        shards = new RoomShards(loops, roomLimits, policy, directories, this::gone);
        SecureRandom random = new SecureRandom();
        byte[] secret =
                config.secret().orElseGet(() -> ServerSecret.random(random)).bytes();
        Sources sources = new Sources(config.limits());
        var identity = new DuetDialect.Identity(VERSION, secret, random, sources, iceServers);
        dialect = new DuetDialect(loops, shards, config.limits(), roomLimits, identity);
        course = new CourseDialect(loops, shards, config.limits(), identity);
        access = new Access(config.anonymous(), config.trustedProxies(), Networks::ofThisMachine);
        everyFewSeconds(access::refresh);
        requests = new Requests(
                config,
                new Requests.Parts(
                        tls,
                        OwnNames.of(tls.map(TlsContexts::certificate)),
                        access,
                        dialect,
                        course,
                        sources,
                        () -> https.map(InetSocketAddress::getPort).orElse(DuetConfig.OFF),
                        () -> ready,
                        () -> closed.getCount() > 0));
        drain = new Drain(shards, course, relay, dialect, random::nextDouble);
        tls.ifPresent(contexts -> housekeeping.scheduleWithFixedDelay(
                contexts::refresh, CERTIFICATE_CHECK_SECONDS, CERTIFICATE_CHECK_SECONDS, TimeUnit.SECONDS));
    }

    private RelayServer startRelay(DuetConfig config, int shards) {
        try {
            return RelayServer.start(config.relay(), shards);
        } catch (DuetStartException e) {
            // Nobody has asked for this very port: another one does for a program that has a call server in it.
            if (config.relay() != RelayConfig.DEFAULT || !e.code().equals("relay-port-taken")) {
                engine.stop();
                throw e;
            }
            RelayServer instead = RelayServer.start(config.relay().withUdpPort(0), shards);
            LogEvent.of("relay-port-taken")
                    .with("port", RelayConfig.STANDARD_PORT)
                    .with("instead", instead.udpPort())
                    .with("fix", "name a port with RelayConfig.withUdpPort, or switch the relay off")
                    .to(log, Level.WARN);
            return instead;
        } catch (RuntimeException e) {
            engine.stop();
            throw e;
        }
    }

    private IceServers iceServers(DuetConfig config) {
        if (config.relay().mode() == RelayConfig.Mode.EXTERNAL) {
            var external = new ExternalIceServers(config.relay());
            everyFewSeconds(external::housekeeping);
            return external;
        }
        return relay.<IceServers>map(own -> {
                    everyFewSeconds(own::housekeeping);
                    return new OwnIceServers(own, config.relay().publicAddresses(), this::streamPorts);
                })
                .orElse(IceServers.NONE);
    }

    private void everyFewSeconds(Runnable task) {
        housekeeping.scheduleWithFixedDelay(task, HOUSEKEEPING_SECONDS, HOUSEKEEPING_SECONDS, TimeUnit.SECONDS);
    }

    private OwnIceServers.Ports streamPorts() {
        return new OwnIceServers.Ports(port(http), port(https));
    }

    /** What listens on loopback only is no way to a relay. */
    private static OptionalInt port(Optional<InetSocketAddress> address) {
        return address.filter(bound -> !bound.getAddress().isLoopbackAddress())
                .map(bound -> OptionalInt.of(bound.getPort()))
                .orElse(OptionalInt.empty());
    }

    private void gone(Output.Gone gone) {
        LogEvent.of("left")
                .with("participant", gone.participant().value())
                .with("reason", gone.why().id())
                .with("seconds", TimeUnit.NANOSECONDS.toSeconds(gone.seatNanos()))
                .to(log, Level.INFO);
        iceServers.gone(gone.participant().value(), gone.connectionLost());
    }

    private void bind(DuetConfig config) {
        if (config.httpsPort() != DuetConfig.OFF && tls.isPresent()) {
            https = Optional.of(bind(config, config.httpsPort(), Entrance.HTTPS_PORT));
        }
        if (config.httpPort() != DuetConfig.OFF) {
            http = Optional.of(bind(config, config.httpPort(), Entrance.HTTP_PORT));
        }
        if (https.isEmpty() && http.isEmpty()) {
            throw new DuetStartException("no-port", "no port to serve on: https needs a certificate, and http is off");
        }
        ready = true;
        relay.ifPresent(own -> {
            own.checkUrls();
            // Names are looked up: on a thread that may wait.
            housekeeping.scheduleWithFixedDelay(
                    () -> Thread.startVirtualThread(own::checkUrls),
                    URL_CHECK_SECONDS,
                    URL_CHECK_SECONDS,
                    TimeUnit.SECONDS);
        });
        LogEvent.of("started")
                .with("engine", engine())
                .with("https", https.orElse(null))
                .with("http", http.orElse(null))
                .to(log, Level.INFO);
    }

    private InetSocketAddress bind(DuetConfig config, int port, Entrance entrance) {
        InetSocketAddress address = new InetSocketAddress(config.host(), port);
        Channel channel =
                Listening.bind(engine, address, config.limits(), new FrontDoor(entrance, requests, tls, access, relay));
        listening.add(channel);
        return (InetSocketAddress) channel.localAddress();
    }

    /** Where https is served, with the real port. */
    public Optional<InetSocketAddress> https() {
        return https;
    }

    /** Where http is served, with the real port. */
    public Optional<InetSocketAddress> http() {
        return http;
    }

    /** One line on what carries the bytes, e.g. {@code epoll, BoringSSL}. */
    public String engine() {
        return engine.name() + tls.map(contexts -> ", " + contexts.engine()).orElse("");
    }

    /** The STUN and TURN server, if this process is one. */
    public Optional<RelayServer> relay() {
        return relay;
    }

    /** Reads the certificate and the secrets of TURN anew, soon and on another thread; what is broken leaves the former ones as they are. */
    public void reload() {
        housekeeping.execute(() -> {
            tls.ifPresent(TlsContexts::refresh);
            relay.ifPresent(RelayServer::housekeeping);
            LogEvent.of("reloaded").to(log, Level.INFO);
        });
    }

    /** Rooms that somebody is in; exact only while nothing happens. */
    public int roomCount() {
        return shards.roomCount();
    }

    /**
     * Prepares for {@link #close()} so that no call ends by it, and returns when there is nothing more to wait for. From now on this server
     * is not ready, rooms that nobody is in stay empty, and the relay takes no new allocations. First it waits until no page of the
     * course dialect is in a room (these hang up when they lose the server) and no call is being relayed. Then it tells everybody else
     * that they may come back, over a time that grows with their number, up to 3 s; their seats are kept for those who come back to a server with
     * the same {@linkplain DuetConfig.Builder#secret secret}. Who connects after that is told the same.
     *
     * <p>Blocks; not to be called on an event loop. {@link #close()} on another thread ends it.
     *
     * @param timeout how long it waits for pages and relayed calls; zero does not wait
     * @throws InterruptedException when the thread is interrupted; what was begun is not taken back
     */
    public void drain(Duration timeout) throws InterruptedException {
        ready = false;
        drain.run(timeout, closed);
    }

    /**
     * Stops listening, tells every client of the Duet dialect that it may come back, closes every connection, waits for the threads. May be
     * called twice.
     */
    @Override
    public void close() {
        ready = false;
        if (closed.getCount() == 0) {
            return;
        }
        closed.countDown();
        housekeeping.shutdownNow();
        listening.forEach(channel -> channel.close().awaitUninterruptibly(2, TimeUnit.SECONDS));
        dialect.goodbye();
        course.goodbye();
        relay.ifPresent(RelayServer::close);
        engine.stop();
    }
}
