package dev.duet.netlab;

import java.util.random.RandomGenerator;

/**
 * Decides for each packet of one lane when its copies arrive, if any. Pure: the time is handed in, and the same seed and the same
 * packets give the same answers.
 *
 * <p>Not thread-safe: owned by the hub.
 */
final class Shaper {
    /** The most copies one packet can become; the size of the array for {@link #arrivals}. */
    static final int COPIES_MAX = 2;

    private final RandomGenerator random;
    private long lastArrivalNanos = Long.MIN_VALUE;

    Shaper(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Fills {@code arrivals} with the arrival times of a packet that enters the lane now, and returns how many there are.
     *
     * <p>A packet never overtakes one that entered before it: a path of the real Internet seldom reorders, and TCP takes
     * reordering for loss, so jitter with reordering would measure something else.
     */
    int arrivals(long nowNanos, Impairment impairment, long[] arrivals) {
        // The draws are the same number for every packet, so changing one impairment does not change the fate of
        // others.
        double loss = random.nextDouble();
        double duplication = random.nextDouble();
        double jitter = random.nextDouble();
        if (loss < impairment.loss()) {
            return 0;
        }
        long swing = (long) ((2 * jitter - 1) * impairment.jitterNanos());
        long arrival = nowNanos + Math.max(0, impairment.delayNanos() + swing);
        arrival = Math.max(arrival, lastArrivalNanos);
        lastArrivalNanos = arrival;
        arrivals[0] = arrival;
        if (duplication >= impairment.duplication()) {
            return 1;
        }
        arrivals[1] = arrival;
        return 2;
    }
}
