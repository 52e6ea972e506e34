package dev.duet.server.dialect;

import dev.duet.server.ConnectionLimits;
import dev.duet.signaling.TokenBucket;

/**
 * How much one client may say. What is over its rate is dropped, and the client told, for a burst's worth; beyond that in silence; whoever
 * goes on all the same is put out.
 *
 * <p>Not thread-safe: owned by the client's event loop.
 */
final class MessageRate {
    /** What becomes of a message. */
    enum Verdict {
        TAKE,
        DROP_AND_SAY_SO,
        DROP,
        PUT_OUT
    }

    /** Dropped messages, in bursts, after which a client is put out. */
    private static final int BURSTS_MAX = 10;

    private final TokenBucket bucket;
    private final int burst;
    private int dropped;

    MessageRate(ConnectionLimits limits) {
        bucket = new TokenBucket(limits.messagesPerSecond(), limits.messageBurst(), System.nanoTime());
        burst = limits.messageBurst();
    }

    Verdict next() {
        if (bucket.tryTake(System.nanoTime())) {
            return Verdict.TAKE;
        }
        dropped++;
        if (dropped > BURSTS_MAX * burst) {
            return Verdict.PUT_OUT;
        }
        return dropped <= burst ? Verdict.DROP_AND_SAY_SO : Verdict.DROP;
    }
}
