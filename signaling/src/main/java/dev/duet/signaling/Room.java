package dev.duet.signaling;

import dev.duet.signaling.Output.EndReason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
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
    private final Signals signals;
    final Entrance entrance;
    final Lobby lobby;

    Room(RoomName name, Rooms rooms) {
        this.name = name;
        this.rooms = rooms;
        this.limits = rooms.limits;
        this.signals = new Signals(this, rooms);
        this.entrance = new Entrance(this, rooms);
        this.lobby = new Lobby(this, rooms);
    }

    // ---- seats ----

    /** The directory gave a seat to somebody who was on the way in. */
    void seat(PendingJoin join, Seat seat, boolean earlier) {
        Member holder = holderOf(seat.index());
        if (holder != null && holder.seat.stamp() == seat.stamp()) {
            resume(holder, join, seat);
            return;
        }
        if (holder != null && holder.seat.stamp() > seat.stamp()) {
            // The answer comes late: the seat was free again, and is somebody else's.
            rooms.displace(join.session());
            out(new Output.Ended(join.session(), EndReason.SUPERSEDED));
            return;
        }
        if (holder != null) {
            detach(holder, EndReason.SUPERSEDED);
            remove(holder, LeftReason.REPLACED);
        }
        if (earlier && join.asked.resume().isPresent()) {
            adopt(join, join.asked.resume().get(), seat);
            return;
        }
        Member member = sit(join, join.asked.id(), seat);
        Optional<OfferClaim> claim = join.asked
                .visit()
                .flatMap(lobby::enter)
                .or(() -> join.asked.takesOffer() ? lobby.take() : Optional.empty());
        if (members.size() > 1) {
            lobby.withdraw();
        }
        joined(member, join, false, claim);
        tellOthers(
                member,
                (session, other) -> new Output.ParticipantJoined(
                        session, member.view(), claim.filter(it -> it.author().equals(other.id))));
        lobby.announceIfVisited();
    }

    private Member sit(PendingJoin join, ParticipantId id, Seat seat) {
        Member member = new Member(this, id, join.asked, seat, new Inbox(rooms));
        member.heardNanos = rooms.nowNanos;
        member.seatedNanos = rooms.nowNanos;
        rooms.place(join.session(), member);
        members.put(id, member);
        return member;
    }

    /**
     * Whether the seat that this join claims went on to a connection that was opened later: then the join comes late, from a connection
     * that was given up. Clients that name no page load may use their connections in any order.
     */
    boolean wentOnWithout(Input.Join asked) {
        return !asked.person().instance().isEmpty()
                && claimed(asked) instanceof Member holder
                && !holder.person.instance().isEmpty()
                && holder.connection > asked.connection();
    }

    /** Who has the seat that this join claims, by a token or by its page's secret. */
    @Nullable
    Member claimed(Input.Join asked) {
        if (asked.resume().isPresent()) {
            Seat seat = asked.resume().get().seat();
            Member holder = holderOf(seat.index());
            return holder != null && holder.seat.stamp() == seat.stamp() ? holder : null;
        }
        for (Member member : members.values()) {
            if (!asked.key().isEmpty() && asked.key().equals(member.key)) {
                return member;
            }
        }
        return null;
    }

    /** Somebody sat here when this room belonged to an earlier process. */
    private void adopt(PendingJoin join, Resumption had, Seat seat) {
        Member member = sit(join, had.participant(), seat);
        member.adopted = true;
        lobby.withdraw();
        List<StreamPosition> positions = join.asked.streams().orElse(List.of());
        boolean recovered = !positions.isEmpty();
        if (recovered) {
            member.epoch = had.epoch();
            signals.adopt(member, positions);
        }
        joined(member, join, recovered, Optional.empty());
        back(member, recovered);
        if (recovered) {
            signals.catchUp(member, join.session());
        }
        lobby.announceIfVisited();
    }

    private void joined(Member member, PendingJoin join, boolean recovered, Optional<OfferClaim> claim) {
        out(new Output.Joined(
                join.session(),
                join.asked.request(),
                name,
                member.view(),
                member.seat,
                othersOf(member),
                recovered,
                member.adopted ? rooms.earlierNanosLeft() : 0,
                claim));
    }

    private void back(Member member, boolean recovered) {
        tellOthers(member, (session, other) -> new Output.ParticipantBack(session, asSeenBy(other, member), recovered));
    }

    private static Other asSeenBy(Member one, Member other) {
        return new Other(other.view(), other.inbox.accepted(one.id));
    }

    private void resume(Member member, PendingJoin join, Seat seat) {
        Input.Join asked = join.asked;
        boolean newer = seat.generation() > member.seat.generation();
        if (newer) {
            member.seat = seat;
        }
        // Two resumptions crossed, and a directory's answers come in any order.
        if (wentOnWithout(asked) || (!newer && asked.connection() <= member.connection)) {
            rooms.displace(asked.session());
            out(new Output.Ended(asked.session(), EndReason.SUPERSEDED));
            return;
        }
        detach(member, EndReason.SUPERSEDED);
        present(member);
        member.session = asked.session();
        boolean samePage = member.person.instance().equals(asked.person().instance());
        member.person = asked.person();
        member.resumable = asked.resumable();
        member.key = asked.key();
        member.connection = asked.connection();
        member.heardNanos = rooms.nowNanos;
        member.probed = false;
        member.candidates = 0;
        rooms.place(asked.session(), member);
        boolean recovered = signals.resume(member, asked.streams(), samePage);
        joined(member, join, recovered, Optional.empty());
        lobby.resumed(member, samePage);
        back(member, recovered);
        if (recovered) {
            signals.catchUp(member, asked.session());
        }
        entrance.probesSettled();
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

    // ---- in the room ----

    void signal(Member from, Input.Signal signal) {
        heard(from);
        signals.signal(from, signal);
    }

    void broadcast(Member from, Input.Broadcast broadcast) {
        heard(from);
        signals.broadcast(from, broadcast);
    }

    void acknowledge(Member to, Input.Acknowledge acknowledge) {
        heard(to);
        signals.acknowledge(to, acknowledge);
    }

    void heard(Member member) {
        member.heardNanos = rooms.nowNanos;
        member.probed = false;
        if (member.away == AwayReason.SILENT && member.session != null) {
            present(member);
            back(member, true);
        }
        entrance.probesSettled();
    }

    // ---- on the way out ----

    void leave(Member member, Input.Leave leave) {
        rooms.displace(leave.session());
        member.session = null;
        if (leave.returning() && mayBeAway(member)) {
            away(member, AwayReason.RETURNING, limits.returnGraceNanos());
            entrance.probesSettled();
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
            entrance.probesSettled();
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

    void away(Member member, AwayReason why, long graceNanos) {
        if (member.away == null) {
            rooms.awaySeats++;
        }
        member.away = why;
        member.probed = false;
        member.awaySinceNanos = rooms.nowNanos;
        rooms.deadlines.set(member, rooms.nowNanos + graceNanos);
        out(new Output.WentAway(member.id, why, rooms.nowNanos - member.seatedNanos));
        tellOthers(member, (session, _) -> new Output.ParticipantAway(session, member.id, why, graceNanos));
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
        entrance.seatReleased();
        rooms.dropIfEmpty(this);
    }

    private void remove(Member member, LeftReason why) {
        present(member);
        members.remove(member.id);
        lobby.withdraw();
        signals.end(member);
        boolean connectionLost = why != LeftReason.LEFT || !member.resumable;
        out(new Output.Gone(member.id, why, connectionLost, rooms.nowNanos - member.seatedNanos));
        tellOthers(member, (session, _) -> new Output.ParticipantLeft(session, member.id, why));
        lobby.announceIfVisited();
    }

    // ---- who is where ----

    private interface Notice {
        Output to(Session session, Member other);
    }

    private void tellOthers(Member about, Notice notice) {
        for (Member other : members.values()) {
            if (other != about && other.session instanceof Session session) {
                out(notice.to(session, other));
            }
        }
    }

    private List<Other> othersOf(Member member) {
        List<Other> others = new ArrayList<>();
        for (Member other : members.values()) {
            if (other != member) {
                others.add(asSeenBy(member, other));
            }
        }
        others.sort(Comparator.comparingLong(other -> other.participant().order()));
        return List.copyOf(others);
    }

    /** Everybody in the room, in the order of their seats. */
    List<Participant> participants() {
        return members.values().stream()
                .map(Member::view)
                .sorted(Comparator.comparingLong(Participant::order))
                .toList();
    }

    /** When an away seat could be taken over. */
    OptionalLong retryAfterNanos() {
        Member away = longestAway();
        return away == null
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(0, away.awaySinceNanos + limits.takeOverNanos() - rooms.nowNanos));
    }

    private @Nullable Member holderOf(int seatIndex) {
        for (Member member : members.values()) {
            if (member.seat.index() == seatIndex) {
                return member;
            }
        }
        return null;
    }

    @Nullable
    Member longestAway() {
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
        return members.isEmpty() && entrance.isEmpty() && lobby.isEmpty();
    }

    @Nullable
    Member member(ParticipantId id) {
        return members.get(id);
    }

    Collection<Member> members() {
        return members.values();
    }

    void checkInvariants() {
        Rooms.require(members.size() <= limits.capacity(), "more members than seats", members.keySet());
        entrance.checkInvariants();
        lobby.checkInvariants();
        for (Member member : members.values()) {
            Rooms.require(member.candidates <= limits.allCandidatesMax(), "candidates uncounted", member.id);
            Rooms.require(!member.probed || member.session != null, "a probe without a session", member.id);
            Rooms.require(member.numbers || member.inbox.keptBytes() == 0, "kept for who never asks for it", member.id);
            Rooms.require(member.adopted || member.believed.isEmpty(), "believed without a restart", member.id);
            member.inbox.checkInvariants(this);
        }
    }
}
