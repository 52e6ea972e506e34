package dev.duet.signaling;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What {@link Rooms} asks of its adapter, in the order in which it has to be done. */
public sealed interface Output {
    /** Ask the policy; answer with {@link Input.Admitted} or {@link Input.Refused}. */
    record Admit(JoinId join, Session session, RoomName room, Person person) implements Output {}

    /**
     * Ask the directory; answer with {@link Input.SeatAnswered}. Questions and releases of one room reach the directory in this order;
     * answers may come late and in any order.
     */
    record TakeSeat(JoinId join, RoomName room, SeatClaim claim) implements Output {
        /** The input that brings the directory's answer. */
        public Input answer(SeatAnswer answer) {
            return new Input.SeatAnswered(join, room, answer);
        }
    }

    /** Tell the directory that this seat is free, if stamp and generation are still the current ones. */
    record ReleaseSeat(RoomName room, Seat seat) implements Output {}

    /**
     * The session has a seat.
     *
     * @param others everybody else in the room, in the order of their seats
     * @param recovered the seat was resumed and nothing was missed
     * @param othersMayReturnNanos for so long others may come back whom an earlier process knew; 0 when everybody is known
     * @param claim the offer with which the call to the participant who waited begins
     */
    record Joined(
            Session session,
            long request,
            RoomName room,
            Participant you,
            Seat seat,
            List<Other> others,
            boolean recovered,
            long othersMayReturnNanos,
            Optional<OfferClaim> claim)
            implements Output {}

    /**
     * All seats are taken.
     *
     * @param retryAfterNanos when an away seat could be taken over
     */
    record RoomFull(Session session, long request, RoomName room, OptionalLong retryAfterNanos) implements Output {}

    /** The request was not carried out. */
    record Rejected(Session session, long request, Rejection why) implements Output {}

    /**
     * Tell a session that somebody took a seat.
     *
     * @param claim the offer of this session with which the call begins; without one the two begin as usual
     */
    record ParticipantJoined(Session session, Participant participant, Optional<OfferClaim> claim) implements Output {}

    /** Tell a session that somebody's connection is lost while the seat is kept. */
    record ParticipantAway(Session session, ParticipantId participant, AwayReason why, long graceNanos)
            implements Output {}

    /** Tell a session that somebody is back in their seat. */
    record ParticipantBack(Session session, Other other, boolean recovered) implements Output {}

    /** Tell a session that somebody is gone: exactly once for each participant that had joined. */
    record ParticipantLeft(Session session, ParticipantId participant, LeftReason why) implements Output {}

    /**
     * Hand a message to a session.
     *
     * @param sender where it came from, so that a recipient that reads too slowly can slow it down; nobody when its sender is away
     * @param seq its number in the stream; 0 when the session does not acknowledge
     */
    record Deliver(
            Session session, @Nullable Session sender, ParticipantId from, long seq, SignalKind kind, Payload payload)
            implements Output {}

    /** Tell a session that a participant has everything it sent to it, up to this number. */
    record Acknowledged(Session session, ParticipantId participant, long seq) implements Output {}

    /**
     * A numbered signal was not taken.
     *
     * @param expected the number that has to come next
     * @param refused whether the signal will never be taken, so that another one has to have its number
     */
    record SignalRejected(
            Session session, long request, ParticipantId to, Rejection why, long expected, boolean refused)
            implements Output {}

    /**
     * A participant is gone for good, whether or not anybody is left to be told: what was made for them can go.
     *
     * @param connectionLost whether they may still be in the call, because only their connection to the server ended
     * @param seatNanos for how long they had the seat
     */
    record Gone(ParticipantId participant, LeftReason why, boolean connectionLost, long seatNanos) implements Output {}

    /**
     * A participant's connection is lost and the seat kept, whether or not anybody is there to be told.
     *
     * @param seatNanos for how long they have had the seat
     */
    record WentAway(ParticipantId participant, AwayReason why, long seatNanos) implements Output {}

    /**
     * What a preview sees of a room, for as long as the lease lasts.
     *
     * @param participants without their names
     * @param offer the standing offer, of which the preview may have the description and not the candidates
     */
    record Looked(
            Session session,
            long request,
            RoomName room,
            List<Participant> participants,
            long leaseNanos,
            Optional<StandingOffer> offer)
            implements Output {}

    /** The lease of somebody who looked is over. */
    record LeaseEnded(Session session) implements Output {}

    /** The session's standing offer is published, for so long. */
    record Parked(Session session, long request, long number, long lifeNanos) implements Output {}

    /**
     * Tell the participant who waits how many previews look in.
     *
     * @param offer the number under which it may offer a connection to one of them; 0 for none, and what was prepared under another number
     *     is over
     */
    record Looking(Session session, int visitors, long offer) implements Output {}

    /** Hand the offer of a connection to the preview that it is for. */
    record Offered(Session session, long offer, ParticipantId from, Payload description) implements Output {}

    /** Hand a preview's answer to the participant who offered. */
    record Answered(Session session, long offer, Payload description) implements Output {}

    /** The session has no seat any more, as it wished. */
    record Left(Session session, long request) implements Output {}

    /** The seat went on without this session, which must not resume it. */
    record Ended(Session session, EndReason why) implements Output {}

    /** Find out whether this session's connection still answers; if it does, say {@link Input.Heard}. */
    record Probe(Session session) implements Output {}

    /** Why a session lost its seat. */
    enum EndReason {
        /** The seat was resumed by another connection, or somebody took it over. */
        SUPERSEDED,
        /** The server took it back. */
        REMOVED
    }

    /** Which seat is asked for. */
    sealed interface SeatClaim {
        /** Any free one. */
        record Any() implements SeatClaim {}

        /**
         * This one, if the claim still holds; else any free one.
         *
         * @param mayBeEarlier whether a seat that an earlier process gave may be taken
         */
        record Resume(Seat seat, boolean mayBeEarlier) implements SeatClaim {}

        /** This one, whose holder is away, if it is still as it was; no other. */
        record Replace(Seat seat) implements SeatClaim {}
    }
}
