package dev.duet.signaling;

import org.jspecify.annotations.Nullable;

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
    /** Whether the offer that it was shown has been answered, and how many candidates followed. */
    private boolean answered;

    private int candidates;

    Lease(JoinId id, Room room, Input.Look asked) {
        this.id = id;
        this.room = room;
        this.asked = asked;
    }

    Session session() {
        return asked.session();
    }

    /** Counts what is said to the offer that it was shown; says why when that is not taken. */
    @Nullable
    Rejection answers(Input.Answer answer, Limits limits) {
        boolean candidate = answer.kind() == SignalKind.CANDIDATE;
        if (candidate != answered || answer.kind() == SignalKind.DATA) {
            return Rejection.ANSWER_OUT_OF_TURN;
        } else if (candidate && answer.payload().sizeBytes() > limits.candidateBytesMax()) {
            return Rejection.CANDIDATE_TOO_LARGE;
        } else if (candidate && candidates >= limits.candidatesMax()) {
            return Rejection.TOO_MANY_CANDIDATES;
        }
        answered = true;
        candidates += candidate ? 1 : 0;
        return null;
    }
}
