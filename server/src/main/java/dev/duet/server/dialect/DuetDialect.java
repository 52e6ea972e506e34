package dev.duet.server.dialect;

import dev.duet.server.ConnectionLimits;
import dev.duet.server.relay.IceServers;
import dev.duet.server.rooms.RoomShards;
import dev.duet.signaling.Limits;
import dev.duet.signaling.ParticipantId;
import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

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
    final IceServers iceServers;
    final byte[] hello;
    private final SecureRandom random;
    private final AtomicLong connections = new AtomicLong();
    private final Map<EventLoop, DuetLoop> loops = new HashMap<>();
    final Sources sources;

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

    /** Tells every client that the server stops; they may come back. Returns when it is said. */
    public void goodbye() {
        loops.values().forEach(DuetLoop::goodbye);
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
