package dev.duet.signaling;

import java.util.List;
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
    long seatedNanos;
    long heardNanos;
    /** When the last probe went out, if it is not answered yet. */
    boolean probed;

    int candidates;

    /** What the others send to this seat, as long as it is not acknowledged. */
    final Inbox inbox;
    /** Whether the client numbers its signals and acknowledges what it gets. */
    boolean numbers;
    /** Another one whenever the streams from and to this seat started over. */
    int epoch;
    /** The secret of the page that has the seat; empty when it named none. */
    String key;
    /** Of the session that has the seat, or had it last. */
    long connection;
    /** Whether the seat was given by an earlier process. */
    boolean adopted;
    /** How far it had received what others sent it under an earlier process, as it says itself. */
    List<StreamPosition> believed = List.of();

    Member(Room room, ParticipantId id, Input.Join asked, Seat seat, Inbox inbox) {
        this.room = room;
        this.id = id;
        this.person = asked.person();
        this.seat = seat;
        this.session = asked.session();
        this.resumable = asked.resumable();
        this.key = asked.key();
        this.connection = asked.connection();
        this.numbers = asked.streams().isPresent();
        this.epoch = seat.generation();
        this.inbox = inbox;
    }

    Participant view() {
        return new Participant(id, seat.stamp(), epoch, person, away != null);
    }

    /** From now on the person's end of a call is this one. */
    void instance(String instance) {
        person = new Person(person.name(), instance);
    }

    /** Counts the candidates that follow a description. */
    void count(SignalKind kind) {
        switch (kind) {
            case DESCRIPTION -> candidates = 0;
            case CANDIDATE -> candidates++;
            case DATA -> {}
        }
    }
}
