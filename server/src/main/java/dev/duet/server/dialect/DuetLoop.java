package dev.duet.server.dialect;

import dev.duet.server.log.LogEvent;
import dev.duet.server.rooms.RoomSession;
import dev.duet.signaling.Heartbeats;
import dev.duet.signaling.Input;
import dev.duet.signaling.Output;
import dev.duet.signaling.Rejection;
import dev.duet.signaling.Resumption;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What the Duet connections of one event loop share: reader, tokens, scratch array and the wheel of heartbeats.
 *
 * <p>Not thread-safe: owned by that loop.
 */
final class DuetLoop {
    private static final Logger log = LoggerFactory.getLogger(DuetConnection.class);

    /** How long a process takes to start: nobody needs to come back earlier. */
    private static final int START_MS = 1_000;

    final EventLoop loop;
    final DuetReader reader = new DuetReader();
    final SeatTokens tokens;
    final Heartbeats<DuetConnection> heartbeats;
    final byte[] scratch;
    private final DuetDialect dialect;
    private boolean isMoving;
    private long movingUntilNanos;

    DuetLoop(EventLoop loop, DuetDialect dialect) {
        this.loop = loop;
        this.dialect = dialect;
        tokens = new SeatTokens(dialect.secret);
        scratch = new byte[dialect.limits.readBytesMax()];
        heartbeats = new Heartbeats<>(
                dialect.limits.ping().toNanos(), dialect.limits.dead().toNanos(), System.nanoTime());
        loop.scheduleAtFixedRate(this::sweep, 1, 1, TimeUnit.SECONDS);
    }

    private void sweep() {
        heartbeats.sweep(System.nanoTime(), new Heartbeats.Sink<>() {
            @Override
            public void ping(DuetConnection connection) {
                connection.ping();
            }

            @Override
            public void dead(DuetConnection connection) {
                connection.dead();
            }
        });
    }

    /**
     * A join as its room takes it: of whoever the client has been while it looked into that room, else of somebody new.
     *
     * @param connection grows with every connection: {@link DuetDialect#numberConnection}
     * @param visit there when the client has looked into that room before
     */
    Input.Join join(DuetMessage.Join asked, RoomSession session, long connection, Optional<Input.Visit> visit) {
        Optional<Resumption> resume =
                asked.resume().flatMap(token -> tokens.check(asked.room(), token, System.currentTimeMillis()));
        return new Input.Join(
                session,
                asked.request(),
                asked.room(),
                visit.map(it -> ((DuetLook) it.look()).id).orElseGet(dialect::newParticipantId),
                asked.person(),
                resume,
                asked.streams(),
                asked.key(),
                connection,
                visit,
                asked.takesOffer(),
                true);
    }

    /** What somebody is told who has a seat now. */
    byte[] joined(Output.Joined joined, Source source) {
        String me = joined.you().id().value();
        var had = new Resumption(joined.seat(), joined.you().id(), joined.you().epoch());
        String token = tokens.make(joined.room(), had, System.currentTimeMillis());
        LogEvent.of("joined")
                .with("room", tokens.label(joined.room()))
                .with("participant", me)
                .with("seat", joined.seat().index())
                .with("source", source.label())
                .to(log, Level.INFO);
        DuetWriter.IceAnswer ice = dialect.iceAnswer(me, source);
        if (!joined.others().isEmpty()) {
            dialect.iceServers.meets(me);
        } else if (joined.seat().generation() == 1) {
            // A seat that is resumed may be of a call whose other side has lost the server: that goes on.
            dialect.iceServers.waits(me);
        }
        return DuetWriter.joined(joined, token, dialect.roomLimits, ice);
    }

    /** Fresh ICE servers for who has a seat. */
    byte[] iceServers(long request, @Nullable DuetStay stay, Source source) {
        return stay != null && stay.hasSeat()
                ? DuetWriter.iceServers(request, dialect.iceAnswer(stay.id(), source))
                : DuetWriter.error(request, Rejection.NOT_IN_ROOM, OptionalLong.empty());
    }

    /** Who may offer a connection to a preview needs ICE servers for it, and those of the join may be old. */
    byte[] looking(Output.Looking looking, String me, Source source) {
        return DuetWriter.looking(
                looking, looking.offer() > 0 ? Optional.of(dialect.iceAnswer(me, source)) : Optional.empty());
    }

    /** How many connections there are. */
    Future<Integer> count() {
        return loop.submit(() -> {
            int[] count = {0};
            heartbeats.forEach(_ -> count[0]++);
            return count[0];
        });
    }

    /**
     * Tells every connection that the server stops, each at its own moment, and from now on every new one at once.
     *
     * @param spreadMs how long all this takes
     * @param random from 0 to 1, for the moments
     * @return done when all that were there are gone
     */
    Future<Void> move(long spreadMs, DoubleSupplier random) {
        return onEach(
                connection -> {
                    long delayMs = (long) (random.getAsDouble() * spreadMs);
                    loop.schedule(() -> connection.move(retryAfterMs()), delayMs, TimeUnit.MILLISECONDS);
                    return connection.channel.closeFuture();
                },
                spreadMs);
    }

    /**
     * Tells them at once.
     *
     * @return done when it is said to all of them
     */
    Future<Void> goodbye() {
        return onEach(
                connection -> {
                    connection.move(retryAfterMs());
                    return connection.channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
                },
                0);
    }

    private Future<Void> onEach(Function<DuetConnection, Future<?>> action, long spreadMs) {
        Promise<Void> all = loop.newPromise();
        loop.execute(() -> {
            movingUntilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(spreadMs);
            isMoving = true;
            PromiseCombiner each = new PromiseCombiner(loop);
            heartbeats.forEach(connection -> each.add(action.apply(connection)));
            each.finish(all);
        });
        return all;
    }

    /** A new connection is told at once. */
    void greeted(DuetConnection connection) {
        if (isMoving) {
            connection.move(retryAfterMs());
        }
    }

    /** When this process will be gone and the next one there, as far as anybody knows. */
    private long retryAfterMs() {
        long leftNanos = Math.max(0, movingUntilNanos - System.nanoTime());
        return TimeUnit.NANOSECONDS.toMillis(leftNanos) + START_MS;
    }
}
