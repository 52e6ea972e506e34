package dev.duet.signaling;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Finds the connections that fell silent. A timer wheel: each connection sits in the slot of the second in which it has to be looked at
 * next, so that a sweep touches only those that are due, however many there are.
 *
 * <p>A connection is pinged after {@code pingNanos} of silence, and given up after {@code deadNanos}.
 *
 * <p>Not thread-safe: owned by one event loop.
 *
 * @param <C> the connection
 */
public final class Heartbeats<C extends Heartbeats.Pulse> {
    private static final long SLOT_NANOS = 1_000_000_000L;

    /** What a connection has to hold for its heartbeat. */
    public abstract static class Pulse {
        private long heardNanos;
        private boolean pinged;
        private boolean gone;

        /** Something came in. */
        protected final void heard(long nowNanos) {
            heardNanos = nowNanos;
            pinged = false;
        }

        /** Nothing comes in any more; the wheel forgets this connection when it next looks at it. */
        protected final void gone() {
            gone = true;
        }
    }

    /**
     * What the wheel asks for.
     *
     * @param <C> the connection
     */
    public interface Sink<C> {
        /** Send a ping. */
        void ping(C connection);

        /** Give it up: nothing was heard for the whole time. It is out of the wheel already. */
        void dead(C connection);
    }

    private final long pingNanos;
    private final long deadNanos;
    private final List<List<C>> slots = new ArrayList<>();
    private long sweptSlot;

    /**
     * An empty wheel.
     *
     * @param pingNanos silence after which a ping is sent, in whole seconds
     * @param deadNanos silence after which a connection is given up; longer than {@code pingNanos}
     */
    public Heartbeats(long pingNanos, long deadNanos, long nowNanos) {
        if (pingNanos < SLOT_NANOS || deadNanos <= pingNanos) {
            throw new IllegalArgumentException(
                    "ping after " + pingNanos + " ns, dead after " + deadNanos + " ns (expected: 1 s <= ping < dead)");
        }
        this.pingNanos = pingNanos;
        this.deadNanos = deadNanos;
        long slotCount = deadNanos / SLOT_NANOS + 2;
        for (long i = 0; i < slotCount; i++) {
            slots.add(new ArrayList<>());
        }
        this.sweptSlot = Math.floorDiv(nowNanos, SLOT_NANOS);
    }

    /** Takes a connection in. */
    public void add(C connection, long nowNanos) {
        connection.heard(nowNanos);
        schedule(connection, nowNanos + pingNanos);
    }

    /** Looks at everything that is due. To be called about once a second. */
    public void sweep(long nowNanos, Sink<? super C> sink) {
        long nowSlot = Math.floorDiv(nowNanos, SLOT_NANOS);
        if (nowSlot - sweptSlot > slots.size()) {
            sweptSlot = nowSlot - slots.size();
        }
        while (sweptSlot < nowSlot) {
            sweptSlot++;
            int index = (int) Math.floorMod(sweptSlot, (long) slots.size());
            List<C> due = slots.get(index);
            if (due.isEmpty()) {
                continue;
            }
            slots.set(index, new ArrayList<>());
            for (C connection : due) {
                look(connection, nowNanos, sink);
            }
        }
    }

    /** Hands out every connection in the wheel. */
    public void forEach(Consumer<? super C> action) {
        for (List<C> slot : slots) {
            for (C connection : slot) {
                Pulse pulse = connection;
                if (!pulse.gone) {
                    action.accept(connection);
                }
            }
        }
    }

    private void look(C connection, long nowNanos, Sink<? super C> sink) {
        Pulse pulse = connection;
        if (pulse.gone) {
            return;
        }
        long silenceNanos = nowNanos - pulse.heardNanos;
        if (silenceNanos >= deadNanos) {
            pulse.gone = true;
            sink.dead(connection);
            return;
        }
        if (silenceNanos < pingNanos) {
            schedule(connection, pulse.heardNanos + pingNanos);
            return;
        }
        if (!pulse.pinged) {
            pulse.pinged = true;
            sink.ping(connection);
        }
        schedule(connection, pulse.heardNanos + deadNanos);
    }

    private void schedule(C connection, long atNanos) {
        // Rounded up, so that what is looked at is due.
        long slot = Math.max(sweptSlot + 1, Math.floorDiv(atNanos - 1, SLOT_NANOS) + 1);
        slots.get((int) Math.floorMod(slot, (long) slots.size())).add(connection);
    }
}
