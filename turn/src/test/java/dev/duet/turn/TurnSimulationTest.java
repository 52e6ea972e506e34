package dev.duet.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.turn.PeerPolicy.Block;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Hundreds of small worlds from seeds. A failure names its seed; {@code -Dduet.seed=N} runs that one alone, {@code -Dduet.seeds=N} that
 * many.
 */
final class TurnSimulationTest {
    private static final int STEPS = 400;
    private static final int SEEDS_FOR_A_FAULT = 20;

    private static TurnWorld run(long seed) {
        return run(seed, new TurnWorld(seed));
    }

    private static TurnWorld run(long seed, TurnWorld world) {
        int step = 0;
        try {
            for (; step < STEPS; step++) {
                world.step();
            }
            world.end();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + ", step " + step + ": " + e.getMessage(), e);
        }
        return world;
    }

    @Test
    void whateverHappensWhatIsRelayedIsWhatIsPermitted() {
        Long only = Long.getLong("duet.seed");
        long first = only == null ? 1 : only;
        long last = only == null ? Long.getLong("duet.seeds", 300) : only;
        long[] happened = new long[6];
        for (long seed = first; seed <= last; seed++) {
            TurnWorld world = run(seed);
            happened[0] += world.allocations;
            happened[1] += world.refusals;
            happened[2] += world.relayed;
            happened[3] += world.handedOver;
            happened[4] += world.dropped;
            happened[5] += world.expired;
        }
        System.out.printf(
                "simulated: %,d worlds of %d steps; %,d allocations, %,d expired, %,d refusals, %,d relayed,"
                        + " %,d of them within the process, %,d dropped%n",
                last - first + 1, STEPS, happened[0], happened[5], happened[1], happened[2], happened[3], happened[4]);
        if (only == null) {
            // A simulation in which these never happen proves nothing.
            assertThat(Arrays.stream(happened).min().orElseThrow()).isGreaterThan(last / 2);
        }
    }

    @Test
    void theSameSeedIsTheSameWorld() {
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(run(seed).trace.toString())
                    .as("seed %d", seed)
                    .isEqualTo(run(seed).trace.toString());
        }
    }

    private static List<String> found(TurnOptions options, PeerPolicy policy, int allocationsMax) {
        List<String> found = new ArrayList<>();
        for (long seed = 1; seed <= SEEDS_FOR_A_FAULT; seed++) {
            try {
                run(seed, new TurnWorld(seed, new Site(options, policy, allocationsMax, 0)));
            } catch (AssertionError e) {
                found.add(e.getMessage());
            }
        }
        return found;
    }

    @Test
    void aServerThatReachesPrivateAddressesIsFound() {
        PeerPolicy everything = new PeerPolicy(List.of(new Block(0, 0, 0)), (_, _) -> false);

        assertThat(found(TurnWorld.OPTIONS, everything, TurnWorld.ALLOCATIONS_MAX))
                .isNotEmpty();
    }

    @Test
    void aServerThatGivesOneTooMuchIsFound() {
        TurnOptions right = TurnWorld.OPTIONS;
        PeerPolicy policy = new PeerPolicy(List.of(), (_, _) -> false);
        TurnOptions permission = new TurnOptions("duet", 5, right.channelsMax(), 100, 1_000, 10_000, 100_000);
        TurnOptions channel = new TurnOptions("duet", right.permissionsMax(), 3, 100, 1_000, 10_000, 100_000);

        assertThat(found(permission, policy, TurnWorld.ALLOCATIONS_MAX)).isNotEmpty();
        assertThat(found(channel, policy, TurnWorld.ALLOCATIONS_MAX)).isNotEmpty();
        assertThat(found(right, policy, TurnWorld.ALLOCATIONS_MAX + 1)).isNotEmpty();
    }
}
