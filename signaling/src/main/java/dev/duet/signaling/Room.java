package dev.duet.signaling;

import dev.duet.signaling.Output.EndReason;
import dev.duet.signaling.Output.SeatClaim;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One room: who sits in it, who is on the way in, and who has to be told.
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
final class Room {
    final RoomName name;
    private final Rooms rooms;
    private final Limits limits;
    private final Map<ParticipantId, Member> members = new LinkedHashMap<>();
    private final Set<PendingJoin> pending = new LinkedHashSet<>();

    Room(RoomName name, Rooms rooms) {
        this.name = name;
        this.rooms = rooms;
        this.limits = rooms.limits;
    }

    // ---- on the way in ----

    void ask(PendingJoin join) {
        pending.add(join);
        rooms.deadlines.set(join, rooms.nowNanos + limits.policyNanos());
        out(new Output.Admit(join.id, join.session(), name, join.asked.person()));
    }

    void take(PendingJoin join) {
        join.state = PendingJoin.State.TAKING;
        rooms.deadlines.set(join, rooms.nowNanos + limits.directoryNanos());
        out(new Output.TakeSeat(join.id, name, join.claim));
    }

    void seatTaken(PendingJoin join, Seat seat) {
        settle(join);
        Member holder = holderOf(seat.index());
        if (holder != null && holder.seat.stamp() == seat.stamp()) {
            resume(holder, join, seat);
            return;
        }
        if (holder != null) {
            detach(holder, EndReason.SUPERSEDED);
            remove(holder, LeftReason.REPLACED);
        }
        Input.Join asked = join.asked;
        Member member = new Member(this, asked, seat, rooms.nowNanos);
        rooms.place(asked.session(), member);
        List<Participant> others = othersOf(member);
        members.put(member.id, member);
        out(new Output.Joined(asked.session(), asked.request(), name, member.view(), seat, others, false));
        tellOthers(member, session -> new Output.ParticipantJoined(session, member.view()));
    }

    private void resume(Member member, PendingJoin join, Seat seat) {
        Input.Join asked = join.asked;
        if (seat.generation() < member.seat.generation()) {
            // Two resumptions crossed and this is the older one: the seat already went on without it.
            rooms.displace(asked.session());
            out(new Output.Ended(asked.session(), EndReason.SUPERSEDED));
            return;
        }
        detach(member, EndReason.SUPERSEDED);
        present(member);
        member.seat = seat;
        member.session = asked.session();
        member.person = asked.person();
        member.resumable = asked.resumable();
        member.heardNanos = rooms.nowNanos;
        member.probed = false;
        member.candidates = 0;
        rooms.place(asked.session(), member);
        out(new Output.Joined(asked.session(), asked.request(), name, member.view(), seat, othersOf(member), false));
        tellOthers(member, session -> new Output.ParticipantBack(session, member.view(), false));
        probesSettled();
    }

    /** A resumption came through after its join was given up: the holder keeps the seat, under its new generation. */
    boolean tookGeneration(Seat seat) {
        Member holder = holderOf(seat.index());
        if (holder == null || holder.seat.stamp() != seat.stamp()) {
            return false;
        }
        if (seat.generation() > holder.seat.generation()) {
            holder.seat = seat;
        }
        return true;
    }

    /**
     * The directory has no seat. Before the joiner is refused, a seat that has been away long enough is taken over, and those who look
     * present are asked once whether they still are.
     */
    void full(PendingJoin join) {
        Member away = longestAway();
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
        for (Member member : members.values()) {
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
        Member away = longestAway();
        OptionalLong retryAfter = away == null
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(0, away.awaySinceNanos + limits.takeOverNanos() - rooms.nowNanos));
        out(new Output.RoomFull(join.session(), join.asked.request(), name, retryAfter));
        rooms.dropIfEmpty(this);
    }

    void reject(PendingJoin join, Rejection why) {
        cancel(join);
        out(new Output.Rejected(join.session(), join.asked.request(), why));
    }

    void cancel(PendingJoin join) {
        settle(join);
        rooms.displace(join.session());
        rooms.dropIfEmpty(this);
    }

    void tookTooLong(PendingJoin join) {
        switch (join.state) {
            case ADMITTING -> reject(join, Rejection.JOIN_REFUSED);
            case TAKING -> reject(join, Rejection.UNAVAILABLE);
            case PROBING -> {
                for (Member member : List.copyOf(members.values())) {
                    if (member.probed && limits.seatGraceNanos() > 0) {
                        away(member, AwayReason.SILENT, limits.seatGraceNanos());
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

    // ---- in the room ----

    void signal(Member from, Input.Signal signal) {
        heard(from);
        Member to = members.get(signal.to());
        if (to == null || to == from) {
            reject(signal, Rejection.UNKNOWN_PARTICIPANT);
        } else if (!(to.session instanceof Session session)) {
            reject(signal, Rejection.PARTICIPANT_AWAY);
        } else if (!from.counts(signal.kind(), limits.candidatesMax())) {
            reject(signal, Rejection.TOO_MANY_CANDIDATES);
        } else {
            out(new Output.Deliver(session, signal.session(), from.id, signal.kind(), signal.payload()));
        }
    }

    void broadcast(Member from, Input.Broadcast broadcast) {
        heard(from);
        if (!from.counts(broadcast.kind(), limits.candidatesMax())) {
            out(new Output.Rejected(broadcast.session(), broadcast.request(), Rejection.TOO_MANY_CANDIDATES));
            return;
        }
        tellOthers(
                from,
                to -> new Output.Deliver(to, broadcast.session(), from.id, broadcast.kind(), broadcast.payload()));
    }

    private void reject(Input.Signal signal, Rejection why) {
        out(new Output.Rejected(signal.session(), signal.request(), why));
    }

    void heard(Member member) {
        member.heardNanos = rooms.nowNanos;
        member.probed = false;
        if (member.away == AwayReason.SILENT && member.session != null) {
            present(member);
            tellOthers(member, session -> new Output.ParticipantBack(session, member.view(), true));
        }
        probesSettled();
    }

    /** When nobody is left who has to answer a probe, whoever waits for a seat is answered. */
    private void probesSettled() {
        if (!pending.isEmpty() && !someoneIsProbed()) {
            for (PendingJoin join : probing()) {
                full(join);
            }
        }
    }

    private boolean someoneIsProbed() {
        for (Member member : members.values()) {
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

    // ---- on the way out ----

    void leave(Member member, Input.Leave leave) {
        rooms.displace(leave.session());
        member.session = null;
        if (leave.returning() && mayBeAway(member)) {
            away(member, AwayReason.RETURNING, limits.returnGraceNanos());
            probesSettled();
        } else {
            release(member, LeftReason.LEFT);
        }
        out(new Output.Left(leave.session(), leave.request()));
    }

    void disconnected(Member member) {
        rooms.displace(Objects.requireNonNull(member.session));
        member.session = null;
        member.probed = false;
        if (member.away != null && member.resumable) {
            return;
        } else if (mayBeAway(member)) {
            away(member, AwayReason.CONNECTION_LOST, limits.seatGraceNanos());
            probesSettled();
        } else {
            // Who cannot come back has hung up as well: there is no call left that could go on without signaling.
            release(member, member.resumable ? LeftReason.GRACE_ENDED : LeftReason.LEFT);
        }
    }

    void graceEnded(Member member) {
        detach(member, EndReason.REMOVED);
        release(member, LeftReason.GRACE_ENDED);
    }

    private boolean mayBeAway(Member member) {
        return member.resumable && limits.seatGraceNanos() > 0 && rooms.awaySeats < limits.awaySeatsMax();
    }

    private void away(Member member, AwayReason why, long graceNanos) {
        if (member.away == null) {
            rooms.awaySeats++;
        }
        member.away = why;
        member.probed = false;
        member.awaySinceNanos = rooms.nowNanos;
        rooms.deadlines.set(member, rooms.nowNanos + graceNanos);
        tellOthers(member, session -> new Output.ParticipantAway(session, member.id, why, graceNanos));
    }

    private void present(Member member) {
        if (member.away != null) {
            member.away = null;
            rooms.awaySeats--;
            rooms.deadlines.clear(member);
        }
    }

    private void detach(Member member, EndReason why) {
        if (member.session instanceof Session session) {
            rooms.displace(session);
            member.session = null;
            out(new Output.Ended(session, why));
        }
    }

    private void release(Member member, LeftReason why) {
        out(new Output.ReleaseSeat(name, member.seat));
        remove(member, why);
        for (PendingJoin join : probing()) {
            take(join);
        }
        rooms.dropIfEmpty(this);
    }

    private void remove(Member member, LeftReason why) {
        present(member);
        members.remove(member.id);
        out(new Output.Gone(member.id, why != LeftReason.LEFT || !member.resumable));
        tellOthers(member, session -> new Output.ParticipantLeft(session, member.id, why));
    }

    // ---- who is where ----

    private interface Notice {
        Output to(Session session);
    }

    private void tellOthers(Member about, Notice notice) {
        for (Member other : members.values()) {
            if (other != about && other.session instanceof Session session) {
                out(notice.to(session));
            }
        }
    }

    private List<Participant> othersOf(Member member) {
        List<Participant> others = new ArrayList<>();
        for (Member other : members.values()) {
            if (other != member) {
                others.add(other.view());
            }
        }
        others.sort(Comparator.comparingLong(Participant::order));
        return List.copyOf(others);
    }

    private @Nullable Member holderOf(int seatIndex) {
        for (Member member : members.values()) {
            if (member.seat.index() == seatIndex) {
                return member;
            }
        }
        return null;
    }

    private @Nullable Member longestAway() {
        Member longest = null;
        for (Member member : members.values()) {
            if (member.away != null && (longest == null || member.awaySinceNanos - longest.awaySinceNanos < 0)) {
                longest = member;
            }
        }
        return longest;
    }

    private void out(Output output) {
        rooms.out.accept(output);
    }

    boolean isEmpty() {
        return members.isEmpty() && pending.isEmpty();
    }

    Collection<Member> members() {
        return members.values();
    }

    int pendingCount() {
        return pending.size();
    }

    void checkInvariants() {
        Rooms.require(members.size() <= limits.capacity(), "more members than seats", members.keySet());
        Rooms.require(
                probing().isEmpty() || someoneIsProbed(), "a join waits for a probe that nobody has to answer", name);
        for (Member member : members.values()) {
            Rooms.require(member.candidates <= limits.candidatesMax(), "candidates uncounted", member.id);
            Rooms.require(!member.probed || member.session != null, "a probe without a session", member.id);
        }
    }
}
