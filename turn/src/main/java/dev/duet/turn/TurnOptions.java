package dev.duet.turn;

/**
 * What a TURN server allows. Times are in nanoseconds.
 *
 * @param realm the realm of its credentials
 * @param permissionsMax permissions of one allocation
 * @param channelsMax channels of one allocation
 * @param allocationsMax allocations of one shard
 * @param answersPerSecond answers to unauthenticated requests of one /24 or /56, and their burst
 * @param answerBurst how many of them at once
 * @param answersPerSecondOfAll answers to unauthenticated datagrams of everybody on one shard
 */
public record TurnOptions(
        String realm,
        int permissionsMax,
        int channelsMax,
        int allocationsMax,
        int answersPerSecond,
        int answerBurst,
        int answersPerSecondOfAll) {
    /** As they come. */
    public static final TurnOptions DEFAULT = new TurnOptions("duet", 64, 32, 20_000, 100, 1_000, 10_000);

    static final long NANOS = 1_000_000_000;

    /** RFC 8656 section 7.2: what a client gets that asks for nothing, and the most it can get. */
    static final int LIFETIME_SECONDS = 600;

    static final int LIFETIME_SECONDS_MAX = 3_600;

    /** RFC 8656 section 9. */
    static final long PERMISSION_NANOS = 300 * NANOS;

    /** RFC 8656 section 12. */
    static final long CHANNEL_NANOS = 600 * NANOS;

    /** How long a nonce is good. */
    static final long NONCE_NANOS = 600 * NANOS;
}
