package dev.duet.signaling;

import dev.duet.signaling.StreamsLedger.Message;
import dev.duet.signaling.StreamsLedger.Why;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a page that numbers does with "Nothing is lost" of docs/protocol.md: the same as web/client/src/streams.ts, but for pace and encoding.
 */
final class ModelStreams {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long ACK_AFTER_MS = 200;
    private static final long ACK_AFTER_MESSAGES = 16;
    private static final long PAUSE_MS = 1_000;
    private static final int OTHERS_MAX = 8;

    /** Who owns the streams. */
    interface Owner {
        long nowMs();

        void say(Input input);

        void delivered(Message message);

        void undelivered(Message message, Why why);
    }

    private static final class Kept {
        final Message message;
        final SignalKind kind;
        long seq;
        long request;

        Kept(Message message, SignalKind kind, long seq) {
            this.message = message;
            this.kind = kind;
            this.seq = seq;
        }
    }

    private static final class Pair {
        final int epoch;
        final List<Kept> outbox = new ArrayList<>();
        int outboxBytes;
        long nextSeq;
        long sent;
        long acknowledged;
        long pausedUntilMs;
        long errorsFrom;
        long received;
        long told;
        long ackDueMs = NEVER;
        long goneAtMs = NEVER;

        Pair(int epoch, long accepted, long received) {
            this.epoch = epoch;
            this.nextSeq = accepted + 1;
            this.sent = accepted;
            this.acknowledged = accepted;
            this.received = received;
        }

        boolean acknowledge(long seq) {
            if (seq <= acknowledged || seq >= nextSeq) {
                return false;
            }
            acknowledged = seq;
            sent = Math.max(sent, seq);
            int done = 0;
            while (done < outbox.size() && outbox.get(done).seq <= seq) {
                outboxBytes -= outbox.get(done++).message.sizeBytes();
            }
            outbox.subList(0, done).clear();
            return true;
        }

        void goOnAfter(long accepted, long errorsFrom) {
            nextSeq = accepted + 1;
            for (Kept kept : outbox) {
                if (kept.seq > accepted) {
                    kept.seq = nextSeq++;
                }
            }
            sent = accepted;
            this.errorsFrom = errorsFrom;
        }
    }

    private record Former(int epoch, long received) {}

    private final Owner owner;
    private final int windowMessages;
    private final int windowBytes;
    private final Map<ParticipantId, Pair> pairs = new LinkedHashMap<>();
    private final Map<ParticipantId, Former> former = new LinkedHashMap<>();
    private @Nullable Participant you;
    private @Nullable Session session;
    private boolean joined;
    private long nextRequest = 2;

    ModelStreams(Owner owner, int windowMessages, int windowBytes) {
        this.owner = owner;
        this.windowMessages = windowMessages;
        this.windowBytes = windowBytes;
    }

    void opened(Session session) {
        this.session = session;
    }

    void lost() {
        joined = false;
        session = null;
        for (Pair pair : pairs.values()) {
            pair.told = pair.received;
            pair.ackDueMs = NEVER;
            pair.pausedUntilMs = 0;
        }
    }

    void ended() {
        for (ParticipantId id : List.copyOf(pairs.keySet())) {
            drop(id, Why.ENDED);
        }
        lost();
        former.clear();
        you = null;
    }

    List<StreamPosition> positions() {
        List<StreamPosition> positions = new ArrayList<>();
        pairs.forEach((id, pair) -> positions.add(new StreamPosition(id, pair.epoch, pair.received)));
        former.forEach((id, had) -> positions.add(new StreamPosition(id, had.epoch, had.received)));
        return positions.subList(0, Math.min(OTHERS_MAX, positions.size()));
    }

    /** Whether the streams of before go on after this answer. */
    boolean goesOn(Output.Joined told) {
        return told.recovered()
                && you != null
                && you.id().equals(told.you().id())
                && you.epoch() == told.you().epoch();
    }

    void joined(Output.Joined told) {
        boolean goesOn = goesOn(told);
        you = told.you();
        joined = true;
        for (ParticipantId id : List.copyOf(pairs.keySet())) {
            if (told.others().stream()
                    .anyMatch(other -> other.participant().id().equals(id))) {
                continue;
            }
            if (goesOn && told.othersMayReturnNanos() > 0 && pairs.get(id) instanceof Pair pair) {
                pair.goneAtMs = owner.nowMs() + Math.ceilDiv(told.othersMayReturnNanos(), 1_000_000L);
            } else {
                drop(id, Why.LEFT);
            }
        }
        if (!goesOn) {
            former.clear();
        }
        for (Other other : told.others()) {
            present(other.participant(), other.accepted(), goesOn);
        }
        flush();
    }

    void present(Participant participant, long accepted) {
        present(participant, accepted, true);
        flush();
    }

    private void present(Participant participant, long accepted, boolean goesOn) {
        ParticipantId id = participant.id();
        if (goesOn && pairs.get(id) instanceof Pair pair && pair.epoch == participant.epoch()) {
            pair.goneAtMs = NEVER;
            pair.pausedUntilMs = 0;
            pair.goOnAfter(accepted, nextRequest);
            return;
        }
        drop(id, Why.STARTED_OVER);
        Former had = former.remove(id);
        long received = had != null && had.epoch == participant.epoch() ? had.received : 0;
        pairs.put(id, new Pair(participant.epoch(), accepted, received));
    }

    void left(ParticipantId id) {
        drop(id, Why.LEFT);
    }

    private void drop(ParticipantId id, Why why) {
        if (!(pairs.remove(id) instanceof Pair pair)) {
            return;
        }
        if (why == Why.LEFT) {
            former.put(id, new Former(pair.epoch, pair.received));
            if (former.size() > OTHERS_MAX) {
                former.remove(former.keySet().iterator().next());
            }
        }
        pair.outbox.forEach(kept -> owner.undelivered(kept.message, why));
    }

    void signal(ParticipantId to, SignalKind kind, Message message) {
        if (!(pairs.get(to) instanceof Pair pair)) {
            owner.undelivered(message, Why.LEFT);
            return;
        }
        if (pair.outbox.size() >= windowMessages || pair.outboxBytes + message.sizeBytes() > windowBytes) {
            owner.undelivered(message, Why.FULL);
            return;
        }
        pair.outbox.add(new Kept(message, kind, pair.nextSeq++));
        pair.outboxBytes += message.sizeBytes();
        flush();
    }

    void received(Output.Deliver deliver) {
        Message message = (Message) deliver.payload();
        if (!(pairs.get(deliver.from()) instanceof Pair pair)) {
            throw new IllegalStateException("something came from a stranger: " + message);
        }
        pair.ackDueMs = Math.min(pair.ackDueMs, owner.nowMs() + ACK_AFTER_MS);
        if (deliver.seq() <= pair.received) {
            return;
        }
        pair.received = deliver.seq();
        owner.delivered(message);
        acknowledge(false);
    }

    void acknowledged(ParticipantId id, long seq) {
        if (pairs.get(id) instanceof Pair pair && pair.acknowledge(seq)) {
            if (pair.pausedUntilMs != NEVER) {
                pair.pausedUntilMs = 0;
            }
            flush();
        }
    }

    void rejected(Output.SignalRejected error) {
        if (!(pairs.get(error.to()) instanceof Pair pair) || error.request() < pair.errorsFrom) {
            return;
        }
        if (error.refused()) {
            for (int i = 0; i < pair.outbox.size(); i++) {
                Kept kept = pair.outbox.get(i);
                if (kept.seq == error.expected()) {
                    pair.outbox.remove(i);
                    pair.outboxBytes -= kept.message.sizeBytes();
                    owner.undelivered(kept.message, Why.REFUSED);
                    break;
                }
            }
        }
        pair.goOnAfter(error.expected() - 1, nextRequest);
        long pauseUntilMs = switch (error.why()) {
            case PARTICIPANT_AWAY -> NEVER;
            case WINDOW_FULL -> owner.nowMs() + PAUSE_MS;
            default -> owner.nowMs();
        };
        pair.pausedUntilMs = Math.max(pair.pausedUntilMs, pauseUntilMs);
        flush();
    }

    /** Something was dropped, and the server does not say what. */
    void sayAllAgain() {
        long later = owner.nowMs() + PAUSE_MS;
        for (Pair pair : pairs.values()) {
            pair.sent = pair.acknowledged;
            pair.errorsFrom = nextRequest;
            pair.pausedUntilMs = Math.max(pair.pausedUntilMs, later);
            if (pair.received > 0) {
                pair.ackDueMs = Math.min(pair.ackDueMs, later);
            }
        }
    }

    void leaving() {
        acknowledge(true);
        joined = false;
    }

    /** Whether everything it said was acknowledged. */
    boolean isSettled() {
        return pairs.values().stream().allMatch(pair -> pair.outbox.isEmpty());
    }

    long deadlineMs() {
        long first = NEVER;
        for (Pair pair : pairs.values()) {
            first = Math.min(first, pair.goneAtMs);
            if (!joined) {
                continue;
            }
            first = Math.min(first, pair.ackDueMs);
            if (pair.goneAtMs == NEVER && !pair.outbox.isEmpty() && pair.outbox.getLast().seq > pair.sent) {
                first = Math.min(first, pair.pausedUntilMs);
            }
        }
        return first;
    }

    void due() {
        for (ParticipantId id : List.copyOf(pairs.keySet())) {
            if (pairs.get(id) instanceof Pair pair && pair.goneAtMs <= owner.nowMs()) {
                drop(id, Why.LEFT);
            }
        }
        acknowledge(false);
        flush();
    }

    private void acknowledge(boolean all) {
        if (!joined || session == null) {
            return;
        }
        for (Map.Entry<ParticipantId, Pair> entry : pairs.entrySet()) {
            Pair pair = entry.getValue();
            boolean due = all || pair.ackDueMs <= owner.nowMs() || pair.received - pair.told >= ACK_AFTER_MESSAGES;
            if (pair.ackDueMs != NEVER && due) {
                pair.told = pair.received;
                pair.ackDueMs = NEVER;
                owner.say(new Input.Acknowledge(session, entry.getKey(), pair.epoch, pair.received));
            }
        }
    }

    private void flush() {
        if (!joined || session == null) {
            return;
        }
        pairs.forEach((to, pair) -> {
            if (pair.goneAtMs == NEVER && pair.pausedUntilMs <= owner.nowMs() && !pair.outbox.isEmpty()) {
                flush(to, pair);
            }
        });
    }

    private void flush(ParticipantId to, Pair pair) {
        int first = (int) Math.max(0, pair.sent + 1 - pair.outbox.getFirst().seq);
        for (int i = first; i < pair.outbox.size() && session instanceof Session connection; i++) {
            Kept kept = pair.outbox.get(i);
            kept.request = nextRequest++;
            pair.sent = kept.seq;
            owner.say(new Input.Signal(connection, kept.request, to, pair.epoch, kept.seq, kept.kind, kept.message));
        }
    }
}
