package dev.duet.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.server.rooms.Directory;
import dev.duet.server.rooms.Policy;
import dev.duet.signaling.LocalDirectory;
import dev.duet.signaling.Output.SeatClaim;
import dev.duet.signaling.RoomName;
import dev.duet.signaling.Seat;
import dev.duet.signaling.SeatAnswer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Ten thousand joins race into one room, again and again, over two hundred sockets on four event loops. {@code -Dduet.races=100} runs a
 * hundred rounds.
 */
final class RacingJoinsTest {
    private static final int SOCKETS = 200;
    private static final int JOINS_EACH = 50;
    private static final int ROUNDS = Integer.getInteger("duet.races", 30);

    private static final DuetConfig CONFIG = DuetConfig.builder()
            .httpPort(0)
            .eventLoops(4)
            .limits(ConnectionLimits.DEFAULT.unthrottled())
            .build();

    @Test
    void exactlyTwoOfTenThousandGetIn() throws Exception {
        try (DuetServer server = DuetServer.start(CONFIG)) {
            assertThat(race(server, ROUNDS)).hasSize(ROUNDS).containsOnly(2);
        }
    }

    /** The planted fault: a directory that joins first and counts later, as the lesson's server does over a slow adapter. */
    @Test
    void aServerThatCountsAfterJoiningLetsMoreIn() throws Exception {
        try (ScheduledExecutorService slow = Executors.newSingleThreadScheduledExecutor();
                DuetServer server = DuetServer.start(CONFIG, Policy.EVERYBODY, _ -> countingAfterJoining(slow))) {
            assertThat(race(server, 3)).anyMatch(joined -> joined > 2);
        }
    }

    /** How many got a seat in each round. */
    private static List<Integer> race(DuetServer server, int rounds) throws Exception {
        int port = server.http().orElseThrow().getPort();
        List<RawWebSocket> sockets = new ArrayList<>();
        for (int i = 0; i < SOCKETS; i++) {
            sockets.add(RawWebSocket.open(port));
        }
        List<Integer> joinedEachRound = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < rounds; round++) {
                joinedEachRound.add(race(clients, sockets, "round " + round));
            }
        }
        for (RawWebSocket socket : sockets) {
            socket.close();
        }
        return joinedEachRound;
    }

    private static int race(ExecutorService clients, List<RawWebSocket> sockets, String room) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger joins = new AtomicInteger();
        List<Future<Boolean>> runs = new ArrayList<>();
        for (RawWebSocket socket : sockets) {
            runs.add(clients.submit(client(socket, room, release, joins)));
        }
        release.countDown();
        int joined = 0;
        for (int i = 0; i < sockets.size(); i++) {
            if (runs.get(i).get(60, TimeUnit.SECONDS)) {
                joined++;
            }
        }
        assertThat(joins).hasValueGreaterThanOrEqualTo((SOCKETS - 2 * joined) * JOINS_EACH);
        for (int i = 0; i < sockets.size(); i++) {
            if (runs.get(i).get(60, TimeUnit.SECONDS)) {
                leave(sockets.get(i));
            }
        }
        return joined;
    }

    /** Joins until it is in or has been refused often enough. */
    private static Callable<Boolean> client(
            RawWebSocket socket, String room, CountDownLatch release, AtomicInteger joins) {
        return () -> {
            assertThat(release.await(60, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < JOINS_EACH; i++) {
                joins.incrementAndGet();
                socket.sendText("{\"type\":\"join\",\"id\":" + i + ",\"room\":\"" + room + "\"}");
                String answer = socket.readText();
                if (answer.startsWith("{\"type\":\"joined\"")) {
                    return true;
                }
                assertThat(answer).startsWith("{\"type\":\"full\"");
            }
            return false;
        };
    }

    private static void leave(RawWebSocket socket) throws IOException {
        socket.sendText("{\"type\":\"leave\",\"id\":99}");
        while (!socket.readText().startsWith("{\"type\":\"left\"")) {}
    }

    private static Directory countingAfterJoining(ScheduledExecutorService slow) {
        LocalDirectory seats = new LocalDirectory(2, 1);
        Map<RoomName, AtomicInteger> members = new ConcurrentHashMap<>();
        AtomicInteger stamps = new AtomicInteger(1_000);
        return new Directory() {
            @Override
            public void take(RoomName room, SeatClaim claim, Answer answer) {
                AtomicInteger count = members.computeIfAbsent(room, _ -> new AtomicInteger());
                boolean free = count.get() < 2;
                slow.schedule(
                        () -> {
                            if (free) {
                                int index = count.getAndIncrement();
                                Seat seat = new Seat(index, stamps.getAndIncrement(), 1);
                                answer.answered(new SeatAnswer.Taken(seat, false));
                            } else {
                                answer.answered(new SeatAnswer.Full());
                            }
                        },
                        1,
                        TimeUnit.MILLISECONDS);
            }

            @Override
            public void release(RoomName room, Seat seat) {
                seats.release(room, seat);
            }
        };
    }
}
