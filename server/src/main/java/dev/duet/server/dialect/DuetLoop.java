package dev.duet.server.dialect;

import dev.duet.signaling.Heartbeats;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * What the Duet connections of one event loop share: reader, tokens, scratch array and the wheel of heartbeats.
 *
 * <p>Not thread-safe: owned by that loop.
 */
final class DuetLoop {
    final EventLoop loop;
    final DuetReader reader = new DuetReader();
    final SeatTokens tokens;
    final Heartbeats<DuetConnection> heartbeats;
    final byte[] scratch;

    DuetLoop(EventLoop loop, DuetDialect dialect) {
        this.loop = loop;
        tokens = new SeatTokens(dialect.secret);
        scratch = new byte[dialect.limits.messageBytesMax()];
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

    void goodbye() {
        Future<?> said = loop.submit(() -> heartbeats.forEach(DuetConnection::goodbye));
        said.awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
}
