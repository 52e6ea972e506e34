package dev.duet.signaling;

import dev.duet.signaling.Output.SeatClaim;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which seat, when one node holds all rooms: answers {@link Output.TakeSeat} and {@link Output.ReleaseSeat} at once. A seat is
 * free or has a stamp and a generation; a resumption makes the next generation, and the one it came from stays good until a later one is
 * used, since the answer that carries the later one may be lost. When resumptions cross, each gets a generation; all are good until then.
 *
 * <p>Seats that an earlier process gave are known by their stamps; each can be claimed once.
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
public final class LocalDirectory {
    /** @param replacedStamp of whoever was replaced here, to be told so; 0 for nobody */
    private record Held(long stamp, int generation, int previousGeneration, long replacedStamp) {
        boolean isClaimedBy(Seat claim) {
            return stamp == claim.stamp()
                    && previousGeneration <= claim.generation()
                    && claim.generation() <= generation;
        }
    }

    private final int capacity;
    private final Map<RoomName, @Nullable Held[]> rooms = new HashMap<>();
    private final long firstStamp;
    private final Set<Long> adopted = new HashSet<>();
    private long lastStamp;

    /**
     * Starts with every seat free.
     *
     * @param firstStamp larger than every stamp handed out before, also by an earlier process: milliseconds since 1970 times 1,000 is
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
        return hold(seats, index, new Held(++lastStamp, 1, 1, replacedStamp));
    }

    private static SeatAnswer hold(@Nullable Held[] seats, int index, Held held) {
        return hold(seats, index, held, false);
    }

    private static SeatAnswer hold(@Nullable Held[] seats, int index, Held held, boolean earlier) {
        seats[index] = held;
        return new SeatAnswer.Taken(new Seat(index, held.stamp, held.generation), earlier);
    }

    private SeatAnswer resume(@Nullable Held[] seats, SeatClaim.Resume resume) {
        Seat claim = resume.seat();
        if (claim.index() < 0 || claim.index() >= capacity) {
            return takeFree(seats);
        }
        Held held = seats[claim.index()];
        if (held == null) {
            boolean earlier = resume.mayBeEarlier() && claim.stamp() < firstStamp && adopted.add(claim.stamp());
            Held adoptee = new Held(claim.stamp(), claim.generation() + 1, claim.generation(), 0);
            return earlier ? hold(seats, claim.index(), adoptee, true) : takeFree(seats);
        }
        if (held.isClaimedBy(claim)) {
            int generation = held.generation + 1;
            return hold(seats, claim.index(), new Held(held.stamp, generation, claim.generation(), held.replacedStamp));
        }
        boolean wentOn = held.stamp == claim.stamp() || held.replacedStamp == claim.stamp();
        return wentOn ? new SeatAnswer.Superseded() : takeFree(seats);
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
