package dev.duet.server.dialect;

import dev.duet.server.ConnectionLimits;
import dev.duet.server.relay.IceServers;
import dev.duet.server.rooms.RoomShards;
import dev.duet.signaling.Limits;
import dev.duet.signaling.ParticipantId;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.Function;

/**
 * What all Duet connections of a server share.
 *
 * <p>Thread-safe.
 */
public final class DuetDialect {
    private static final int ID_BYTES = 16;

    /** A client that does not answer the close frame is closed after 2 s. */
    private static final int GOING_MS = 2_500;

    private static final int SAYING_MS = 1_000;

    final RoomShards shards;
    final ConnectionLimits limits;
    final Limits roomLimits;
    final byte[] secret;
    final IceServers iceServers;
    final byte[] hello;
    private final SecureRandom random;
    private final AtomicLong connections = new AtomicLong();
    private final Map<EventLoop, DuetLoop> loops = new HashMap<>();
    final Sources sources;
    private final DuetAheads aheads;

    /** Starts the heartbeats on every loop. */
    public DuetDialect(
            List<EventLoop> eventLoops,
            RoomShards shards,
            ConnectionLimits limits,
            Limits roomLimits,
            Identity identity) {
        this.sources = identity.sources();
        this.shards = shards;
        this.limits = limits;
        this.roomLimits = roomLimits;
        this.random = identity.random();
        this.secret = identity.secret();
        this.iceServers = identity.iceServers();
        this.aheads = new DuetAheads(this);
        this.hello = DuetWriter.hello(identity, limits, roomLimits);
        for (EventLoop loop : eventLoops) {
            loops.put(loop, new DuetLoop(loop, this));
        }
    }

    /**
     * What makes this server itself.
     *
     * @param secret at least 32 random bytes, from which seat tokens are made
     * @param random where participants' names come from
     * @param sources who has what open
     * @param iceServers who gives participants their STUN and TURN servers
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared; it only carries the secret here.
    public record Identity(
            String version, byte[] secret, SecureRandom random, Sources sources, IceServers iceServers) {}

    /** The part of the dialect that belongs to this loop. */
    DuetLoop on(EventLoop loop) {
        DuetLoop found = loops.get(loop);
        if (found == null) {
            throw new IllegalArgumentException("not one of this server's event loops");
        }
        return found;
    }

    /** How many clients are connected. Not to be asked on an event loop. */
    public int connectionCount() {
        List<Future<Integer>> counts =
                loops.values().stream().map(DuetLoop::count).toList();
        return counts.stream()
                .filter(count -> count.awaitUninterruptibly(SAYING_MS) && count.isSuccess())
                .mapToInt(Future::getNow)
                .sum();
    }

    /**
     * Tells every client that the server stops and when to come back, each at its own random moment, so that they do not all come at the
     * same. Who connects later is told at once. Returns when they are gone, or did not go; not to be called on an event loop.
     *
     * @param spread how long it takes to tell them
     * @param random from 0 to 1; called on all event loops
     */
    public void move(Duration spread, DoubleSupplier random) {
        awaitAll(loop -> loop.move(spread.toMillis(), random), spread.plusMillis(GOING_MS));
    }

    /** Tells every client at once that the server stops. Returns when it is said. */
    public void goodbye() {
        awaitAll(DuetLoop::goodbye, Duration.ofMillis(SAYING_MS));
    }

    private void awaitAll(Function<DuetLoop, Future<Void>> action, Duration patience) {
        List<Future<Void>> all = loops.values().stream().map(action).toList();
        long endNanos = System.nanoTime() + patience.toNanos();
        all.forEach(one -> one.awaitUninterruptibly(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS));
    }

    /** What comes by POST, ahead of a WebSocket. */
    public DuetAheads aheads() {
        return aheads;
    }

    DuetWriter.IceAnswer iceAnswer(String participant, Source source) {
        return new DuetWriter.IceAnswer(iceServers.forParticipant(participant, source.host()), iceServers.life());
    }

    /** A number larger than those of all connections before. */
    long numberConnection() {
        return connections.incrementAndGet();
    }

    ParticipantId newParticipantId() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return new ParticipantId(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }
}
