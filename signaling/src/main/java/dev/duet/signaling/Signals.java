package dev.duet.signaling;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the participants of one room send each other. Between participants who number their signals nothing is lost: what its recipient has not
 * acknowledged is kept and, after a resumption, sent again.
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
final class Signals {
    private final Room room;
    private final Rooms rooms;
    private final Limits limits;

    Signals(Room room, Rooms rooms) {
        this.room = room;
        this.rooms = rooms;
        this.limits = rooms.limits;
    }

    void signal(Member from, Input.Signal signal) {
        Member to = room.member(signal.to());
        if (to == null || to == from) {
            reject(signal, Rejection.UNKNOWN_PARTICIPANT);
        } else if (!from.numbers) {
            if (pass(from, to, signal.kind(), signal.payload()) instanceof Rejection why) {
                reject(signal, why);
            } else {
                from.count(signal.kind());
            }
        } else if (signal.epoch() != to.epoch) {
            // Sent before its sender could know that the other one started over.
            rooms.counters.stale++;
        } else {
            numbered(from, to, signal);
        }
    }

    private void numbered(Member from, Member to, Input.Signal signal) {
        Stream stream = to.inbox.from(from.id);
        if (signal.seq() < stream.next()) {
            rooms.counters.repeated++;
            return;
        }
        if (signal.seq() > stream.next()) {
            reject(signal, Rejection.OUT_OF_SEQUENCE, stream.next(), false);
            return;
        }
        switch (pass(from, to, signal.kind(), signal.payload())) {
            case null -> {
                from.count(signal.kind());
                if (!to.numbers) {
                    out(new Output.Acknowledged(signal.session(), to.id, signal.seq()));
                }
            }
            case PARTICIPANT_AWAY -> reject(signal, Rejection.PARTICIPANT_AWAY, signal.seq(), false);
            case WINDOW_FULL -> reject(signal, Rejection.WINDOW_FULL, signal.seq(), false);
            case Rejection why -> reject(signal, why, signal.seq(), true);
        }
    }

    private void reject(Input.Signal signal, Rejection why, long expected, boolean refused) {
        out(new Output.SignalRejected(signal.session(), signal.request(), signal.to(), why, expected, refused));
    }

    private void reject(Input.Signal signal, Rejection why) {
        out(new Output.Rejected(signal.session(), signal.request(), why));
    }

    void broadcast(Member from, Input.Broadcast broadcast) {
        boolean passed = false;
        for (Member to : room.members()) {
            if (to == from || (to.session == null && !to.numbers)) {
                continue;
            }
            if (pass(from, to, broadcast.kind(), broadcast.payload()) instanceof Rejection why) {
                out(new Output.Rejected(broadcast.session(), broadcast.request(), why));
            } else {
                passed = true;
            }
        }
        if (passed) {
            from.count(broadcast.kind());
        }
    }

    /** Hands one signal over, or keeps it for later; says why when neither can be. */
    private @Nullable Rejection pass(Member from, Member to, SignalKind kind, Payload payload) {
        Rejection size = tooLarge(from, kind, payload);
        if (size != null) {
            return size;
        }
        if (to.session == null && !to.numbers) {
            return Rejection.PARTICIPANT_AWAY;
        }
        Stream stream = to.inbox.from(from.id);
        if (!to.numbers) {
            stream.handOver();
        } else if (to.inbox.fits(stream, payload.sizeBytes())) {
            to.inbox.keep(stream, kind, payload);
        } else {
            return Rejection.WINDOW_FULL;
        }
        if (to.session instanceof Session session) {
            long seq = to.numbers ? stream.accepted() : 0;
            out(new Output.Deliver(session, from.session, from.id, seq, kind, payload));
        }
        return null;
    }

    private @Nullable Rejection tooLarge(Member from, SignalKind kind, Payload payload) {
        return switch (kind) {
            case DESCRIPTION ->
                // Most are far below it, and nobody has to look into those.
                payload.sizeBytes() > limits.descriptionBytesMax() && payload.textBytes() > limits.descriptionBytesMax()
                        ? Rejection.DESCRIPTION_TOO_LARGE
                        : null;
            case DATA -> payload.sizeBytes() > limits.dataBytesMax() ? Rejection.DATA_TOO_LARGE : null;
            case CANDIDATE -> {
                if (payload.sizeBytes() > limits.candidateBytesMax()) {
                    yield Rejection.CANDIDATE_TOO_LARGE;
                }
                int beyond = from.candidates - limits.candidatesMax();
                yield beyond < 0 || (beyond < limits.outwardCandidatesMax() && payload.leadsOut())
                        ? null
                        : Rejection.TOO_MANY_CANDIDATES;
            }
        };
    }

    void acknowledge(Member to, Input.Acknowledge ack) {
        Member from = room.member(ack.participant());
        if (from == null || from.epoch != ack.epoch()) {
            rooms.counters.stale++;
        } else if (to.inbox.acknowledge(from.id, ack.seq())) {
            tellAcknowledged(from, to);
        }
    }

    /**
     * Somebody comes back to a seat that is still theirs. Says whether they go on where they were; otherwise their streams start over.
     *
     * @param samePage whether it is still the page that had the seat: another one cannot have its numbers
     */
    boolean resume(Member member, Optional<List<StreamPosition>> positions, boolean samePage) {
        if (samePage && member.numbers && positions.isPresent() && canGoOn(member, positions.get())) {
            for (StreamPosition position : positions.get()) {
                if (knows(position) instanceof Member from) {
                    member.inbox.acknowledge(from.id, position.received());
                }
            }
            return true;
        }
        member.epoch = member.seat.generation();
        member.numbers = positions.isPresent();
        member.believed = List.of();
        end(member);
        return false;
    }

    private boolean canGoOn(Member member, List<StreamPosition> positions) {
        for (StreamPosition position : positions) {
            if (knows(position) instanceof Member from && !member.inbox.canGoOnAfter(from.id, position.received())) {
                return false;
            }
        }
        return true;
    }

    private @Nullable Member knows(StreamPosition position) {
        Member from = room.member(position.participant());
        return from != null && from.epoch == position.epoch() ? from : null;
    }

    /** Ends every stream from and to somebody. */
    void end(Member member) {
        member.inbox.clear();
        for (Member other : room.members()) {
            other.inbox.forget(member.id);
        }
    }

    /** Believes what somebody says whose seat an earlier process gave; it counts for whoever of that time is here or still comes. */
    void adopt(Member member, List<StreamPosition> positions) {
        member.believed = positions;
        for (Member other : room.members()) {
            if (other != member) {
                believe(member, other);
                believe(other, member);
            }
        }
    }

    private static void believe(Member to, Member from) {
        for (StreamPosition position : to.believed) {
            if (position.participant().equals(from.id) && position.epoch() == from.epoch) {
                to.inbox.goOnAfter(from.id, position.received());
            }
        }
    }

    /** For who goes on: what each side has of the other, then everything that came meanwhile. */
    void catchUp(Member member, Session session) {
        for (Member other : room.members()) {
            if (other != member) {
                tellAcknowledged(member, other);
                tellAcknowledged(other, member);
            }
        }
        for (Inbox.Waiting waiting : member.inbox.waiting()) {
            Stream.Kept kept = waiting.kept();
            Member from = room.member(waiting.from());
            out(new Output.Deliver(
                    session,
                    from == null ? null : from.session,
                    waiting.from(),
                    kept.seq(),
                    kept.kind(),
                    kept.payload()));
        }
    }

    private void tellAcknowledged(Member from, Member to) {
        long acknowledged = to.inbox.acknowledged(from.id);
        if (acknowledged > 0 && from.numbers && from.session instanceof Session session) {
            out(new Output.Acknowledged(session, to.id, acknowledged));
        }
    }

    private void out(Output output) {
        rooms.out.accept(output);
    }
}
