package dev.duet.turn;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Who allocations belong to: what it may use, and what it used. Several credentials may be one user's. A user that waits for a call reaches
 * relayed addresses of this server and nothing else, and its allocations come out of a pool that all such users share.
 *
 * <p>Thread-safe: its allocations may be on several shards.
 */
public final class User {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long BURST_NANOS = NANOS_PER_SECOND;
    private static final int NEVER = -1;
    private static final long WAITS = 1L << 30;
    private static final long COUNT = WAITS - 1;
    private static final long LOWER = 0xffff_ffffL;
    private static final VarHandle QUOTA = handle("quota", long.class);
    private static final VarHandle TO_PEERS = handle("bytesToPeers", long.class);
    private static final VarHandle FROM_PEERS = handle("bytesFromPeers", long.class);

    private final String id;
    private final WaitingPool pool;
    private final long nanosPerKilobyte;
    private final Pace toPeers;
    private final Pace fromPeers;

    /**
     * How many allocations it may have, {@link #NEVER} when it ended, in the upper half; how many it has in the lower, with {@link #WAITS}. One
     * word, so that nobody gets an allocation by a maximum that is no longer true, nor after the end, and the pool has counted what it holds.
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
        this(id, allocationsMax, bitsPerSecondMax, nowNanos, new WaitingPool(Integer.MAX_VALUE));
    }

    /** @param pool of everybody who waits */
    public User(String id, int allocationsMax, long bitsPerSecondMax, long nowNanos, WaitingPool pool) {
        this.id = id;
        this.pool = pool;
        this.quota = (long) allocationsMax << Integer.SIZE;
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
        while (max(now) != NEVER && !QUOTA.compareAndSet(this, now, withMax(now, allocations))) {
            now = quota();
        }
    }

    /** Whether it waits for a call, from now on; allocations that it has already are counted accordingly. */
    public void waits(boolean waits) {
        long now = quota();
        while (isWaiting(now) != waits) {
            if (QUOTA.compareAndSet(this, now, now ^ WAITS)) {
                pool.add(waits ? count(now) : -count(now));
                return;
            }
            now = quota();
        }
    }

    public boolean waits() {
        return isWaiting(quota());
    }

    /** It gets no more allocations; those it has are for the caller to close: {@link #allocations} tells how many there will ever be. */
    public void end() {
        long now = quota();
        while (!QUOTA.compareAndSet(this, now, withMax(now, NEVER))) {
            now = quota();
        }
    }

    /** Ends it unless it has allocations. Whether it has none, and will have none. */
    public boolean endIfIdle() {
        long now = quota();
        while (count(now) == 0) {
            if (QUOTA.compareAndSet(this, now, withMax(now, NEVER))) {
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

    /** One allocation more, unless it has all it may have, or waits and the pool has none left. */
    boolean tryAllocate() {
        long now = quota();
        while (count(now) < max(now) && (!isWaiting(now) || pool.hasRoom())) {
            if (QUOTA.compareAndSet(this, now, now + 1)) {
                if (isWaiting(now)) {
                    pool.add(1);
                }
                return true;
            }
            now = quota();
        }
        return false;
    }

    void release() {
        long before = (long) QUOTA.getAndAdd(this, -1L);
        if (isWaiting(before)) {
            pool.add(-1);
        }
    }

    private long quota() {
        return (long) QUOTA.getVolatile(this);
    }

    private static long withMax(long quota, int max) {
        return ((long) max << Integer.SIZE) | (quota & LOWER);
    }

    private static boolean isWaiting(long quota) {
        return (quota & WAITS) != 0;
    }

    private static int max(long quota) {
        return (int) (quota >> Integer.SIZE);
    }

    private static int count(long quota) {
        return (int) (quota & COUNT);
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
