package dev.duet.signaling;

import org.jspecify.annotations.Nullable;

/**
 * Somebody who has a seat: present, or away with a deadline.
 *
 * <pre>
 *   present --connection lost, reload--> away, detached --resumed--> present
 *   present --probe unanswered--------> away, attached --heard----> present
 *   away    --grace ended, replaced---> gone
 *   present --left, superseded--------> gone (superseded: only the session goes)
 * </pre>
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
final class Member extends Deadlines.Owner implements Place {
    final Room room;
    final ParticipantId id;
    Person person;
    Seat seat;
    boolean resumable;
    /** The connection that speaks for this seat; none while it is away and detached. */
    @Nullable
    Session session;

    @Nullable
    AwayReason away;

    long awaySinceNanos;
    long heardNanos;
    /** When the last probe went out, if it is not answered yet. */
    boolean probed;

    int candidates;

    Member(Room room, Input.Join asked, Seat seat, long nowNanos) {
        this.room = room;
        this.id = asked.id();
        this.person = asked.person();
        this.seat = seat;
        this.session = asked.session();
        this.resumable = asked.resumable();
        this.heardNanos = nowNanos;
    }

    Participant view() {
        return new Participant(id, seat.stamp(), person, away != null);
    }

    /** Counts the candidates that follow a description; false when this one is too many. */
    boolean counts(SignalKind kind, int candidatesMax) {
        switch (kind) {
            case DESCRIPTION -> candidates = 0;
            case CANDIDATE -> {
                if (candidates >= candidatesMax) {
                    return false;
                }
                candidates++;
            }
            case DATA -> {}
        }
        return true;
    }
}
