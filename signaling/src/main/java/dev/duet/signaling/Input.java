package dev.duet.signaling;

import java.util.List;
import java.util.Optional;

/**
 * What can happen to {@link Rooms}. A {@code request} is a number of the caller's that comes back in the answer; the rooms do not look at it.
 */
public sealed interface Input {
    /**
     * A session asks for a seat.
     *
     * @param id the name the participant will have if a new seat is taken
     * @param resume the seat it had, as its verified token says
     * @param streams there when this client numbers its signals and acknowledges what it gets: how far it has received what the others sent
     * @param key a secret of the page load, by which it comes back to a seat whose token it never heard; empty for none
     * @param connection grows with every connection that is opened: what comes late of an old one takes no seat from a later one
     * @param visit there when the same person has looked into the room before
     * @param takesOffer whether the parked offer, if there is one that is lent to nobody, is to be handed out with the seat
     * @param resumable whether this kind of client can come back; one that cannot leaves at once when its connection is lost
     */
    record Join(
            Session session,
            long request,
            RoomName room,
            ParticipantId id,
            Person person,
            Optional<Resumption> resume,
            Optional<List<StreamPosition>> streams,
            String key,
            long connection,
            Optional<Visit> visit,
            boolean takesOffer,
            boolean resumable)
            implements Input {
        /** For a client that cannot come back. */
        public static Join once(Session session, long request, RoomName room, ParticipantId id, Person person) {
            return new Join(
                    session,
                    request,
                    room,
                    id,
                    person,
                    Optional.empty(),
                    Optional.empty(),
                    "",
                    0,
                    Optional.empty(),
                    false,
                    false);
        }
    }

    /**
     * How somebody who joins had looked in.
     *
     * @param look the session of {@link Look}
     * @param offer the parked offer that they are going to answer; 0 for none
     */
    record Visit(Session look, long offer) {}

    /** A session that is no join's asks who is in a room. */
    record Look(Session session, long request, RoomName room, Person person) implements Input {}

    /** A session that waits in its room leaves an offer for whoever comes. */
    record Park(Session session, long request, Payload description) implements Input {}

    /**
     * A session that looks in answers the offer that it was shown: once with a description, then with candidates.
     *
     * @param offer the parked offer's number
     * @param kind a description or a candidate
     */
    record Answer(Session session, long request, long offer, SignalKind kind, Payload payload) implements Input {}

    /** The policy said yes. Answers {@link Output.Admit}. */
    record Admitted(JoinId join) implements Input {}

    /** The policy said no. Answers {@link Output.Admit}. */
    record Refused(JoinId join) implements Input {}

    /** The directory has answered {@link Output.TakeSeat}. */
    record SeatAnswered(JoinId join, RoomName room, SeatAnswer answer) implements Input {}

    /**
     * A session has something for another participant of its room.
     *
     * @param epoch the other's, as the sender knows it; looked at only when the sender numbers
     * @param seq the signal's number in its stream
     */
    record Signal(
            Session session, long request, ParticipantId to, int epoch, long seq, SignalKind kind, Payload payload)
            implements Input {}

    /** A session has received everything that a participant sent it, up to this number. */
    record Acknowledge(Session session, ParticipantId participant, int epoch, long seq) implements Input {}

    /** A session has something for everybody else who is present in its room. */
    record Broadcast(Session session, long request, SignalKind kind, Payload payload) implements Input {}

    /**
     * A session goes.
     *
     * @param returning the page is being reloaded or closed: keep the seat for the short return grace
     */
    record Leave(Session session, long request, boolean returning) implements Input {}

    /** A session's connection is gone; nothing more comes from it, nothing more reaches it. */
    record Disconnected(Session session) implements Input {}

    /** A session was heard; sent after {@link Output.Probe}, not for every byte. */
    record Heard(Session session) implements Input {}

    /** Nothing happened but time; sent when {@link Rooms#nextDeadlineNanos()} has come. */
    record TimePassed() implements Input {}
}
