package dev.duet.netlab;

import java.util.random.RandomGenerator;

/**
 * One direction of one host's link: its impairment, its shaper and what has happened on it.
 *
 * <p>The impairment may be set by any thread; everything else is owned by the hub.
 */
final class Lane {
    /** How many packets can travel at once; more are dropped and counted as overflow. */
    static final int IN_FLIGHT_MAX = 10_000;

    final Shaper shaper;
    volatile Impairment impairment = Impairment.NONE;
    int inFlight;
    long entered;
    long passed;
    long lost;
    long duplicated;
    long blackedOut;
    long overflowed;

    Lane(RandomGenerator random) {
        this.shaper = new Shaper(random);
    }

    Counters.Lane counters() {
        return new Counters.Lane(entered, passed, lost, duplicated, blackedOut, overflowed);
    }
}
