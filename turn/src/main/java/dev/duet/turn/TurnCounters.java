package dev.duet.turn;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What one shard did, in numbers that only grow. Written by the shard, read by anybody: a little late, never torn.
 */
public final class TurnCounters {
    /** What was not relayed or not answered, and why. */
    public enum Drop {
        /** Neither STUN nor ChannelData of a bound channel, or not well formed. */
        MALFORMED,
        /** A stranger's request over the limit of answers. */
        UNANSWERED,
        /** Data to or from a peer without a permission, or on a channel that is not bound. */
        NOT_PERMITTED,
        /** Data to a relayed address of ours that nobody has. */
        NO_SUCH_RELAY,
        /** Over the user's rate. */
        RATE
    }

    private final AtomicLongArray drops = new AtomicLongArray(Drop.values().length);
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong answeredBytes = new AtomicLong();
    private final AtomicLong relayed = new AtomicLong();
    private final AtomicLong handedOver = new AtomicLong();

    /** Datagrams that were relayed to a peer or to a client. */
    public long relayed() {
        return relayed.get();
    }

    /** Those of them that went from one client to another within the process. */
    public long handedOver() {
        return handedOver.get();
    }

    /** Requests that were answered, of whomever. */
    public long answered() {
        return answered.get();
    }

    /** Bytes of those answers. */
    public long answeredBytes() {
        return answeredBytes.get();
    }

    public long dropped(Drop why) {
        return drops.get(why.ordinal());
    }

    void countAnswer(int bytes) {
        answered.lazySet(answered.getPlain() + 1);
        answeredBytes.lazySet(answeredBytes.getPlain() + bytes);
    }

    void countRelayed() {
        relayed.lazySet(relayed.getPlain() + 1);
    }

    void countHandedOver() {
        handedOver.lazySet(handedOver.getPlain() + 1);
        countRelayed();
    }

    void count(Drop why) {
        int at = why.ordinal();
        drops.lazySet(at, drops.getPlain(at) + 1);
    }
}
