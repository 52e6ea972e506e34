package dev.duet.server.dialect;

import dev.duet.server.rooms.RoomSession;
import dev.duet.server.rooms.RoomShard;
import dev.duet.signaling.Input;
import dev.duet.signaling.Output;
import dev.duet.signaling.Rejection;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A session that has begun by POST: it takes a seat, says that it has it, and passes signals on until its WebSocket resumes the seat. What
 * the room says to it meanwhile it does not keep, because the resumption says it again.
 *
 * <p>Not thread-safe but for {@link #receive}: owned by one event loop.
 */
final class DuetAhead implements RoomSession {
    /** How long the WebSocket may take; then the connection counts as lost. */
    static final int LIFE_MS = 10_000;

    /** Below that of every WebSocket: what comes late by POST takes nothing from the connection it was ahead of. */
    private static final int NUMBER = 0;

    final EventLoop loop;
    private final DuetDialect dialect;
    private final Source source;
    private final RoomShard shard;
    private final MessageRate rate;
    private final DuetAheads.Answering answering;
    /** The participant's id; empty as long as there is no seat. */
    private byte[] me = {};

    /** Whether it counts among those of its source that are ahead. */
    private final AtomicBoolean counted = new AtomicBoolean(true);

    private boolean ended;
    private Runnable whenEnded = () -> {};
    private Optional<Future<?>> life = Optional.empty();

    /**
     * Of a source that was admitted by {@link Sources#admitAhead}, and counts there until the WebSocket has the seat, or until its time is
     * over: a POST costs whoever sends it no connection.
     */
    DuetAhead(
            DuetDialect dialect, EventLoop loop, Source source, DuetMessage.Join join, DuetAheads.Answering answering) {
        this.dialect = dialect;
        this.loop = loop;
        this.source = source;
        this.shard = dialect.shards.of(join.room());
        this.rate = new MessageRate(dialect.limits);
        this.answering = answering;
    }

    void begin(DuetMessage.Join join, Runnable whenEnded) {
        this.whenEnded = whenEnded;
        answering.exchange().onAborted(this::expired);
        life = Optional.of(loop.schedule(this::expired, LIFE_MS, TimeUnit.MILLISECONDS));
        shard.submit(dialect.on(loop).join(join, this, NUMBER, Optional.empty()));
    }

    /** One message; whatever is neither a signal nor the end comes over the WebSocket once more. */
    void take(byte[] message) {
        if (ended || me.length == 0) {
            return;
        }
        DuetMessage read = dialect.on(loop).reader.read(message, message.length);
        if (rate.next(MessageRate.kindOf(read)) != MessageRate.Verdict.TAKE) {
            return;
        }
        switch (read) {
            case DuetMessage.Signal signal
            when signal.seq() > 0 && signal.epoch() > 0 ->
                shard.submit(new Input.Signal(
                        this,
                        signal.request(),
                        signal.to(),
                        signal.epoch(),
                        signal.seq(),
                        signal.kind(),
                        SignalFrame.of(answering.exchange().channel().alloc(), me, signal.seq(), signal, message)));
            case DuetMessage.Leave leave -> {
                // Before anybody can hear of it: who learns that this one has left finds nothing of it any more.
                ended = true;
                whenEnded.run();
                shard.submit(new Input.Leave(this, leave.request(), leave.returning()));
            }
            default -> {}
        }
    }

    @Override
    public void receive(Output output) {
        switch (output) {
            case Output.Joined _, Output.RoomFull _, Output.Rejected _ -> loop.execute(() -> perform(output));
            case Output.Ended _ -> {
                // Before its WebSocket hears that it has the seat: who knows that may come once more.
                uncount();
                loop.execute(() -> perform(output));
            }
            default -> {}
        }
    }

    private void perform(Output output) {
        if (ended) {
            return;
        }
        boolean hasSeat = me.length > 0;
        switch (output) {
            case Output.Joined joined -> {
                me = joined.you().id().value().getBytes(StandardCharsets.US_ASCII);
                answering.say(dialect.on(loop).joined(joined, source));
            }
            case Output.Rejected _ when hasSeat -> {}
            case Output.Rejected no when no.why() == Rejection.UNAVAILABLE -> end();
            case Output.Ended _ -> end();
            default -> failed();
        }
    }

    /** It is the WebSocket that says why; here only the time is the same. */
    private void failed() {
        long delayNanos = dialect.sources.failedJoinDelayNanos(source.key());
        loop.schedule(this::end, delayNanos, TimeUnit.NANOSECONDS);
    }

    private void expired() {
        if (ended) {
            // It has left, and counted for as long as if it had not.
            uncount();
            return;
        }
        shard.submit(new Input.Disconnected(this));
        end();
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        life.ifPresent(timer -> timer.cancel(false));
        uncount();
        whenEnded.run();
        answering.sayNothing();
    }

    private void uncount() {
        if (counted.getAndSet(false)) {
            dialect.sources.forgetAhead(source.key());
        }
    }
}
