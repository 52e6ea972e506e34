package dev.duet.bench.turn;

import java.util.Arrays;

/** How long packets took, to 5 microseconds; what took longer than 100 ms counts as that. */
final class Latencies {
    private static final long STEP_NANOS = 5000;
    private final long[] counts = new long[20_000];
    private long total;

    void add(long nanos) {
        counts[Math.clamp(nanos / STEP_NANOS, 0, counts.length - 1)]++;
        total++;
    }

    void clear() {
        Arrays.fill(counts, 0);
        total = 0;
    }

    /** In microseconds; 0 when there was none. */
    long percentileUs(double percent) {
        long rank = (long) Math.ceil(total * percent / 100);
        long seen = 0;
        for (int step = 0; step < counts.length; step++) {
            seen += counts[step];
            if (seen >= rank && seen > 0) {
                return (step + 1) * STEP_NANOS / 1000;
            }
        }
        return 0;
    }
}
