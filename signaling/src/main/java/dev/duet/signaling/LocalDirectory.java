package dev.duet.signaling;

import dev.duet.signaling.Output.SeatClaim;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which seat, when one node holds all rooms: answers {@link Output.TakeSeat} and {@link Output.ReleaseSeat} at once. A seat is
 * free or has a stamp and a generation; a resumption makes the next generation, and the one it came from stays good until a later one is
 * used, since the answer that carries the later one may be lost. When resumptions cross, each gets a generation; all are good until then.
 *
 * <p>Seats that an earlier process gave are known by their stamps.
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
public final class LocalDirectory {
    /**
     * @param replacedStamp of whoever was replaced here, to be told so; 0 for nobody
     * @param earlier whether an earlier process had given it
     */
    private record Held(long stamp, int generation, int previousGeneration, long replacedStamp, boolean earlier) {
        boolean isClaimedBy(Seat claim) {
            return stamp == claim.stamp()
                    && previousGeneration <= claim.generation()
                    && claim.generation() <= generation;
        }

        Held resumedBy(Seat claim) {
            return new Held(stamp, generation + 1, claim.generation(), replacedStamp, earlier);
        }
    }

    private final int capacity;
    private final Map<RoomName, @Nullable Held[]> rooms = new HashMap<>();
    private final long firstStamp;
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
        this.firstStamp = firstStamp;
        this.lastStamp = firstStamp - 1;
    }

    /** Takes a seat, or says that there is none. */
    public SeatAnswer take(RoomName room, SeatClaim claim) {
        @Nullable Held[] seats = rooms.computeIfAbsent(room, _ -> new @Nullable Held[capacity]);
        SeatAnswer answer = switch (claim) {
            case SeatClaim.Any() -> takeFree(seats);
            case SeatClaim.Resume resume -> resume(seats, resume);
            case SeatClaim.Replace(Seat seat) -> replace(seats, seat);
        };
        dropIfFree(room, seats);
        return answer;
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

    private SeatAnswer takeFree(@Nullable Held[] seats) {
        for (int index = 0; index < capacity; index++) {
            if (seats[index] == null) {
                return take(seats, index, 0);
            }
        }
        return new SeatAnswer.Full();
    }

    private SeatAnswer take(@Nullable Held[] seats, int index, long replacedStamp) {
        return hold(seats, index, new Held(++lastStamp, 1, 1, replacedStamp, false));
    }

    private static SeatAnswer hold(@Nullable Held[] seats, int index, Held held) {
        seats[index] = held;
        return new SeatAnswer.Taken(new Seat(index, held.stamp, held.generation), held.earlier);
    }

    private SeatAnswer resume(@Nullable Held[] seats, SeatClaim.Resume resume) {
        Seat claim = resume.seat();
        if (claim.index() < 0 || claim.index() >= capacity) {
            return takeFree(seats);
        }
        Held held = seats[claim.index()];
        if (held == null) {
            boolean earlier = resume.mayBeEarlier() && claim.stamp() < firstStamp;
            return earlier ? hold(seats, claim.index(), adopted(claim)) : takeFree(seats);
        }
        if (held.isClaimedBy(claim)) {
            return hold(seats, claim.index(), held.resumedBy(claim));
        }
        boolean wentOn = held.stamp == claim.stamp() || held.replacedStamp == claim.stamp();
        return wentOn ? new SeatAnswer.Superseded() : takeFree(seats);
    }

    /**
     * The earlier process may have given later generations than its bearer heard of, and so may one between it and this. So that none is
     * given twice, each process goes on somewhere else.
     */
    private Held adopted(Seat claim) {
        int further = (int) (firstStamp / 1_000 % 1_000_000);
        return new Held(claim.stamp(), claim.generation() + 1 + further, claim.generation(), 0, true);
    }

    private SeatAnswer replace(@Nullable Held[] seats, Seat claim) {
        Held held = seats[claim.index()];
        if (held == null || held.stamp != claim.stamp() || held.generation != claim.generation()) {
            return new SeatAnswer.Full();
        }
        return take(seats, claim.index(), held.stamp);
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
