package dev.duet.signaling;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Before one room: the previews, which look in without a seat; the standing offer of the participant who waits inside; and the connection that
 * this participant and one preview prepare. A preview sees no address and no name; what it may have of the standing offer is the description.
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
final class Lobby {
    private final Room room;
    private final Rooms rooms;
    private final Limits limits;
    private final Set<Lease> leases = new LinkedHashSet<>();
    private @Nullable StandingOffer standing;
    private long standingUntilNanos;
    private @Nullable Preconnection preconnection;

    Lobby(Room room, Rooms rooms) {
        this.room = room;
        this.rooms = rooms;
        this.limits = rooms.limits;
    }

    // ---- previews ----

    void ask(Lease lease) {
        if (leases.size() >= limits.leasesMax()) {
            end(lease);
            out(new Output.Rejected(lease.session(), lease.asked.request(), Rejection.LOBBY_FULL));
            return;
        }
        leases.add(lease);
        askPolicy(lease);
    }

    /** A preview goes on: it sees what is new, and what is prepared with it stays. */
    void renew(Lease lease, Input.Look asked) {
        lease.asked = asked;
        askPolicy(lease);
    }

    private void askPolicy(Lease lease) {
        lease.isAsking = true;
        rooms.deadlines.set(lease, rooms.nowNanos + limits.policyNanos());
        out(new Output.Admit(lease.id, lease.session(), room.name, lease.asked.person()));
    }

    void admitted(Lease lease) {
        lease.isAsking = false;
        if (room.members().size() >= limits.capacity()) {
            end(lease);
            out(new Output.RoomFull(lease.session(), lease.asked.request(), room.name, room.retryAfterNanos()));
            return;
        }
        boolean isNew = !lease.admitted;
        lease.admitted = true;
        rooms.deadlines.set(lease, rooms.nowNanos + limits.leaseNanos());
        out(new Output.Looked(
                lease.session(),
                lease.asked.request(),
                room.name,
                room.participants().stream().map(Lobby::unnamed).toList(),
                limits.leaseNanos(),
                fresh()));
        if (isNew) {
            announce();
        }
    }

    private static Participant unnamed(Participant it) {
        return new Participant(it.id(), it.order(), it.epoch(), new Person(DisplayName.NONE, ""), it.away());
    }

    /** The policy said no, or took too long; or the lease is over. */
    void over(Lease lease) {
        boolean asked = lease.isAsking;
        end(lease);
        out(
                asked
                        ? new Output.Rejected(lease.session(), lease.asked.request(), Rejection.JOIN_REFUSED)
                        : new Output.LeaseEnded(lease.session()));
    }

    /** Nobody is looking by this lease any more. */
    void end(Lease lease) {
        forget(lease);
        if (lease.admitted) {
            announce();
        }
        rooms.dropIfEmpty(room);
    }

    private void forget(Lease lease) {
        rooms.settle(lease);
        leases.remove(lease);
        if (preconnection instanceof Preconnection of && of.lease == lease) {
            preconnection = null;
        }
    }

    // ---- what the participant who waits knows of them ----

    /** Tells how many look in, where somebody does. */
    void announceIfVisited() {
        if (visitors() > 0) {
            announce();
        }
    }

    private void announce() {
        if (waiting() instanceof Member member && member.session instanceof Session session) {
            out(new Output.Looking(session, visitors(), prepare(member)));
        }
    }

    private int visitors() {
        return (int) leases.stream().filter(lease -> lease.admitted).count();
    }

    /** The only participant of the room; nobody when there are more, or none. */
    private @Nullable Member waiting() {
        return room.members().size() == 1 ? room.members().iterator().next() : null;
    }

    /** The number under which this participant may offer a connection to a preview that wishes one; 0 for none. */
    private long prepare(Member member) {
        if (preconnection == null && limits.capacity() == 2 && member.away == null) {
            leases.stream()
                    .filter(lease -> lease.admitted && lease.asked.preconnects())
                    .findFirst()
                    .ifPresent(lease -> preconnection = new Preconnection(++rooms.lastOffer, member.id, lease));
        }
        return preconnection == null ? 0 : preconnection.number;
    }

    // ---- the connection that is prepared ----

    /** The participant who waits offers a connection to the preview. */
    void offer(Member member, Input.Offer offer) {
        Preconnection prepared = prepared(offer.offer());
        if (prepared == null || !prepared.author.equals(member.id)) {
            out(new Output.Rejected(offer.session(), offer.request(), Rejection.OFFER_STALE));
        } else if (!prepared.offer()) {
            out(new Output.Rejected(offer.session(), offer.request(), Rejection.OUT_OF_TURN));
        } else {
            out(new Output.Offered(prepared.lease.session(), prepared.number, member.id, offer.description()));
        }
    }

    /** The preview answers; whoever waits has that at once, or never. */
    void answer(Lease lease, Input.Answer answer) {
        Preconnection prepared = prepared(answer.offer());
        if (prepared == null || prepared.lease != lease || !(present(prepared.author) instanceof Session author)) {
            out(new Output.Rejected(answer.session(), answer.request(), Rejection.OFFER_STALE));
        } else if (!prepared.answer()) {
            out(new Output.Rejected(answer.session(), answer.request(), Rejection.OUT_OF_TURN));
        } else {
            out(new Output.Answered(author, answer.offer(), answer.description()));
        }
    }

    private @Nullable Preconnection prepared(long number) {
        return preconnection instanceof Preconnection it && it.number == number ? it : null;
    }

    /** The session of this participant, unless it is away. */
    private @Nullable Session present(ParticipantId id) {
        return room.member(id) instanceof Member member && member.away == null ? member.session : null;
    }

    // ---- the standing offer ----

    void park(Member member, Input.Park park) {
        if (room.members().size() > 1) {
            out(new Output.Rejected(park.session(), park.request(), Rejection.NOT_WAITING));
            return;
        }
        long number = ++rooms.lastOffer;
        standing = new StandingOffer(
                number, member.id, park.description().kept(), park.candidates().kept());
        standingUntilNanos = rooms.nowNanos + limits.parkedNanos();
        park.instance().ifPresent(member::instance);
        out(new Output.Parked(park.session(), park.request(), number, limits.parkedNanos()));
    }

    /** The standing offer, as long as it is good and its author is there. */
    private Optional<StandingOffer> fresh() {
        return Optional.ofNullable(standing)
                .filter(offer -> rooms.nowNanos - standingUntilNanos < 0 && present(offer.from()) != null);
    }

    // ---- coming in ----

    /** Somebody has a seat now who was looking; gives what they and whoever waits begin with, if it is still good. */
    Optional<OfferClaim> enter(Input.Visit visit) {
        Optional<OfferClaim> claim = Optional.empty();
        for (Lease lease : List.copyOf(leases)) {
            if (lease.session().equals(visit.look())) {
                claim = claim(lease, visit);
                forget(lease);
            }
        }
        return claim;
    }

    private Optional<OfferClaim> claim(Lease lease, Input.Visit visit) {
        Preconnection prepared = prepared(visit.offer());
        if (prepared != null) {
            boolean good = prepared.lease == lease && prepared.isAnswered() && present(prepared.author) != null;
            return good
                    ? Optional.of(new OfferClaim(prepared.number, prepared.author, Optional.empty(), Optional.empty()))
                    : Optional.empty();
        }
        return visit.answer().isEmpty()
                ? Optional.empty()
                : fresh().filter(offer -> offer.number() == visit.offer()).map(offer -> claimOf(offer, visit.answer()));
    }

    /** For a participant who has a seat now and takes whatever standing offer there is. */
    Optional<OfferClaim> take() {
        return fresh().map(offer -> claimOf(offer, Optional.empty()));
    }

    private static OfferClaim claimOf(StandingOffer offer, Optional<Payload> answer) {
        return new OfferClaim(offer.number(), offer.from(), Optional.of(offer), answer);
    }

    // ---- when the participant who waits changes ----

    /**
     * A seat was resumed. A page keeps its standing offer over a lost connection; another page has no connection that belongs to it, and where
     * no page is named it may be another one. What was prepared with a preview is begun again.
     */
    void resumed(Member member, boolean samePage) {
        if (!samePage || member.person.instance().isEmpty()) {
            standing = null;
        }
        preconnection = null;
        announceIfVisited();
    }

    /** There is nobody any more who waits, or who will answer. */
    void withdraw() {
        standing = null;
        preconnection = null;
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
        Rooms.require(standing == null || room.member(standing.from()) != null, "an offer of nobody", room.name);
        Rooms.require(standing == null || room.members().size() == 1, "an offer of who does not wait", room.name);
        if (preconnection instanceof Preconnection it) {
            Rooms.require(leases.contains(it.lease), "a connection is prepared with nobody", room.name);
            Rooms.require(room.members().size() == 1, "a connection is prepared in company", room.name);
            Rooms.require(room.member(it.author) != null, "a connection is prepared by nobody", room.name);
        }
    }
}
