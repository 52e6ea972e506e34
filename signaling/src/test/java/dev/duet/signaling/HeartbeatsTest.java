package dev.duet.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HeartbeatsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long PING = 10 * SECOND;
    private static final long DEAD = 15 * SECOND;

    private static final class Connection extends Heartbeats.Pulse {
        long pingedNanos = -1;
        long deadNanos = -1;
        int pings;

        void hear(long nowNanos) {
            heard(nowNanos);
        }

        void close() {
            gone();
        }
    }

    private long start = 123_456_789L;
    private long now = start;
    private int looks;
    private final Heartbeats<Connection> heartbeats = new Heartbeats<>(PING, DEAD, start);
    private final Heartbeats.Sink<Connection> sink = new Heartbeats.Sink<>() {
        @Override
        public void ping(Connection connection) {
            looks++;
            connection.pings++;
            connection.pingedNanos = now;
        }

        @Override
        public void dead(Connection connection) {
            looks++;
            connection.deadNanos = now;
        }
    };

    private Connection connect() {
        Connection connection = new Connection();
        heartbeats.add(connection, now);
        return connection;
    }

    /** Sweeps once a second. */
    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now += SECOND;
            heartbeats.sweep(now, sink);
        }
    }

    @Test
    void tenSecondsOfSilenceBringOnePing() {
        Connection connection = connect();
        pass(14);

        assertThat(connection.pings).isOne();
        assertThat(connection.pingedNanos - start).isBetween(PING, PING + SECOND);
    }

    @Test
    void fifteenSecondsOfSilenceAreTheEnd() {
        Connection connection = connect();
        pass(20);

        assertThat(connection.deadNanos - start).isBetween(DEAD, DEAD + SECOND);
    }

    @Test
    void whoIsHeardIsNeitherPingedNorGivenUp() {
        Connection connection = connect();
        for (int i = 0; i < 100; i++) {
            pass(5);
            connection.hear(now);
        }

        assertThat(connection.pings).isZero();
        assertThat(connection.deadNanos).isNegative();
    }

    @Test
    void whoAnswersEveryPingLives() {
        Connection connection = connect();
        for (int i = 0; i < 600; i++) {
            pass(1);
            if (connection.pingedNanos == now) {
                connection.hear(now);
            }
        }

        assertThat(connection.deadNanos).isNegative();
        assertThat(connection.pings).isBetween(50, 60);
    }

    @Test
    void neverAreTheyTooEarlyWhateverTheTimeOfJoiningAndHearing() {
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            start = random.nextLong() / 4;
            now = start;
            Heartbeats<Connection> wheel = new Heartbeats<>(PING, DEAD, now);
            Connection connection = new Connection();
            wheel.add(connection, now);
            long heard = now;
            while (connection.deadNanos == -1) {
                now += random.nextLong(2 * SECOND);
                if (now - start < 60 * SECOND && random.nextInt(12) == 0) {
                    connection.hear(now);
                    heard = now;
                    connection.pingedNanos = -1;
                }
                wheel.sweep(now, sink);
                if (connection.pingedNanos == now && connection.pingedNanos != -1) {
                    assertThat(now - heard).isGreaterThanOrEqualTo(PING);
                }
            }
            assertThat(connection.deadNanos - heard).isBetween(DEAD, DEAD + 3 * SECOND);
        }
    }

    @Test
    void aLeapOfTheClockForgetsNobody() {
        List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            connections.add(connect());
            pass(1);
            connections.forEach(connection -> connection.hear(now));
        }
        now += 3_600 * SECOND;
        heartbeats.sweep(now, sink);

        assertThat(connections).allMatch(connection -> connection.deadNanos == now);
    }

    @Test
    void whoWasHeardDuringALeapLives() {
        Connection connection = connect();
        now += 3_600 * SECOND;
        connection.hear(now);
        heartbeats.sweep(now, sink);
        pass(14);

        assertThat(connection.deadNanos).isNegative();
    }

    @Test
    void nobodyIsGivenUpTwice() {
        connect();
        pass(16);
        looks = 0;
        pass(60);

        assertThat(looks).isZero();
    }

    @Test
    void whoIsGoneIsForgotten() {
        Connection connection = connect();
        connection.close();
        pass(20);

        assertThat(looks).isZero();
    }

    @Test
    void everybodyWhoIsThereIsHandedOut() {
        Connection here = connect();
        connect().close();
        pass(3);
        Connection late = connect();
        List<Connection> found = new ArrayList<>();
        heartbeats.forEach(found::add);

        assertThat(found).containsExactlyInAnyOrder(here, late);
    }

    @Test
    void aSweepTouchesOnlyThoseThatAreDue() {
        for (int second = 0; second < 10; second++) {
            for (int i = 0; i < 10_000; i++) {
                connect();
            }
            now += SECOND;
        }
        heartbeats.sweep(now, sink);
        looks = 0;
        pass(1);

        assertThat(looks).isBetween(1, 20_000);
    }

    @Test
    void aPingThatComesNoSoonerThanTheEndIsRefused() {
        assertThatThrownBy(() -> new Heartbeats<Connection>(DEAD, DEAD, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
