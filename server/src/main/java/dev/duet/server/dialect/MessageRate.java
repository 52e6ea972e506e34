package dev.duet.server.dialect;

import dev.duet.server.ConnectionLimits;
import dev.duet.signaling.SignalKind;
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
    private final int candidatesMax;
    private int candidatesLeft;
    private int dropped;

    MessageRate(ConnectionLimits limits) {
        candidatesMax = limits.candidatesMax();
        candidatesLeft = candidatesMax;
        bucket = new TokenBucket(limits.messagesPerSecond(), limits.messageBurst(), System.nanoTime());
        burst = limits.messageBurst();
    }

    static SignalKind kindOf(DuetMessage message) {
        return message instanceof DuetMessage.Signal signal ? signal.kind() : SignalKind.DATA;
    }

    /** Candidates have a budget of their own, anew with each description: a machine with many addresses is no flood. */
    Verdict next(SignalKind kind) {
        if (kind == SignalKind.CANDIDATE && candidatesLeft > 0) {
            candidatesLeft--;
            return Verdict.TAKE;
        }
        Verdict verdict = next();
        if (kind == SignalKind.DESCRIPTION && verdict == Verdict.TAKE) {
            candidatesLeft = candidatesMax;
        }
        return verdict;
    }

    private Verdict next() {
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
