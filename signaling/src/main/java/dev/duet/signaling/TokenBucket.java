package dev.duet.signaling;

/**
 * Lets {@code perSecond} things through each second, and a burst beyond it.
 *
 * <p>Not thread-safe: owned by its connection's event loop.
 */
public final class TokenBucket {
    private final long nanosPerToken;
    private final long capacityNanos;
    /** The time up to which tokens are spent: a bucket is full when this is a whole burst ago. */
    private long spentUntilNanos;

    /**
     * A full bucket.
     *
     * @param perSecond at least 1
     * @param burst tokens in a full bucket, at least 1
     */
    public TokenBucket(int perSecond, int burst, long nowNanos) {
        if (perSecond < 1 || burst < 1) {
            throw new IllegalArgumentException("rate " + perSecond + ", burst " + burst + " (expected: >= 1)");
        }
        nanosPerToken = 1_000_000_000L / perSecond;
        capacityNanos = nanosPerToken * burst;
        spentUntilNanos = nowNanos - capacityNanos;
    }

    /** Takes one token, or says that there is none. */
    public boolean tryTake(long nowNanos) {
        if (nowNanos - spentUntilNanos > capacityNanos) {
            spentUntilNanos = nowNanos - capacityNanos;
        }
        if (nowNanos - spentUntilNanos < nanosPerToken) {
            return false;
        }
        spentUntilNanos += nanosPerToken;
        return true;
    }
}
