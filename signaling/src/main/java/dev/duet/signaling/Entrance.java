package dev.duet.signaling;

import dev.duet.signaling.Output.EndReason;
import dev.duet.signaling.Output.SeatClaim;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who is on the way into one room, and what becomes of them. Those inside do not know of them before they have a seat.
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
final class Entrance {
    private final Room room;
    private final Rooms rooms;
    private final Limits limits;
    private final Set<PendingJoin> pending = new LinkedHashSet<>();

    Entrance(Room room, Rooms rooms) {
        this.room = room;
        this.rooms = rooms;
        this.limits = rooms.limits;
    }

    /** Who has a seat here, or had one in an earlier process, was let in before: a policy that is silent just now ends no call. */
    void ask(PendingJoin join) {
        pending.add(join);
        boolean hadOneEarlier = join.claim instanceof SeatClaim.Resume resume && resume.mayBeEarlier();
        if (hadOneEarlier || room.claimed(join.asked) != null) {
            take(join);
        } else {
            admit(join);
        }
    }

    private void admit(PendingJoin join) {
        join.state = PendingJoin.State.ADMITTING;
        rooms.deadlines.set(join, rooms.nowNanos + limits.policyNanos());
        out(new Output.Admit(join.id, join.session(), room.name, join.asked.person()));
    }

    void admitted(PendingJoin join) {
        join.admitted = true;
        take(join);
    }

    void take(PendingJoin join) {
        if (room.wentOnWithout(join.asked)) {
            superseded(join);
            return;
        }
        if (join.claim instanceof SeatClaim.Any && room.claimed(join.asked) instanceof Member unheard) {
            join.claim = new SeatClaim.Resume(unheard.seat, false);
        }
        join.state = PendingJoin.State.TAKING;
        rooms.deadlines.set(join, rooms.nowNanos + limits.directoryNanos());
        out(new Output.TakeSeat(join.id, room.name, join.claim));
    }

    void seatTaken(PendingJoin join, SeatAnswer.Taken taken) {
        if (!join.admitted && !taken.earlier() && !isHeld(taken.seat())) {
            // What was claimed is gone, and another seat is for the policy to give.
            out(new Output.ReleaseSeat(room.name, taken.seat()));
            askAfterAll(join);
            return;
        }
        settle(join);
        room.seat(join, taken.seat(), taken.earlier());
    }

    /** Whether somebody sits there who came with this seat, or after it. */
    private boolean isHeld(Seat seat) {
        return room.members().stream()
                .anyMatch(member -> member.seat.index() == seat.index() && member.seat.stamp() >= seat.stamp());
    }

    private void askAfterAll(PendingJoin join) {
        join.claim = new SeatClaim.Any();
        admit(join);
    }

    /** Somebody else has the seat that was claimed. */
    void superseded(PendingJoin join) {
        cancel(join);
        out(new Output.Ended(join.session(), EndReason.SUPERSEDED));
    }

    /**
     * The directory has no seat. Before the joiner is refused, a seat that has been away long enough is taken over, and those who look
     * present are asked once whether they still are.
     */
    void full(PendingJoin join) {
        if (!join.admitted) {
            askAfterAll(join);
            return;
        }
        Member away = room.longestAway();
        if (away != null
                && rooms.nowNanos - away.awaySinceNanos >= limits.takeOverNanos()
                && !join.claim.equals(new SeatClaim.Replace(away.seat))) {
            join.claim = new SeatClaim.Replace(away.seat);
            take(join);
            return;
        }
        if (!join.probedOnce && probe()) {
            join.probedOnce = true;
            join.state = PendingJoin.State.PROBING;
            rooms.deadlines.set(join, rooms.nowNanos + limits.probeNanos());
            return;
        }
        refuse(join);
    }

    /** Probes everybody present who was not heard lately; says whether an answer is awaited. */
    private boolean probe() {
        boolean waiting = false;
        for (Member member : room.members()) {
            if (member.session == null || member.away != null) {
                continue;
            }
            if (!member.probed && rooms.nowNanos - member.heardNanos >= limits.probeNanos()) {
                member.probed = true;
                out(new Output.Probe(member.session));
            }
            waiting |= member.probed;
        }
        return waiting;
    }

    private void refuse(PendingJoin join) {
        settle(join);
        rooms.displace(join.session());
        out(new Output.RoomFull(join.session(), join.asked.request(), room.name, room.retryAfterNanos()));
        rooms.dropIfEmpty(room);
    }

    void reject(PendingJoin join, Rejection why) {
        cancel(join);
        out(new Output.Rejected(join.session(), join.asked.request(), why));
    }

    void cancel(PendingJoin join) {
        settle(join);
        rooms.displace(join.session());
        rooms.dropIfEmpty(room);
    }

    void tookTooLong(PendingJoin join) {
        switch (join.state) {
            case ADMITTING -> reject(join, Rejection.JOIN_REFUSED);
            case TAKING -> reject(join, Rejection.UNAVAILABLE);
            case PROBING -> {
                for (Member member : List.copyOf(room.members())) {
                    if (member.probed && limits.seatGraceNanos() > 0) {
                        room.away(member, AwayReason.SILENT, limits.seatGraceNanos());
                    }
                    member.probed = false;
                }
                probesSettled();
            }
        }
    }

    private void settle(PendingJoin join) {
        pending.remove(join);
        rooms.settle(join);
    }

    /** A seat is free: whoever waits for probes asks for it. */
    void seatReleased() {
        for (PendingJoin join : probing()) {
            take(join);
        }
    }

    /** When nobody is left who has to answer a probe, whoever waits for a seat is answered. */
    void probesSettled() {
        if (!pending.isEmpty() && !someoneIsProbed()) {
            for (PendingJoin join : probing()) {
                full(join);
            }
        }
    }

    private boolean someoneIsProbed() {
        for (Member member : room.members()) {
            if (member.probed) {
                return true;
            }
        }
        return false;
    }

    private List<PendingJoin> probing() {
        return pending.stream()
                .filter(join -> join.state == PendingJoin.State.PROBING)
                .toList();
    }

    private void out(Output output) {
        rooms.out.accept(output);
    }

    boolean isEmpty() {
        return pending.isEmpty();
    }

    int pendingCount() {
        return pending.size();
    }

    void checkInvariants() {
        Rooms.require(
                probing().isEmpty() || someoneIsProbed(),
                "a join waits for a probe that nobody has to answer",
                room.name);
    }
}
