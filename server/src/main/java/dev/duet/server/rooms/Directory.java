package dev.duet.server.rooms;

import dev.duet.signaling.LocalDirectory;
import dev.duet.signaling.Output.SeatClaim;
import dev.duet.signaling.RoomName;
import dev.duet.signaling.Seat;
import dev.duet.signaling.SeatAnswer;

/**
 * Who holds which seat. Requests about one room have to take effect in the order in which they are made; answers may come later, from any
 * thread and in any order.
 *
 * <p>Owned by one event loop, on which it is called; must not block.
 */
public interface Directory {
    /** Takes a seat for a join, atomically, and answers once. */
    void take(RoomName room, SeatClaim claim, Answer answer);

    /** Frees a seat, if its stamp and generation are still the current ones. */
    void release(RoomName room, Seat seat);

    /** Takes the directory's answer. */
    @FunctionalInterface
    interface Answer {
        /** A seat, or why there is none. */
        void answered(SeatAnswer answer);
    }

    /** The directory of a node that shares its rooms with no other. */
    static Directory local(LocalDirectory seats) {
        return new Directory() {
            @Override
            public void take(RoomName room, SeatClaim claim, Answer answer) {
                answer.answered(seats.take(room, claim));
            }

            @Override
            public void release(RoomName room, Seat seat) {
                seats.release(room, seat);
            }
        };
    }
}
