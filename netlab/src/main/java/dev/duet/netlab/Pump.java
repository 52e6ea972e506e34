package dev.duet.netlab;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The thread that moves packets between the TUN devices and the hub. The hub is only touched under {@link #locked}. */
final class Pump implements AutoCloseable {
    /** How long the thread sleeps at most: a new device is noticed, and {@link #close} obeyed, within this time. */
    private static final long SLEEP_MAX_NANOS = 10_000_000;

    /** How many packets are read from one device before the others have their turn. */
    private static final int BATCH = 64;

    private final Hub hub;
    private final List<Tun> devices = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();
    private final Thread thread;
    private volatile boolean closed;

    Pump(Hub hub) {
        this.hub = hub;
        this.thread = Thread.ofPlatform().daemon().name("netlab-pump").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** What may be done with the hub and gives a value. */
    interface Access<T> {
        /** Runs under the lock. */
        T with(Hub hub);
    }

    <T> T locked(Access<T> access) {
        synchronized (lock) {
            return access.with(hub);
        }
    }

    /** Adds the device of the host with the next number; hosts are added in the order of their numbers. */
    void add(Tun device) {
        devices.add(device);
    }

    private void run() {
        while (!closed) {
            List<Tun> all = new ArrayList<>(devices);
            boolean more = readAll(all);
            long nextNanos = locked(hub -> {
                hub.advance(
                        System.nanoTime(), (host, packet) -> devices.get(host).write(packet));
                return hub.nextDeadlineNanos();
            });
            long waitNanos = nextNanos == Long.MAX_VALUE ? SLEEP_MAX_NANOS : nextNanos - System.nanoTime();
            if (!more && waitNanos > 0) {
                Tun.await(all, Math.min(waitNanos, SLEEP_MAX_NANOS));
            }
        }
    }

    /** Reads a batch from each device; true if one of them may have more. */
    private boolean readAll(List<Tun> all) {
        boolean more = false;
        for (int host = 0; host < all.size(); host++) {
            int from = host;
            int count = 0;
            for (byte[] packet = all.get(host).read();
                    packet != null;
                    packet = all.get(host).read()) {
                byte[] read = packet;
                locked(hub -> {
                    hub.accept(from, read, System.nanoTime());
                    return read;
                });
                if (++count == BATCH) {
                    more = true;
                    break;
                }
            }
        }
        return more;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            // The devices stay open: closing them under a thread that may still read them is worse than leaving them.
            return;
        }
        devices.forEach(Tun::close);
    }
}
