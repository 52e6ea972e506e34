package dev.duet.turn;

import dev.duet.stun.TransportAddress;

/**
 * How many answers strangers get: an address can be forged, and an answer is longer than the question. Counted by /24 and /56, in a table of
 * fixed size in which several of them may share a place, and over all of them.
 *
 * <p>Not thread-safe: owned by one relay shard.
 */
final class AnswerLimit {
    private static final int PLACES = 1 << 12;
    private static final int IPV4_HOST_BITS = 8;
    private static final int IPV6_HOST_BITS = 8;
    private static final long ODD = 0x9e37_79b9_7f4a_7c15L;

    private final long[] fullAtNanos = new long[PLACES];
    private final long seed;
    private final long costNanos;
    private final long depthNanos;
    private final long allCostNanos;
    private long allFullAtNanos;

    AnswerLimit(TurnOptions options, long seed, long nowNanos) {
        this.seed = seed;
        costNanos = TurnOptions.NANOS / options.answersPerSecond();
        depthNanos = costNanos * options.answerBurst();
        allCostNanos = TurnOptions.NANOS / options.answersPerSecondOfAll();
        java.util.Arrays.fill(fullAtNanos, nowNanos);
        allFullAtNanos = nowNanos;
    }

    /** Whether this client may be answered; its address is proved when it is connected. */
    boolean mayAnswer(Client client, long nowNanos) {
        int place = place(client.address());
        long start = Math.max(fullAtNanos[place] - nowNanos, 0) + nowNanos;
        if (start + costNanos - nowNanos > depthNanos) {
            return false;
        }
        if (!client.transport().isConnected()) {
            long allStart = Math.max(allFullAtNanos - nowNanos, 0) + nowNanos;
            if (allStart + allCostNanos - nowNanos > TurnOptions.NANOS) {
                return false;
            }
            allFullAtNanos = allStart + allCostNanos;
        }
        fullAtNanos[place] = start + costNanos;
        return true;
    }

    private int place(TransportAddress address) {
        long network = address.isIpv4() ? address.low() >>> IPV4_HOST_BITS : address.high() >>> IPV6_HOST_BITS;
        long mixed = (network ^ seed) * ODD;
        mixed = (mixed ^ (mixed >>> 29)) * ODD;
        return (int) (mixed >>> 40) & (PLACES - 1);
    }
}
