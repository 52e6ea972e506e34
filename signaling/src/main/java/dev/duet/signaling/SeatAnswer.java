package dev.duet.signaling;

/** What a directory says to {@link Output.TakeSeat}. */
public sealed interface SeatAnswer {
    /**
     * A seat: a free one, the claimed one, or the replaced one.
     *
     * @param earlier whether it is a claimed one that an earlier process had given
     */
    record Taken(Seat seat, boolean earlier) implements SeatAnswer {}

    /** There is none. */
    record Full() implements SeatAnswer {}

    /** The claimed seat went on with somebody else: whoever claims it was replaced, and is not to have another in its place. */
    record Superseded() implements SeatAnswer {}

    /** The directory cannot say. */
    record Unavailable() implements SeatAnswer {}
}
