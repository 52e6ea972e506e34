package dev.duet.signaling;

import dev.duet.signaling.Output.SeatClaim;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which seat, when one node holds all rooms: answers {@link Output.TakeSeat} and {@link Output.ReleaseSeat} at once. A seat is
 * free or has a stamp and a generation; a resumption makes the next generation, and the one it came from stays good until the new one is
 * used, since the answer that carries the new one may be lost.
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
public final class LocalDirectory {
    private record Held(long stamp, int generation, int previousGeneration) {
        boolean isClaimedBy(Seat claim) {
            return stamp == claim.stamp()
                    && (generation == claim.generation() || previousGeneration == claim.generation());
        }
    }

    private final int capacity;
    private final Map<RoomName, @Nullable Held[]> rooms = new HashMap<>();
    private long lastStamp;

    /**
     * Starts with every seat free.
     *
     * @param firstStamp larger than every stamp handed out before, also by an earlier process: milliseconds since 1970 times 1,000 is, as
     *     nobody hands out 1,000 a millisecond for long. After a clock that was set back stamps are smaller than before. Seats are told
     *     from each other by index, stamp and generation being equal, never by which is larger, so an old token is mistaken for a new
     *     seat's only if both were handed out at the same number: the clock has to be set back to within the earlier process's own
     *     start, to the millisecond, and the seat and the room have to be the same
     */
    public LocalDirectory(int capacity, long firstStamp) {
        this.capacity = capacity;
        this.lastStamp = firstStamp - 1;
    }

    /** Takes a seat, or says that there is none. */
    public Optional<Seat> take(RoomName room, SeatClaim claim) {
        @Nullable Held[] seats = rooms.computeIfAbsent(room, _ -> new @Nullable Held[capacity]);
        Optional<Seat> taken = switch (claim) {
            case SeatClaim.Any() -> takeFree(seats);
            case SeatClaim.Resume(Seat seat) -> resume(seats, seat).or(() -> takeFree(seats));
            case SeatClaim.Replace(Seat seat) -> replace(seats, seat);
        };
        dropIfFree(room, seats);
        return taken;
    }

    /** Frees a seat; a seat that went on under another stamp or generation stays as it is. */
    public void release(RoomName room, Seat seat) {
        @Nullable Held[] seats = rooms.get(room);
        if (seats == null || seat.index() < 0 || seat.index() >= capacity) {
            return;
        }
        Held held = seats[seat.index()];
        if (held != null && held.stamp == seat.stamp() && held.generation == seat.generation()) {
            seats[seat.index()] = null;
            dropIfFree(room, seats);
        }
    }

    /** Rooms of which a seat is taken. */
    public int roomCount() {
        return rooms.size();
    }

    private Optional<Seat> takeFree(@Nullable Held[] seats) {
        for (int index = 0; index < capacity; index++) {
            if (seats[index] == null) {
                return Optional.of(take(seats, index));
            }
        }
        return Optional.empty();
    }

    private Seat take(@Nullable Held[] seats, int index) {
        seats[index] = new Held(++lastStamp, 1, 1);
        return new Seat(index, lastStamp, 1);
    }

    private Optional<Seat> resume(@Nullable Held[] seats, Seat claim) {
        if (claim.index() < 0 || claim.index() >= capacity) {
            return Optional.empty();
        }
        Held held = seats[claim.index()];
        if (held == null || !held.isClaimedBy(claim)) {
            return Optional.empty();
        }
        int generation = held.generation + 1;
        seats[claim.index()] = new Held(held.stamp, generation, claim.generation());
        return Optional.of(new Seat(claim.index(), held.stamp, generation));
    }

    private Optional<Seat> replace(@Nullable Held[] seats, Seat claim) {
        Held held = seats[claim.index()];
        if (held == null || held.stamp != claim.stamp() || held.generation != claim.generation()) {
            return Optional.empty();
        }
        return Optional.of(take(seats, claim.index()));
    }

    private void dropIfFree(RoomName room, @Nullable Held[] seats) {
        for (Held held : seats) {
            if (held != null) {
                return;
            }
        }
        rooms.remove(room);
    }
}
