package dev.duet.signaling;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * What is due when. Cancelling costs nothing: an entry whose owner has moved on is recognised by its number and dropped when its time comes, or
 * when such entries outnumber the live ones.
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
final class Deadlines {
    /** Something that waits for a time. */
    abstract static sealed class Owner permits Member, PendingJoin, Lease {
        private long deadlineNumber;
    }

    private record Entry(long nanos, long number, Owner owner) implements Comparable<Entry> {
        boolean live() {
            return owner.deadlineNumber == number;
        }

        @Override
        public int compareTo(Entry other) {
            long byTime = nanos - other.nanos;
            return byTime != 0 ? Long.signum(byTime) : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Entry> queue = new PriorityQueue<>();
    private long lastNumber;
    private int live;

    /** Sets the owner's one deadline, in place of the one it had. */
    void set(Owner owner, long nanos) {
        clear(owner);
        owner.deadlineNumber = ++lastNumber;
        queue.add(new Entry(nanos, owner.deadlineNumber, owner));
        live++;
        if (queue.size() > 64 && queue.size() > 2 * live) {
            queue.removeIf(entry -> !entry.live());
        }
    }

    void clear(Owner owner) {
        if (owner.deadlineNumber != 0) {
            owner.deadlineNumber = 0;
            live--;
        }
    }

    /** The owner whose time has come, its deadline cleared; or null. */
    @Nullable
    Owner pollDue(long nowNanos) {
        dropDead();
        Entry first = queue.peek();
        if (first == null || first.nanos - nowNanos > 0) {
            return null;
        }
        queue.remove();
        clear(first.owner);
        return first.owner;
    }

    /** When the next one is due, or {@link Long#MAX_VALUE}. */
    long nextNanos() {
        dropDead();
        Entry first = queue.peek();
        return first == null ? Long.MAX_VALUE : first.nanos;
    }

    private void dropDead() {
        while (!queue.isEmpty() && !queue.element().live()) {
            queue.remove();
        }
    }
}
