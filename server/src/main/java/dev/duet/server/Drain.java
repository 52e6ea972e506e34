package dev.duet.server;

import dev.duet.server.dialect.CourseDialect;
import dev.duet.server.dialect.DuetDialect;
import dev.duet.server.log.LogEvent;
import dev.duet.server.relay.RelayServer;
import dev.duet.server.rooms.RoomShards;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The end of a server that is to be started again, without ending a call: nothing new begins; those who would hang up or fall silent are
 * waited for, within reason; those who come back by themselves are told when.
 *
 * @param rooms where nothing new begins
 * @param course whose clients hang up when their connection is lost
 * @param relay whose calls fall silent without it
 * @param duet whose clients come back
 * @param random from 0 to 1, for the moments at which they are told; thread-safe
 */
record Drain(
        RoomShards rooms, CourseDialect course, Optional<RelayServer> relay, DuetDialect duet, DoubleSupplier random) {
    private static final Logger log = LoggerFactory.getLogger(Drain.class);
    private static final int LOOK_MS = 50;
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final int SPREAD_MIN_MS = 200;
    private static final int SPREAD_MAX_MS = 3_000;

    /**
     * Returns when the server can be closed.
     *
     * @param timeout how long others are waited for
     * @param closed ends the waiting
     */
    void run(Duration timeout, CountDownLatch closed) throws InterruptedException {
        rooms.takeNoNewRooms();
        relay.ifPresent(server -> server.drain(Optional.empty()));
        if (await(timeout, closed)) {
            return;
        }
        try {
            int clients = duet.connectionCount();
            Duration spread = spread(clients);
            LogEvent.of("moving")
                    .with("clients", clients)
                    .with("spread_ms", spread.toMillis())
                    .to(log, Level.INFO);
            duet.move(spread, random);
        } catch (RejectedExecutionException e) {
            LogEvent.of("drained")
                    .with("reason", "the server was closed meanwhile")
                    .to(log, Level.INFO);
        }
    }

    /** How long it takes to tell so many to come back: a thousand a second is what a server can let in beside its calls. */
    static Duration spread(int clients) {
        return clients == 0 ? Duration.ZERO : Duration.ofMillis(Math.clamp(clients, SPREAD_MIN_MS, SPREAD_MAX_MS));
    }

    /** Whether the server was closed meanwhile. */
    private boolean await(Duration timeout, CountDownLatch closed) throws InterruptedException {
        long start = System.nanoTime();
        long end = start + timeout.toNanos();
        long progress = start;
        while (true) {
            int pages = course.seatedCount();
            int relayed = relay.map(RelayServer::busyCount).orElse(0);
            long now = System.nanoTime();
            boolean done = pages + relayed == 0 || now - end >= 0;
            if (done || now - progress >= 0) {
                LogEvent.of("draining")
                        .with("course_clients", pages)
                        .with("relayed", relayed)
                        .with("left_ms", Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - now)))
                        .to(log, Level.INFO);
                progress += PROGRESS_NANOS;
            }
            if (done || closed.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                return closed.getCount() == 0;
            }
        }
    }
}
