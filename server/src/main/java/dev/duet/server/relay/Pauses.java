package dev.duet.server.relay;

import java.time.Duration;

/**
 * When a shard lets datagrams gather: waking up costs as much as relaying, so that a shard that is woken for one datagram after the other
 * does better to wait a moment and take several. A quiet shard never waits, and one that finds many each time needs not.
 *
 * <p>Not thread-safe: owned by the shard.
 */
final class Pauses {
    /** How long the rate is measured. */
    private static final long WINDOW_NANOS = 10_000_000;

    /** Datagrams in a window from which on it pays: 5,000 a second. */
    private static final int BUSY = 50;

    /** Datagrams for each wake-up from which on it pays no more. */
    private static final int ENOUGH = 24;

    private final long pauseNanos;
    private long windowEndNanos;
    private int datagrams;
    private int wakeUps;
    private boolean pausing;

    Pauses(Duration pause, long nowNanos) {
        pauseNanos = pause.toNanos();
        windowEndNanos = nowNanos + WINDOW_NANOS;
    }

    /** How long to pause after a batch of so many. */
    long after(int batch, long nowNanos) {
        datagrams += batch;
        wakeUps++;
        long over = nowNanos - windowEndNanos;
        if (over >= 0) {
            boolean busy = datagrams > BUSY && over < WINDOW_NANOS;
            pausing = busy && datagrams < ENOUGH * wakeUps;
            windowEndNanos = nowNanos + WINDOW_NANOS;
            datagrams = 0;
            wakeUps = 0;
        }
        return pausing && batch > 0 ? pauseNanos : 0;
    }
}
