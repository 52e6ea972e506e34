package dev.duet.server.relay;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sockets by small numbers; the number of one that was removed is given to the next that comes. Looking up is one array access.
 *
 * <p>Not thread-safe.
 */
final class SocketTable<S> {
    private static final int CAPACITY_MIN = 16;

    private @Nullable Object[] sockets = new Object[CAPACITY_MIN];
    /** Numbers below {@link #end} without a socket. */
    private int[] free = new int[CAPACITY_MIN];

    private int freeCount;
    private int end;

    /** The number that {@link #add} will give. */
    int next() {
        return freeCount > 0 ? free[freeCount - 1] : end;
    }

    int add(S socket) {
        int number = freeCount > 0 ? free[--freeCount] : end++;
        if (number == sockets.length) {
            sockets = Arrays.copyOf(sockets, 2 * number);
            free = Arrays.copyOf(free, 2 * number);
        }
        sockets[number] = socket;
        return number;
    }

    /** The socket of this number, if there is one. */
    @SuppressWarnings("unchecked") // Only add() writes.
    @Nullable
    S find(int number) {
        return number >= 0 && number < end ? (S) sockets[number] : null;
    }

    S get(int number) {
        S socket = find(number);
        if (socket == null) {
            throw new IllegalArgumentException("socket " + number + " (expected: an open one)");
        }
        return socket;
    }

    S remove(int number) {
        S socket = get(number);
        sockets[number] = null;
        free[freeCount++] = number;
        return socket;
    }

    void clear() {
        Arrays.fill(sockets, null);
        freeCount = 0;
        end = 0;
    }

    void forEach(Consumer<S> action) {
        for (int number = 0; number < end; number++) {
            S socket = find(number);
            if (socket != null) {
                action.accept(socket);
            }
        }
    }
}
