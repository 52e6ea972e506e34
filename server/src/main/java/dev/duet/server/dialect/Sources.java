package dev.duet.server.dialect;

import dev.duet.server.ConnectionLimits;
import dev.duet.server.access.Refusals;
import dev.duet.signaling.FailedJoins;
import dev.duet.signaling.Rejection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What each source - an IPv4 address or an IPv6 /64, as a number - has going on without a seat, whatever dialect it speaks.
 *
 * <p>Thread-safe.
 */
public final class Sources {
    private static final int FAILED_SOURCES_MAX = 100_000;

    private final Counts unjoined;
    private final Counts ahead;
    private final Refusals refusals = new Refusals();
    private final FailedJoins failedJoins;

    /** Nobody yet. */
    public Sources(ConnectionLimits limits) {
        this.unjoined = new Counts(limits.unjoinedPerSourceMax());
        this.ahead = new Counts(limits.unjoinedPerSourceMax());
        this.failedJoins = new FailedJoins(limits.failedJoinsFree(), FAILED_SOURCES_MAX);
    }

    /** Whether one more connection of this source may be open without a seat. To be asked before each; counts it if so. */
    public boolean admitUnjoined(long source) {
        return unjoined.admit(source);
    }

    /** Whether {@link #admitUnjoined} would say yes; counts nothing. */
    public boolean wouldAdmitUnjoined(long source) {
        return unjoined.hasRoom(source);
    }

    /** Whether one more connection of this source may be open without a seat; counts it if so, and says so if not. */
    public boolean admitUnjoined(Source source) {
        return admitUnjoined(source.key()) || refuseConnection(source);
    }

    /** The same of a session that is ahead of its WebSocket. */
    boolean admitAhead(Source source) {
        return admitAhead(source.key()) || refuseConnection(source);
    }

    private boolean refuseConnection(Source source) {
        refusals.add(
                "too-many-connections",
                "source",
                source.label(),
                "connections without a seat, of one address: raise --limit "
                        + ConnectionLimits.Name.UNJOINED_PER_SOURCE.id()
                        + "=N, or name the proxy in front with --trusted-proxy");
        return false;
    }

    /** A join came to nothing. */
    void rejected(Source source, Rejection why) {
        refusals.add(why.id(), "source", source.label(), why.message() + ": " + why.fix());
    }

    /** Somebody came to a room that is full. */
    void full(Source source) {
        refusals.add(
                "full",
                "source",
                source.label(),
                "all seats of the room are taken: take another room; --capacity 3 or 4 makes all rooms larger");
    }

    /** Whom this server refused what. */
    public Refusals refusals() {
        return refusals;
    }

    void countUnjoined(long source) {
        unjoined.count(source);
    }

    void forgetUnjoined(long source) {
        unjoined.forget(source);
    }

    /**
     * Whether one more session of this source may be ahead of its WebSocket; counts it if so. As many as may be connections without a seat,
     * and counted apart from these: none takes the place of the WebSocket that it waits for.
     */
    boolean admitAhead(long source) {
        return ahead.admit(source);
    }

    void forgetAhead(long source) {
        ahead.forget(source);
    }

    /** How many of something each source has. */
    private static final class Counts {
        private final int max;
        private final Map<Long, Integer> bySource = new ConcurrentHashMap<>();

        Counts(int max) {
            this.max = max;
        }

        boolean admit(long source) {
            int count;
            do {
                count = bySource.getOrDefault(source, 0);
                if (count >= max) {
                    return false; // Without having been counted: another one, for which there is room, does not see it.
                }
            } while (count == 0
                    ? bySource.putIfAbsent(source, 1) != null
                    : !bySource.replace(source, count, count + 1));
            return true;
        }

        boolean hasRoom(long source) {
            return bySource.getOrDefault(source, 0) < max;
        }

        void count(long source) {
            bySource.merge(source, 1, Integer::sum);
        }

        void forget(long source) {
            bySource.computeIfPresent(source, (_, count) -> count == 1 ? null : count - 1);
        }
    }

    /** How long the answer to this failed join has to wait. */
    long failedJoinDelayNanos(long source) {
        synchronized (failedJoins) {
            return failedJoins.delayNanos(source, System.nanoTime());
        }
    }
}
