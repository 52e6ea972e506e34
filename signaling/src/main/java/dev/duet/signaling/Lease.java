package dev.duet.signaling;

/**
 * Somebody who looks into a room without a seat: asked about, then let in for a while.
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
final class Lease extends Deadlines.Owner implements Place {
    final JoinId id;
    final Room room;
    final Input.Look asked;
    /** Whether the policy has said yes. */
    boolean admitted;

    Lease(JoinId id, Room room, Input.Look asked) {
        this.id = id;
        this.room = room;
        this.asked = asked;
    }

    Session session() {
        return asked.session();
    }
}
