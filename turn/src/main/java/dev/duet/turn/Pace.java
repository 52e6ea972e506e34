package dev.duet.turn;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A token bucket in one number: the time at which it would be full again. A mutable value that any thread may take from.
 *
 * <p>Thread-safe.
 */
final class Pace {
    private static final VarHandle FULL_AT;

    static {
        try {
            FULL_AT = MethodHandles.lookup().findVarHandle(Pace.class, "fullAtNanos", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable") // Only by its handle.
    private volatile long fullAtNanos;

    Pace(long nowNanos) {
        fullAtNanos = nowNanos;
    }

    /**
     * Takes what costs so long to refill, if the bucket holds it.
     *
     * @param depthNanos how long an empty bucket takes to be full
     */
    boolean take(long costNanos, long depthNanos, long nowNanos) {
        while (true) {
            long full = (long) FULL_AT.getOpaque(this);
            long start = full - nowNanos > 0 ? full : nowNanos;
            if (start + costNanos - nowNanos > depthNanos) {
                return false;
            }
            if (FULL_AT.compareAndSet(this, full, start + costNanos)) {
                return true;
            }
        }
    }
}
