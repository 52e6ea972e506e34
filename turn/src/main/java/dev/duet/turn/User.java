package dev.duet.turn;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Who allocations belong to: what it may use, and what it used. Several credentials may be one user's.
 *
 * <p>Thread-safe: its allocations may be on several shards.
 */
public final class User {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long BURST_NANOS = NANOS_PER_SECOND;
    private static final int NEVER = -1;
    private static final VarHandle QUOTA = handle("quota", long.class);
    private static final VarHandle TO_PEERS = handle("bytesToPeers", long.class);
    private static final VarHandle FROM_PEERS = handle("bytesFromPeers", long.class);

    private final String id;
    private final long nanosPerKilobyte;
    private final Pace toPeers;
    private final Pace fromPeers;

    /**
     * How many allocations it may have, {@link #NEVER} when it ended, in the upper half; how many it has in the lower. One word, so that
     * nobody gets an allocation by a maximum that is no longer true, nor after the end.
     */
    @SuppressWarnings("UnusedVariable") // Only by its handle.
    private volatile long quota;

    @SuppressWarnings("UnusedVariable") // Only by its handle.
    private volatile long bytesToPeers;

    @SuppressWarnings("UnusedVariable") // Only by its handle.
    private volatile long bytesFromPeers;

    /**
     * @param allocationsMax how many allocations it may have at a time
     * @param bitsPerSecondMax how fast it may send, and how fast it may receive; 0 is without a limit
     */
    public User(String id, int allocationsMax, long bitsPerSecondMax, long nowNanos) {
        this.id = id;
        this.quota = quota(allocationsMax, 0);
        this.nanosPerKilobyte = bitsPerSecondMax == 0 ? 0 : 1024 * Byte.SIZE * NANOS_PER_SECOND / bitsPerSecondMax;
        toPeers = new Pace(nowNanos);
        fromPeers = new Pace(nowNanos);
    }

    private static VarHandle handle(String field, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(User.class, field, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    public String id() {
        return id;
    }

    /** From now on it may have so many allocations at a time; those it has it keeps. One that ended gets none. */
    public void allow(int allocations) {
        long now = quota();
        while (max(now) != NEVER && !QUOTA.compareAndSet(this, now, quota(allocations, count(now)))) {
            now = quota();
        }
    }

    /** It gets no more allocations; those it has are for the caller to close: {@link #allocations} tells how many there will ever be. */
    public void end() {
        long now = quota();
        while (!QUOTA.compareAndSet(this, now, quota(NEVER, count(now)))) {
            now = quota();
        }
    }

    /** Ends it unless it has allocations. Whether it has none, and will have none. */
    public boolean endIfIdle() {
        long now = quota();
        while (count(now) == 0) {
            if (QUOTA.compareAndSet(this, now, quota(NEVER, 0))) {
                return true;
            }
            now = quota();
        }
        return false;
    }

    public int allocations() {
        return count(quota());
    }

    /** Bytes of data, without headers, that its clients sent and that were relayed. */
    public long bytesToPeers() {
        return (long) TO_PEERS.getOpaque(this);
    }

    /** Bytes of data, without headers, that were relayed to its clients. */
    public long bytesFromPeers() {
        return (long) FROM_PEERS.getOpaque(this);
    }

    /** One allocation more, unless it has all it may have. */
    boolean tryAllocate() {
        long now = quota();
        while (count(now) < max(now)) {
            if (QUOTA.compareAndSet(this, now, now + 1)) {
                return true;
            }
            now = quota();
        }
        return false;
    }

    void release() {
        QUOTA.getAndAdd(this, -1L);
    }

    private long quota() {
        return (long) QUOTA.getVolatile(this);
    }

    private static long quota(int max, int count) {
        return ((long) max << Integer.SIZE) | count;
    }

    private static int max(long quota) {
        return (int) (quota >> Integer.SIZE);
    }

    private static int count(long quota) {
        return (int) quota;
    }

    boolean maySend(int bytes, long nowNanos) {
        if (!toPeers.take((bytes * nanosPerKilobyte) >> 10, BURST_NANOS, nowNanos)) {
            return false;
        }
        TO_PEERS.getAndAdd(this, (long) bytes);
        return true;
    }

    boolean mayReceive(int bytes, long nowNanos) {
        if (!fromPeers.take((bytes * nanosPerKilobyte) >> 10, BURST_NANOS, nowNanos)) {
            return false;
        }
        FROM_PEERS.getAndAdd(this, (long) bytes);
        return true;
    }
}
