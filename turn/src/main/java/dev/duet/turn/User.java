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
    private static final VarHandle ALLOCATIONS = handle("allocations", int.class);
    private static final VarHandle TO_PEERS = handle("bytesToPeers", long.class);
    private static final VarHandle FROM_PEERS = handle("bytesFromPeers", long.class);

    private final String id;
    private final long nanosPerKilobyte;
    private final Pace toPeers;
    private final Pace fromPeers;
    private volatile int allocationsMax;
    private volatile boolean ended;

    @SuppressWarnings("UnusedVariable") // Only by its handle.
    private volatile int allocations;

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
        this.allocationsMax = allocationsMax;
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

    /** From now on it may have so many allocations at a time; those it has it keeps. */
    public void allow(int allocations) {
        allocationsMax = allocations;
    }

    /** It gets no more allocations; those it has are for the caller to close. */
    public void end() {
        ended = true;
    }

    public int allocations() {
        return (int) ALLOCATIONS.getVolatile(this);
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
        while (!ended) {
            int count = allocations();
            if (count >= allocationsMax) {
                return false;
            }
            if (ALLOCATIONS.compareAndSet(this, count, count + 1)) {
                return true;
            }
        }
        return false;
    }

    void release() {
        ALLOCATIONS.getAndAdd(this, -1);
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
