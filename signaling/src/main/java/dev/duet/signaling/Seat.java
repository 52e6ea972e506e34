package dev.duet.signaling;

/**
 * One seat of one room as its directory handed it out. Stamp and generation fence every later word about it: whoever holds an older
 * pair speaks of a seat that is no longer theirs.
 *
 * @param index 0 to capacity - 1
 * @param stamp never used twice in a room; larger is later
 * @param generation grows with every resumption of this seat
 */
public record Seat(int index, long stamp, int generation) {}
