package dev.duet.turn;

import org.jspecify.annotations.Nullable;

/**
 * The allocations of clients that send datagrams, by the client's transport address and the server's address it sends to. Open addressing
 * over arrays: nothing is allocated to look one up.
 *
 * <p>Not thread-safe: owned by one relay shard.
 */
final class ClientTable {
    private static final int START = 64;
    private static final int LISTENER_SHIFT = 16;
    private static final long ODD = 0x9e37_79b9_7f4a_7c15L;
    private static final long ODD2 = 0xc2b2_ae3d_27d4_eb4fL;

    private final long seed;
    private @Nullable Allocation[] values = new Allocation[START];
    private int size;

    /** @param seed unknown to clients, so that they cannot make addresses that meet in one place */
    ClientTable(long seed) {
        this.seed = seed;
    }

    int size() {
        return size;
    }

    @Nullable
    Allocation get(int listener, Datagram from) {
        return values[find(from.sourceHigh(), from.sourceLow(), portAndListener(from.sourcePort(), listener))];
    }

    void put(Allocation allocation) {
        if (size * 2 >= values.length) {
            grow();
        }
        int at = find(allocation.client());
        size += values[at] == null ? 1 : 0;
        values[at] = allocation;
    }

    void remove(Allocation allocation) {
        int gap = find(allocation.client());
        if (values[gap] != allocation) {
            return;
        }
        size--;
        values[gap] = null;
        // Those behind it that would not be found any more move up.
        int mask = values.length - 1;
        for (int at = (gap + 1) & mask; values[at] != null; at = (at + 1) & mask) {
            Allocation moved = values[at];
            values[at] = null;
            values[find(moved.client())] = moved;
        }
    }

    private void grow() {
        @Nullable Allocation[] old = values;
        values = new Allocation[old.length * 2];
        for (Allocation allocation : old) {
            if (allocation != null) {
                values[find(allocation.client())] = allocation;
            }
        }
    }

    private int find(Client client) {
        var address = client.address();
        return find(address.high(), address.low(), portAndListener(address.port(), client.listener()));
    }

    /** Where this one is, or would be. */
    private int find(long high, long low, int portAndListener) {
        int mask = values.length - 1;
        int at = (int) (mix(high, low, portAndListener) >>> 33) & mask;
        while (values[at] instanceof Allocation there) {
            var address = there.client().address();
            if (address.low() == low
                    && address.high() == high
                    && portAndListener(address.port(), there.client().listener()) == portAndListener) {
                return at;
            }
            at = (at + 1) & mask;
        }
        return at;
    }

    private long mix(long high, long low, int portAndListener) {
        long mixed = (low ^ seed) * ODD;
        mixed = (mixed ^ (mixed >>> 32) ^ portAndListener) * ODD2;
        return (mixed ^ (mixed >>> 29) ^ high) * ODD;
    }

    private static int portAndListener(int port, int listener) {
        return (listener << LISTENER_SHIFT) | port;
    }
}
