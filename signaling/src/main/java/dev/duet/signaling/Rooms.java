package dev.duet.signaling;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All rooms of one event loop: takes what happened, says what has to be done. A room comes into being with the first join and goes with
 * the last participant.
 *
 * <p>Joining has two phases, since policy and directory may answer late: {@link Output.Admit}, then {@link Output.TakeSeat}. Everything
 * of one room happens in the order of the inputs. Capacity is the directory's to decide, before anybody is a member.
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
public final class Rooms {
    /** How soon a join that found the directory unavailable may try again. */
    public static final long RETRY_AFTER_NANOS = 2_000_000_000L;

    final Limits limits;
    final Deadlines deadlines = new Deadlines();
    private final Map<RoomName, Room> rooms = new HashMap<>();
    private final Map<Session, Place> places = new HashMap<>();
    private final Map<JoinId, PendingJoin> joins = new HashMap<>();
    private final Map<JoinId, Lease> leases = new HashMap<>();
    private final long joinIdStep;
    private long lastJoinId;
    private final long earlierUntilNanos;
    private boolean handling;
    final RoomCounters counters = new RoomCounters();
    int awaySeats;
    long keptBytes;
    long lastArrival;
    long lastOffer;

    long nowNanos;
    Consumer<? super Output> out = _ -> {};

    /**
     * Starts without any room.
     *
     * @param firstJoinId the first join's number
     * @param joinIdStep the distance to the next, so that several event loops never use one number twice
     * @param earlierUntilNanos until when, on the monotonic clock, seats may be claimed that an earlier process gave
     */
    public Rooms(Limits limits, long firstJoinId, long joinIdStep, long earlierUntilNanos) {
        this.limits = limits;
        this.earlierUntilNanos = earlierUntilNanos;
        this.lastJoinId = firstJoinId - joinIdStep;
        this.joinIdStep = joinIdStep;
    }

    /**
     * Takes one input. What is due by now happens first.
     *
     * @param nowNanos the monotonic clock; never goes back
     * @param out receives what has to be done, in order, before this method returns; it must keep what it gets and act on it later,
     *     never call back
     */
    public void handle(Input input, long nowNanos, Consumer<? super Output> out) {
        if (handling) {
            throw new IllegalStateException("an output was acted on before its input was done");
        }
        handling = true;
        this.nowNanos = nowNanos;
        this.out = out;
        try {
            expire();
            handle(input);
        } finally {
            handling = false;
        }
    }

    private void expire() {
        while (deadlines.pollDue(nowNanos) instanceof Deadlines.Owner owner) {
            switch (owner) {
                case Member member -> member.room.graceEnded(member);
                case PendingJoin join -> join.room.entrance.tookTooLong(join);
                case Lease lease -> lease.room.lobby.over(lease);
            }
        }
    }

    private void handle(Input input) {
        switch (input) {
            case Input.Join join -> join(join);
            case Input.Admitted(JoinId id) -> {
                if (pending(id, PendingJoin.State.ADMITTING) instanceof PendingJoin join) {
                    join.room.entrance.admitted(join);
                } else if (asked(id) instanceof Lease lease) {
                    lease.room.lobby.admitted(lease);
                }
            }
            case Input.Refused(JoinId id) -> {
                if (pending(id, PendingJoin.State.ADMITTING) instanceof PendingJoin join) {
                    join.room.entrance.reject(join, Rejection.JOIN_REFUSED);
                } else if (asked(id) instanceof Lease lease) {
                    lease.room.lobby.over(lease);
                }
            }
            case Input.SeatAnswered answered -> seatAnswered(answered);
            case Input.Look look -> look(look);
            case Input.Park park -> park(park);
            case Input.Offer offer -> offer(offer);
            case Input.Answer answer -> answer(answer);
            case Input.Signal signal -> signal(signal);
            case Input.Acknowledge acknowledge -> {
                if (places.get(acknowledge.session()) instanceof Member member) {
                    member.room.acknowledge(member, acknowledge);
                }
            }
            case Input.Broadcast broadcast -> broadcast(broadcast);
            case Input.Leave leave -> leave(leave);
            case Input.Disconnected(Session session) -> disconnected(session);
            case Input.Heard(Session session) -> {
                if (places.get(session) instanceof Member member) {
                    member.room.heard(member);
                }
            }
            case Input.TimePassed() -> {}
        }
    }

    /** When {@link Input.TimePassed} is due, on the monotonic clock; {@link Long#MAX_VALUE} when nothing waits. */
    public long nextDeadlineNanos() {
        return deadlines.nextNanos();
    }

    /** Rooms that somebody is in or on the way to. */
    public int roomCount() {
        return rooms.size();
    }

    /** Whether nobody has a seat in this room, present or away; somebody may be on the way in. */
    public boolean isEmpty(RoomName room) {
        return !(rooms.get(room) instanceof Room found) || found.members().isEmpty();
    }

    /** Sessions that have a seat or are on the way to one. */
    public int sessionCount() {
        return places.size();
    }

    private void join(Input.Join asked) {
        if (places.containsKey(asked.session())) {
            out.accept(new Output.Rejected(asked.session(), asked.request(), Rejection.ALREADY_IN_ROOM));
            return;
        }
        Room room = room(asked.room());
        PendingJoin join = new PendingJoin(nextJoinId(), room, asked, earlierNanosLeft() > 0);
        places.put(asked.session(), join);
        joins.put(join.id, join);
        room.entrance.ask(join);
    }

    private void look(Input.Look asked) {
        if (places.get(asked.session()) instanceof Lease lease && lease.room.name.equals(asked.room())) {
            lease.room.lobby.renew(lease, asked);
            return;
        }
        if (places.containsKey(asked.session())) {
            out.accept(new Output.Rejected(asked.session(), asked.request(), Rejection.ALREADY_IN_ROOM));
            return;
        }
        Room room = room(asked.room());
        Lease lease = new Lease(nextJoinId(), room, asked);
        places.put(asked.session(), lease);
        leases.put(lease.id, lease);
        room.lobby.ask(lease);
    }

    private void park(Input.Park park) {
        if (places.get(park.session()) instanceof Member member) {
            member.room.lobby.park(member, park);
        } else {
            out.accept(new Output.Rejected(park.session(), park.request(), Rejection.NOT_IN_ROOM));
        }
    }

    private void offer(Input.Offer offer) {
        if (places.get(offer.session()) instanceof Member member) {
            member.room.lobby.offer(member, offer);
        } else {
            out.accept(new Output.Rejected(offer.session(), offer.request(), Rejection.NOT_IN_ROOM));
        }
    }

    private void answer(Input.Answer answer) {
        if (places.get(answer.session()) instanceof Lease lease) {
            lease.room.lobby.answer(lease, answer);
        } else {
            out.accept(new Output.Rejected(answer.session(), answer.request(), Rejection.OFFER_STALE));
        }
    }

    private Room room(RoomName called) {
        return rooms.computeIfAbsent(called, name -> new Room(name, this));
    }

    private JoinId nextJoinId() {
        lastJoinId += joinIdStep;
        return new JoinId(lastJoinId);
    }

    private void seatAnswered(Input.SeatAnswered answered) {
        PendingJoin join = pending(answered.join(), PendingJoin.State.TAKING);
        switch (answered.answer()) {
            case SeatAnswer.Taken taken when join == null -> nobodyTakes(answered.room(), taken.seat());
            case SeatAnswer _ when join == null -> {}
            case SeatAnswer.Taken taken -> join.room.entrance.seatTaken(join, taken);
            case SeatAnswer.Full() -> join.room.entrance.full(join);
            case SeatAnswer.Superseded() -> join.room.entrance.superseded(join);
            case SeatAnswer.Unavailable() -> join.room.entrance.reject(join, Rejection.UNAVAILABLE);
        }
    }

    /** Nobody waits for this seat any more. It goes back, unless it was a resumption: then its holder still has the grace to come back. */
    private void nobodyTakes(RoomName name, Seat seat) {
        if (!(rooms.get(name) instanceof Room room && room.tookGeneration(seat))) {
            out.accept(new Output.ReleaseSeat(name, seat));
        }
    }

    /** For so long seats of an earlier process may still be claimed. */
    long earlierNanosLeft() {
        return Math.max(0, earlierUntilNanos - nowNanos);
    }

    private void signal(Input.Signal signal) {
        if (places.get(signal.session()) instanceof Member member) {
            member.room.signal(member, signal);
        } else {
            counters.late++;
            out.accept(new Output.Rejected(signal.session(), signal.request(), Rejection.NOT_IN_ROOM));
        }
    }

    private void broadcast(Input.Broadcast broadcast) {
        if (places.get(broadcast.session()) instanceof Member member) {
            member.room.broadcast(member, broadcast);
        } else {
            out.accept(new Output.Rejected(broadcast.session(), broadcast.request(), Rejection.NOT_IN_ROOM));
        }
    }

    private void leave(Input.Leave leave) {
        switch (places.get(leave.session())) {
            case Member member -> member.room.leave(member, leave);
            case PendingJoin join -> {
                join.room.entrance.cancel(join);
                out.accept(new Output.Left(leave.session(), leave.request()));
            }
            case Lease lease -> {
                lease.room.lobby.end(lease);
                out.accept(new Output.Left(leave.session(), leave.request()));
            }
            case null -> out.accept(new Output.Rejected(leave.session(), leave.request(), Rejection.NOT_IN_ROOM));
        }
    }

    private void disconnected(Session session) {
        switch (places.get(session)) {
            case Member member -> member.room.disconnected(member);
            case PendingJoin join -> join.room.entrance.cancel(join);
            case Lease lease -> lease.room.lobby.end(lease);
            case null -> {}
        }
    }

    private @Nullable PendingJoin pending(JoinId id, PendingJoin.State state) {
        PendingJoin join = joins.get(id);
        return join != null && join.state == state ? join : null;
    }

    /** What was dropped, and why. */
    public RoomCounters counters() {
        return counters;
    }

    /** Somebody about whose look the policy is asked. */
    private @Nullable Lease asked(JoinId id) {
        Lease lease = leases.get(id);
        return lease != null && lease.isAsking ? lease : null;
    }

    void place(Session session, Place place) {
        places.put(session, place);
    }

    void displace(Session session) {
        places.remove(session);
    }

    /** Forgets a join that was answered or cancelled; its session's place is the caller's to settle. */
    void settle(PendingJoin join) {
        deadlines.clear(join);
        joins.remove(join.id);
    }

    /** Forgets a look that is over. */
    void settle(Lease lease) {
        deadlines.clear(lease);
        leases.remove(lease.id);
        places.remove(lease.session());
    }

    void dropIfEmpty(Room room) {
        if (room.isEmpty()) {
            rooms.remove(room.name);
        }
    }

    /**
     * Checks what must hold between any two inputs; the simulation calls it after every step.
     *
     * @throws IllegalStateException naming what does not hold
     */
    void checkInvariants() {
        int away = 0;
        int attached = 0;
        int pending = 0;
        int looking = 0;
        long kept = 0;
        for (Room room : rooms.values()) {
            room.checkInvariants();
            require(!room.isEmpty(), "an empty room is kept", room.name);
            var stamps = new HashSet<Long>();
            for (Member member : room.members()) {
                require(stamps.add(member.seat.stamp()), "two members hold one seat", member.seat);
                kept += member.inbox.keptBytes();
                away += member.away != null ? 1 : 0;
                attached += member.session != null ? 1 : 0;
                require(
                        member.session == null || places.get(member.session) == member,
                        "a session lost its place",
                        member.id);
                require(member.session != null || member.away != null, "a present member has no session", member.id);
            }
            pending += room.entrance.pendingCount();
            looking += room.lobby.leaseCount();
        }
        require(away == awaySeats, "away seats miscounted", awaySeats);
        require(kept == keptBytes, "kept bytes miscounted", keptBytes);
        require(kept <= limits.keptBytesMax(), "more bytes are kept than may be", keptBytes);
        require(pending == joins.size(), "pending joins miscounted", joins.size());
        require(looking == leases.size(), "leases miscounted", leases.size());
        require(attached + pending + looking == places.size(), "sessions miscounted", places.size());
    }

    static void require(boolean condition, String what, Object about) {
        if (!condition) {
            throw new IllegalStateException(what + ": " + about);
        }
    }
}
