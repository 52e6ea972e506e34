package dev.duet.signaling;

import dev.duet.signaling.Output.SeatClaim;

/**
 * Somebody who asked for a seat and has no answer yet. Nobody else in the room knows of them.
 *
 * <pre>
 *   ADMITTING --admitted--> TAKING --seat taken--> a member
 *   TAKING at once, when a seat of one's own is claimed; it is gone --> ADMITTING
 *                           TAKING --full--------> PROBING --a seat fell silent or none did--> refused
 *                           TAKING --full, and a seat is away long enough--> TAKING (to replace it)
 *   any of them --left, disconnected--> cancelled: a seat that comes late is given back
 * </pre>
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
final class PendingJoin extends Deadlines.Owner implements Place {
    enum State {
        /** The policy is asked. */
        ADMITTING,
        /** The directory is asked. */
        TAKING,
        /** The room is full and those in it are asked whether they are still there. */
        PROBING
    }

    final JoinId id;
    final Room room;
    final Input.Join asked;
    State state = State.ADMITTING;
    SeatClaim claim;
    /** Whether the policy has said yes. */
    boolean admitted;

    boolean probedOnce;

    PendingJoin(JoinId id, Room room, Input.Join asked, boolean mayBeEarlier) {
        this.id = id;
        this.room = room;
        this.asked = asked;
        this.claim = asked.resume()
                .<SeatClaim>map(had -> new SeatClaim.Resume(had.seat(), mayBeEarlier))
                .orElseGet(SeatClaim.Any::new);
    }

    Session session() {
        return asked.session();
    }
}
