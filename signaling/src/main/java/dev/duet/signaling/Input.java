package dev.duet.signaling;

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
     * @param resumable whether this kind of client can come back; one that cannot leaves at once when its connection is lost
     */
    record Join(
            Session session,
            long request,
            RoomName room,
            ParticipantId id,
            Person person,
            Optional<Seat> resume,
            boolean resumable)
            implements Input {}

    /** The policy said yes. Answers {@link Output.Admit}. */
    record Admitted(JoinId join) implements Input {}

    /** The policy said no. Answers {@link Output.Admit}. */
    record Refused(JoinId join) implements Input {}

    /** The directory gave a seat: a free one, the claimed one, or the replaced one. Answers {@link Output.TakeSeat}. */
    record SeatTaken(JoinId join, RoomName room, Seat seat) implements Input {}

    /** The directory has no seat. Answers {@link Output.TakeSeat}. */
    record Full(JoinId join) implements Input {}

    /** The directory cannot say. Answers {@link Output.TakeSeat}. */
    record Unavailable(JoinId join) implements Input {}

    /** A session has something for another participant of its room. */
    record Signal(Session session, long request, ParticipantId to, SignalKind kind, Payload payload) implements Input {}

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
