package dev.duet.server.dialect;

import dev.duet.server.ConnectionLimits;
import dev.duet.signaling.FailedJoins;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What each source - an IPv4 address or an IPv6 /64, as a number - has going on without a seat, whatever dialect it speaks.
 *
 * <p>Thread-safe.
 */
public final class Sources {
    private static final int FAILED_SOURCES_MAX = 100_000;

    private final int unjoinedMax;
    private final FailedJoins failedJoins;
    private final Map<Long, Integer> unjoined = new ConcurrentHashMap<>();

    /** Nobody yet. */
    public Sources(ConnectionLimits limits) {
        this.unjoinedMax = limits.unjoinedPerSourceMax();
        this.failedJoins = new FailedJoins(limits.failedJoinsFree(), FAILED_SOURCES_MAX);
    }

    /** Whether one more connection of this source may be open without a seat. To be asked before each; counts it if so. */
    public boolean admitUnjoined(long source) {
        int count;
        do {
            count = unjoined.getOrDefault(source, 0);
            if (count >= unjoinedMax) {
                return false; // Without having been counted: another one, for which there is room, does not see it.
            }
        } while (count == 0 ? unjoined.putIfAbsent(source, 1) != null : !unjoined.replace(source, count, count + 1));
        return true;
    }

    /** Whether {@link #admitUnjoined} would say yes; counts nothing. */
    public boolean wouldAdmitUnjoined(long source) {
        return unjoined.getOrDefault(source, 0) < unjoinedMax;
    }

    void countUnjoined(long source) {
        unjoined.merge(source, 1, Integer::sum);
    }

    void forgetUnjoined(long source) {
        unjoined.computeIfPresent(source, (_, count) -> count == 1 ? null : count - 1);
    }

    /** How long the answer to this failed join has to wait. */
    long failedJoinDelayNanos(long source) {
        synchronized (failedJoins) {
            return failedJoins.delayNanos(source, System.nanoTime());
        }
    }
}
