package dev.duet.signaling;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows down whoever tries one room after another: after some free failures within {@value #WINDOW_MINUTES} minutes each further one is
 * answered later than the one before, up to {@value #DELAY_MAX_SECONDS} s. Only failures wait; a join that succeeds never does.
 *
 * <p>Not thread-safe.
 */
public final class FailedJoins {
    static final int WINDOW_MINUTES = 30;
    static final int DELAY_MAX_SECONDS = 25;
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long WINDOW_NANOS = WINDOW_MINUTES * 60 * SECOND_NANOS;

    private record Failures(long sinceNanos, int count) {}

    private final int free;
    private final Map<Long, Failures> bySource;

    /**
     * Without any failure yet.
     *
     * @param free failures in the window that are answered at once
     * @param sourcesMax sources remembered; the one that failed longest ago is forgotten first
     */
    public FailedJoins(int free, int sourcesMax) {
        this.free = free;
        this.bySource = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Failures> eldest) {
                return size() > sourcesMax;
            }
        };
    }

    /** Counts a failure of this source and says how long its answer has to wait. */
    public long delayNanos(long source, long nowNanos) {
        Failures before = bySource.get(source);
        Failures now = before == null || nowNanos - before.sinceNanos > WINDOW_NANOS
                ? new Failures(nowNanos, 1)
                : new Failures(before.sinceNanos, before.count + 1);
        bySource.put(source, now);
        int excess = now.count - free;
        if (excess <= 0) {
            return 0;
        }
        return excess > 5
                ? DELAY_MAX_SECONDS * SECOND_NANOS
                : Math.min(DELAY_MAX_SECONDS, 1L << (excess - 1)) * SECOND_NANOS;
    }
}
