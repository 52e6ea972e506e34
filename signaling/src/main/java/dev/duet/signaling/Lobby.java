package dev.duet.signaling;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Before one room: who looks in without a seat, and the offer that whoever waits inside has parked for them. One visitor at a time gets it,
 * and only once: whoever has seen it and does not come has spent it.
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
final class Lobby {
    private final Room room;
    private final Rooms rooms;
    private final Limits limits;
    private final Set<Lease> leases = new LinkedHashSet<>();
    private @Nullable ParkedOffer parked;
    private long parkedUntilNanos;
    private @Nullable Lease lentTo;
    /** The offer that was spent while its author was away; 0 for none. */
    private long spentUnheard;

    Lobby(Room room, Rooms rooms) {
        this.room = room;
        this.rooms = rooms;
        this.limits = rooms.limits;
    }

    // ---- visitors ----

    void ask(Lease lease) {
        if (leases.size() >= limits.leasesMax()) {
            end(lease);
            out(new Output.Rejected(lease.session(), lease.asked.request(), Rejection.LOBBY_FULL));
            return;
        }
        leases.add(lease);
        rooms.deadlines.set(lease, rooms.nowNanos + limits.policyNanos());
        out(new Output.Admit(lease.id, lease.session(), room.name, lease.asked.person()));
    }

    void admitted(Lease lease) {
        if (room.members().size() >= limits.capacity()) {
            end(lease);
            out(new Output.RoomFull(lease.session(), lease.asked.request(), room.name, room.retryAfterNanos()));
            return;
        }
        lease.admitted = true;
        rooms.deadlines.set(lease, rooms.nowNanos + limits.leaseNanos());
        out(new Output.Looked(
                lease.session(),
                lease.asked.request(),
                room.name,
                room.participants(),
                limits.leaseNanos(),
                lend(lease)));
    }

    /** The policy said no, or took too long; or the lease is over. */
    void over(Lease lease) {
        boolean asked = !lease.admitted;
        end(lease);
        out(
                asked
                        ? new Output.Rejected(lease.session(), lease.asked.request(), Rejection.JOIN_REFUSED)
                        : new Output.LeaseEnded(lease.session()));
    }

    /** Nobody is looking by this lease any more. */
    void end(Lease lease) {
        rooms.settle(lease);
        leases.remove(lease);
        if (lentTo == lease) {
            spend();
        }
        rooms.dropIfEmpty(room);
    }

    // ---- the parked offer ----

    void park(Member member, Input.Park park) {
        if (room.members().size() > 1) {
            out(new Output.Rejected(park.session(), park.request(), Rejection.NOT_WAITING));
            return;
        }
        long number = ++rooms.lastOffer;
        parked = new ParkedOffer(number, member.id, park.description().kept());
        parkedUntilNanos = rooms.nowNanos + limits.parkedNanos();
        lentTo = null;
        spentUnheard = 0;
        out(new Output.Parked(park.session(), park.request(), number, limits.parkedNanos()));
    }

    private Optional<ParkedOffer> lend(Lease lease) {
        Optional<ParkedOffer> free = free();
        free.ifPresent(_ -> lentTo = lease);
        return free;
    }

    /** The offer, as long as it is fresh and nobody has seen it. Its author is alone, or was until somebody came just now. */
    Optional<ParkedOffer> free() {
        boolean shown = lentTo == null && rooms.nowNanos - parkedUntilNanos < 0;
        return Optional.ofNullable(parked).filter(held -> shown && authorOf(held) != null);
    }

    /** The session of who has parked it, unless it is away. */
    private @Nullable Session authorOf(ParkedOffer offer) {
        return room.member(offer.from()) instanceof Member waiting && waiting.away == null ? waiting.session : null;
    }

    /** Who was lent it says something to it; whoever waits has that at once, or never. */
    void answer(Lease lease, Input.Answer answer) {
        ParkedOffer held = lentTo == lease ? parked : null;
        if (held == null || held.number() != answer.offer() || !(authorOf(held) instanceof Session author)) {
            out(new Output.Rejected(answer.session(), answer.request(), Rejection.OFFER_STALE));
        } else if (lease.answers(answer, limits) instanceof Rejection why) {
            out(new Output.Rejected(answer.session(), answer.request(), why));
        } else {
            out(new Output.Answered(author, held.number(), answer.kind(), answer.payload()));
        }
    }

    /** Who had been lent it does not come: whoever waits has to park another. */
    private void spend() {
        ParkedOffer spent = Objects.requireNonNull(parked);
        withdraw();
        if (room.member(spent.from()) instanceof Member waiting) {
            spentUnheard = spent.number();
            tellSpent(waiting);
        }
    }

    private void tellSpent(Member waiting) {
        if (spentUnheard > 0 && waiting.session instanceof Session session) {
            out(new Output.OfferSpent(session, spentUnheard));
            spentUnheard = 0;
        }
    }

    /**
     * Somebody has resumed their seat. A page keeps its parked offer over a lost connection, and hears what became of it meanwhile; another page
     * has nothing that an answer would fit to. Where no page is named, it may be another one.
     */
    void resumed(Member member, boolean samePage) {
        if (!samePage) {
            withdraw();
        } else if (parked != null && member.person.instance().isEmpty()) {
            spend();
        }
        tellSpent(member);
    }

    /** There is nobody any more who waits, or who will answer it. */
    void withdraw() {
        parked = null;
        lentTo = null;
        spentUnheard = 0;
    }

    /** Somebody comes in who was looking; gives the offer that they are going to answer, if it is still good. */
    Optional<ParkedOffer> enter(Session look, long offer) {
        Lease lease = lentTo;
        Optional<ParkedOffer> mine = Optional.ofNullable(parked)
                .filter(held -> lease != null && lease.session().equals(look) && held.number() == offer);
        for (Lease one : List.copyOf(leases)) {
            if (one.session().equals(look)) {
                mine.ifPresent(_ -> lentTo = null);
                end(one);
            }
        }
        return mine.filter(held -> authorOf(held) != null);
    }

    private void out(Output output) {
        rooms.out.accept(output);
    }

    boolean isEmpty() {
        return leases.isEmpty();
    }

    int leaseCount() {
        return leases.size();
    }

    void checkInvariants() {
        Rooms.require(leases.size() <= limits.leasesMax(), "too many look in", room.name);
        Rooms.require(lentTo == null || leases.contains(lentTo), "an offer is lent to nobody", room.name);
        Rooms.require(lentTo == null || parked != null, "nothing is lent", room.name);
        Rooms.require(parked == null || room.member(parked.from()) != null, "an offer of nobody", room.name);
        Rooms.require(parked == null || room.members().size() == 1, "an offer of who does not wait", room.name);
        Rooms.require(spentUnheard == 0 || parked == null, "a spent offer is shown", room.name);
        Rooms.require(spentUnheard == 0 || room.members().size() == 1, "somebody came after all", room.name);
    }
}
