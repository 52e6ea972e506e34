package dev.duet.signaling;

/**
 * A preview: a session that looks into a room without a seat, asked about and then let in for a while.
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
final class Lease extends Deadlines.Owner implements Place {
    final JoinId id;
    final Room room;
    /** What it asked for last. */
    Input.Look asked;
    /** Whether the policy has said yes. */
    boolean admitted;
    /** Whether the policy is asked. */
    boolean isAsking;

    Lease(JoinId id, Room room, Input.Look asked) {
        this.id = id;
        this.room = room;
        this.asked = asked;
    }

    Session session() {
        return asked.session();
    }
}
