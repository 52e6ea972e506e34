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
     * @param takesOffer whether the standing offer, if there is one, is claimed with the seat, whatever its number
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
     * @param offer the number of the offer that they claim, of a connection prepared during the preview or the standing one; 0 for none
     * @param answer to the standing offer
     */
    record Visit(Session look, long offer, Optional<Payload> answer) {}

    /**
     * A session that is no join's asks who is in a room: a preview.
     *
     * @param preconnects whether it wishes to prepare a connection with the participant who waits
     */
    record Look(Session session, long request, RoomName room, Person person, boolean preconnects) implements Input {}

    /**
     * A session that waits in its room publishes its standing offer.
     *
     * @param instance which page end the offer's connection is from now on; another one for every standing offer
     * @param description what a preview may see
     * @param candidates what only a participant with a seat gets
     */
    record Park(Session session, long request, Optional<String> instance, Payload description, Payload candidates)
            implements Input {}

    /**
     * A session that waits in its room offers a connection to the preview that it was told of.
     *
     * @param offer the number of {@link Output.Looking}
     */
    record Offer(Session session, long request, long offer, Payload description) implements Input {}

    /** A preview answers the offer of a connection. */
    record Answer(Session session, long request, long offer, Payload description) implements Input {}

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
