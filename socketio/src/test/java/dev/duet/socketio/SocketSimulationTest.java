package dev.duet.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Thousands of small worlds from seeds. A failure names its seed; {@code -Dduet.seed=N} runs that one alone, {@code -Dduet.seeds=N} that
 * many.
 */
final class SocketSimulationTest {
    private static final int STEPS = 300;

    private static SimulatedWorld run(long seed, Consumer<SimulatedClient> fault) {
        SimulatedWorld world = new SimulatedWorld(seed, fault);
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
    void whateverHappensNothingIsLostAndNobodyIsForgotten() {
        Long only = Long.getLong("duet.seed");
        long first = only == null ? 1 : only;
        long last = only == null ? Long.getLong("duet.seeds", 1_000) : only;
        long[] counts = new long[SimulatedWorld.Happening.values().length];
        for (long seed = first; seed <= last; seed++) {
            SimulatedWorld world = run(seed, _ -> {});
            Arrays.setAll(counts, i -> counts[i] + world.counts[i]);
        }
        System.out.printf("simulated: %,d worlds of %d steps;", last - first + 1, STEPS);
        for (SimulatedWorld.Happening happening : SimulatedWorld.Happening.values()) {
            System.out.printf(" %s %,d", happening, counts[happening.ordinal()]);
        }
        System.out.println();
        if (only == null) {
            // A simulation in which these never happen proves nothing.
            assertThat(Arrays.stream(counts)).allMatch(count -> count > last / 4);
        }
    }

    @Test
    void theSameSeedIsTheSameWorld() {
        for (long seed = 1; seed <= 50; seed++) {
            assertThat(run(seed, _ -> {}).trace.toString())
                    .as("seed %d", seed)
                    .isEqualTo(run(seed, _ -> {}).trace.toString());
        }
    }

    @Test
    void aMessageThatIsLostInTheSwitchIsFound() {
        List<String> found = new ArrayList<>();
        for (long seed = 1; seed <= 20; seed++) {
            try {
                run(seed, client -> {
                    if (client.webSocket != null) {
                        client.webSocket.poll();
                    }
                });
            } catch (AssertionError e) {
                found.add(e.getMessage());
            }
        }
        assertThat(found).isNotEmpty().allMatch(message -> message.startsWith("seed "));
    }
}
