package dev.duet.signaling;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was said, what arrived, what its sender was told: the simulation's judge, which knows nothing of streams, epochs or windows.
 *
 * <p>A page is undisturbed as long as it was not reloaded, did not leave and was never away so long that its seat could have gone. What one
 * undisturbed page says to another arrives once and in order, or is reported as refused or too much, and then does not arrive. As
 * for disturbed ones, what does not arrive is reported, and only it and what may have arrived unnoticed.
 */
final class StreamsLedger {
    /** Why a page reports a message as not delivered. */
    enum Why {
        FULL,
        REFUSED,
        LEFT,
        STARTED_OVER,
        ENDED
    }

    /** One load of somebody's page. */
    static final class Load {
        final int person;
        final int number;
        final boolean numbers;
        private final long absenceMaxMs;
        private long disturbedMs = Long.MAX_VALUE;
        private long absentMs = Long.MAX_VALUE;
        private boolean unloaded;
        /** By person, the last message of this page that arrived there. */
        private final int[] lastArrival = new int[PERSONS_MAX];

        Load(int person, int number, boolean numbers, long absenceMaxMs) {
            this.person = person;
            this.number = number;
            this.numbers = numbers;
            this.absenceMaxMs = absenceMaxMs;
        }

        String instance() {
            return person + "-" + number;
        }

        void isDisturbed(long nowMs) {
            disturbedMs = Math.min(disturbedMs, nowMs);
        }

        /** It cannot report anything any more. */
        void isUnloaded(long nowMs) {
            unloaded = true;
            isDisturbed(nowMs);
        }

        void isAbsent(long nowMs) {
            absentMs = Math.min(absentMs, nowMs);
        }

        void isBack(long nowMs) {
            if (absentSince(nowMs - absenceMaxMs)) {
                isDisturbed(absentMs + absenceMaxMs);
            }
            absentMs = Long.MAX_VALUE;
        }

        boolean absentSince(long ms) {
            return absentMs <= ms;
        }

        boolean undisturbed(long nowMs) {
            return disturbedMs > nowMs && !absentSince(nowMs - absenceMaxMs);
        }

        @Override
        public String toString() {
            return "page " + instance();
        }
    }

    /** One thing said; {@code to} is nobody for what is said to everybody. */
    static final class Message implements Payload {
        final int number;
        final Load from;
        final @Nullable Load to;
        private final int sizeBytes;
        private boolean arrived;
        private @Nullable Why why;

        private Message(int number, Load from, @Nullable Load to, int sizeBytes) {
            this.number = number;
            this.from = from;
            this.to = to;
            this.sizeBytes = sizeBytes;
        }

        @Override
        public int sizeBytes() {
            return sizeBytes;
        }

        @Override
        public String toString() {
            return number + " from " + from + " to " + to;
        }
    }

    private static final int PERSONS_MAX = 8;

    private final Agenda agenda;
    private final List<Message> messages = new ArrayList<>();
    private final long[] reports = new long[Why.values().length];
    private long delivered;
    /** Said by one undisturbed page to another, and arrived. */
    private long undisturbed;

    StreamsLedger(Agenda agenda) {
        this.agenda = agenda;
    }

    Message says(Load from, @Nullable Load to, int sizeBytes) {
        Message message = new Message(messages.size() + 1, from, to, sizeBytes);
        messages.add(message);
        return message;
    }

    void arrives(Message message, Load at) {
        int last = message.from.lastArrival[at.person];
        require(message.number != last && (!message.arrived || message.to == null), "doubled", message);
        require(message.number > last, "reordered, after " + last, message);
        message.from.lastArrival[at.person] = message.number;
        require(
                message.why != Why.REFUSED && message.why != Why.FULL,
                "reported as " + message.why + ", arrives",
                message);
        require(
                message.to == null || !message.from.numbers || message.to == at,
                "meant for another page than " + at,
                message);
        message.arrived = true;
        delivered++;
    }

    void reported(Message message, Why why) {
        require(message.why == null, "reported twice", message);
        message.why = why;
        reports[why.ordinal()]++;
        switch (why) {
            case FULL, REFUSED -> require(!message.arrived, "arrived, and reported as " + why, message);
            case LEFT, STARTED_OVER, ENDED -> require(!isSafe(message), "reported without need as " + why, message);
        }
    }

    private boolean isSafe(Message message) {
        long now = agenda.nowMs();
        return message.to instanceof Load to
                && to.numbers
                && message.from.numbers
                && to.undisturbed(now)
                && message.from.undisturbed(now);
    }

    /** After everything came to rest. */
    void settled() {
        for (Message message : messages) {
            boolean excused = !message.from.numbers || !(message.to instanceof Load to) || !to.numbers;
            if (excused || message.arrived) {
                undisturbed += isSafe(message) ? 1 : 0;
                continue;
            }
            require(message.why != null || message.from.unloaded, "lost without a word", message);
        }
    }

    long sent() {
        return messages.size();
    }

    long delivered() {
        return delivered;
    }

    long undisturbed() {
        return undisturbed;
    }

    long reports(Why why) {
        return reports[why.ordinal()];
    }

    void require(boolean condition, String what, Object about) {
        if (!condition) {
            throw new IllegalStateException("at " + agenda.nowMs() + " ms: " + what + ": " + about);
        }
    }
}
