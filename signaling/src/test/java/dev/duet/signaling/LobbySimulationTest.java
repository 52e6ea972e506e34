package dev.duet.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Thousands of small lobbies from seeds. A failure names its seed; {@code -Dduet.seed=N} runs that one alone. */
final class LobbySimulationTest {
    private static final int STEPS = 400;

    private static LobbyWorld run(long seed) {
        LobbyWorld world = new LobbyWorld(seed, Limits.of(2 + (int) (seed % 2), Duration.ofSeconds(30)));
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
    void whateverHappensAnOfferIsClaimedByWhoMayAndBothKnowOfIt() {
        Long only = Long.getLong("duet.seed");
        long first = only == null ? 1 : only;
        long last = only == null ? Long.getLong("duet.seeds", 1_000) : only;
        long answered = 0;
        long taken = 0;
        long claimed = 0;
        long preconnected = 0;
        long stale = 0;
        for (long seed = first; seed <= last; seed++) {
            LobbyWorld world = run(seed);
            answered += world.answered;
            taken += world.taken;
            claimed += world.claimed;
            preconnected += world.preconnected;
            stale += world.stale;
        }
        System.out.printf(
                "simulated: %,d lobbies of %d steps; %,d answers, %,d stale; of the offers %,d taken, %,d claimed after"
                        + " a look, %,d connected before%n",
                last - first + 1, STEPS, answered, stale, taken, claimed, preconnected);
        if (only == null) {
            // A simulation in which these never happen proves nothing.
            assertThat(List.of(answered, stale, taken, claimed, preconnected)).allMatch(count -> count > last / 10);
        }
    }
}
