package dev.duet.server.dialect;

import dev.duet.server.ConnectionLimits;
import dev.duet.server.rooms.RoomShards;
import dev.duet.signaling.FailedJoins;
import dev.duet.signaling.Limits;
import dev.duet.signaling.ParticipantId;
import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What all Duet connections of a server share.
 *
 * <p>Thread-safe.
 */
public final class DuetDialect {
    private static final int ID_BYTES = 16;

    final RoomShards shards;
    final ConnectionLimits limits;
    final Limits roomLimits;
    final byte[] secret;
    final byte[] hello;
    private final SecureRandom random;
    private final FailedJoins failedJoins;
    private final Map<EventLoop, DuetLoop> loops = new HashMap<>();
    private final Map<Long, Integer> unjoinedBySource = new ConcurrentHashMap<>();

    /** Starts the heartbeats on every loop. */
    public DuetDialect(
            List<EventLoop> eventLoops,
            RoomShards shards,
            ConnectionLimits limits,
            Limits roomLimits,
            Identity identity) {
        this.shards = shards;
        this.limits = limits;
        this.roomLimits = roomLimits;
        this.random = identity.random();
        this.secret = identity.secret();
        this.hello = DuetWriter.hello(identity.version(), limits, roomLimits);
        this.failedJoins = new FailedJoins(limits.failedJoinsFree(), 100_000);
        for (EventLoop loop : eventLoops) {
            loops.put(loop, new DuetLoop(loop, this));
        }
    }

    /**
     * What makes this server itself.
     *
     * @param secret at least 32 random bytes, from which seat tokens are made
     * @param random where participants' names come from
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared; it only carries the secret here.
    public record Identity(String version, byte[] secret, SecureRandom random) {}

    /** The part of the dialect that belongs to this loop. */
    DuetLoop on(EventLoop loop) {
        DuetLoop found = loops.get(loop);
        if (found == null) {
            throw new IllegalArgumentException("not one of this server's event loops");
        }
        return found;
    }

    /** Tells every client that the server stops; they may come back. Returns when it is said. */
    public void goodbye() {
        loops.values().forEach(DuetLoop::goodbye);
    }

    /** Whether one more connection of this source may be open without a seat. To be asked before each; counts it if so. */
    public boolean admitUnjoined(long source) {
        if (unjoinedBySource.merge(source, 1, Integer::sum) <= limits.unjoinedPerSourceMax()) {
            return true;
        }
        forgetUnjoined(source);
        return false;
    }

    /** Whether {@link #admitUnjoined} would say yes; counts nothing. */
    public boolean wouldAdmitUnjoined(long source) {
        return unjoinedBySource.getOrDefault(source, 0) < limits.unjoinedPerSourceMax();
    }

    void countUnjoined(long source) {
        unjoinedBySource.merge(source, 1, Integer::sum);
    }

    void forgetUnjoined(long source) {
        unjoinedBySource.computeIfPresent(source, (_, count) -> count == 1 ? null : count - 1);
    }

    /** How long the answer to this failed join has to wait. */
    long failedJoinDelayNanos(long source) {
        synchronized (failedJoins) {
            return failedJoins.delayNanos(source, System.nanoTime());
        }
    }

    ParticipantId newParticipantId() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return new ParticipantId(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }
}
