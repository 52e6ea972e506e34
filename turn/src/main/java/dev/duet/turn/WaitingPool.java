package dev.duet.turn;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all users together may hold who wait for a call: calls go first, so these get only a part of the relay's ports.
 *
 * <p>Thread-safe.
 */
public final class WaitingPool {
    private final int max;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    /** @param max allocations */
    public WaitingPool(int max) {
        this.max = max;
    }

    public int max() {
        return max;
    }

    /** Allocations of users who wait; exact only while nothing happens. */
    public int taken() {
        return taken.get();
    }

    /** How often the pool had nothing left. */
    public int refused() {
        return refused.get();
    }

    /** Whether one more fits. Two who ask at the same moment may both be told so. */
    boolean hasRoom() {
        boolean room = taken.get() < max;
        if (!room) {
            refused.incrementAndGet();
        }
        return room;
    }

    void add(int allocations) {
        taken.addAndGet(allocations);
    }
}
