package dev.duet.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Thousands of small worlds from seeds. A failure names its seed; {@code -Dduet.seed=N} runs that one alone, {@code -Dduet.seeds=N} that
 * many.
 */
final class RoomsSimulationTest {
    private static final int STEPS = 400;

    private static Limits limits(long seed) {
        int capacity = 2 + Math.floorMod(seed, 3);
        return Limits.of(capacity, seed % 7 == 0 ? Duration.ZERO : Duration.ofSeconds(30));
    }

    private static World.Seats seats(Limits limits) {
        LocalDirectory directory = new LocalDirectory(limits.capacity(), 1);
        return new World.Seats() {
            @Override
            public SeatAnswer take(RoomName room, Output.SeatClaim claim) {
                return directory.take(room, claim);
            }

            @Override
            public void release(RoomName room, Seat seat) {
                directory.release(room, seat);
            }
        };
    }

    private static World run(long seed) {
        Limits limits = limits(seed);
        World world = new World(seed, limits, seats(limits));
        int step = 0;
        try {
            for (; step < STEPS; step++) {
                world.step();
            }
            world.end();
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + ", step " + step + ": " + e.getMessage(), e);
        }
        return world;
    }

    @Test
    void whateverHappensTheRoomsKeepTheirRules() {
        Long only = Long.getLong("duet.seed");
        long first = only == null ? 1 : only;
        long last = only == null ? Long.getLong("duet.seeds", 1_000) : only;
        long joined = 0;
        long backs = 0;
        long refusals = 0;
        long takeOvers = 0;
        for (long seed = first; seed <= last; seed++) {
            World world = run(seed);
            joined += world.seatsGiven;
            backs += world.backs;
            refusals += world.refusals;
            takeOvers += world.takeOvers;
        }
        System.out.printf(
                "simulated: %,d worlds of %d steps; %,d seats given, %,d resumed, %,d full, %,d taken over%n",
                last - first + 1, STEPS, joined, backs, refusals, takeOvers);
        if (only == null) {
            // A simulation in which these never happen proves nothing.
            assertThat(List.of(joined, backs, refusals, takeOvers)).allMatch(count -> count > last / 4);
        }
    }

    @Test
    void theSameSeedIsTheSameWorld() {
        for (long seed = 1; seed <= 50; seed++) {
            assertThat(run(seed).trace).as("seed %d", seed).isEqualTo(run(seed).trace);
        }
    }

    @Test
    void aDirectoryThatCountsAfterJoiningIsFound() {
        List<String> found = new ArrayList<>();
        for (long seed = 1; seed <= 20; seed++) {
            Limits limits = Limits.of(2, Duration.ofSeconds(30));
            World world = new World(seed, limits, overbooking(seats(limits)));
            assertThatThrownByStepping(world, found);
        }
        assertThat(found).isNotEmpty();
    }

    private static void assertThatThrownByStepping(World world, List<String> found) {
        try {
            for (int step = 0; step < STEPS; step++) {
                world.step();
            }
        } catch (IllegalStateException e) {
            found.add(e.getMessage());
        }
    }

    /** Lets everybody in first, as a server does that joins before it counts. */
    private static World.Seats overbooking(World.Seats seats) {
        return new World.Seats() {
            private int extra = 1_000;

            @Override
            public SeatAnswer take(RoomName room, Output.SeatClaim claim) {
                SeatAnswer answer = seats.take(room, claim);
                return answer instanceof SeatAnswer.Full
                        ? new SeatAnswer.Taken(new Seat(extra++, extra, 1), false)
                        : answer;
            }

            @Override
            public void release(RoomName room, Seat seat) {
                seats.release(room, seat);
            }
        };
    }

    @Test
    void anOutputThatCallsBackIsRefused() {
        Rooms rooms = new Rooms(Limits.of(2, Duration.ofSeconds(30)), 0, 1, 0);

        assertThatThrownBy(() -> rooms.handle(
                        Input.Join.once(
                                new World.Client(1, new RoomName("r"), true),
                                1,
                                new RoomName("r"),
                                new ParticipantId("p"),
                                new Person(DisplayName.NONE, "")),
                        0,
                        _ -> rooms.handle(new Input.TimePassed(), 0, _ -> {})))
                .isInstanceOf(IllegalStateException.class);
    }
}
