package dev.duet.server.dialect;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.server.ConnectionLimits;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Test;

/**
 * Whatever connections of one source do at the same time, they could have done one after the other: never more of them than may be, and
 * nothing that stays counted. Scenarios and interleavings are the same in every run.
 */
class SourcesInterleavingsTest {
    private static final int SCENARIOS = 5;
    private static final int INTERLEAVINGS = 40;

    @Test
    void whatHappensToASourceAtTheSameTimeCouldHaveHappenedInTurn() {
        explore(Real.class);
    }

    /** The same scenarios tell a count that is wrong: otherwise the test above would say nothing. */
    @Test
    void aCountThatIsTakenInTwoStepsIsFound() {
        assertThatThrownBy(() -> explore(LooksThenCounts.class)).isInstanceOf(LincheckAssertionError.class);
    }

    private static void explore(Class<?> sources) {
        new ModelCheckingOptions()
                .threads(2)
                .actorsBefore(0)
                .actorsPerThread(3)
                .actorsAfter(1)
                .iterations(SCENARIOS)
                .invocationsPerIteration(INTERLEAVINGS)
                .minimizeFailedScenario(false)
                .check(sources);
    }

    /** What is done with a source. */
    public static class Real {
        private static final long SOURCE = 7;
        static final int UNJOINED_MAX = 1;

        private final Sources sources =
                new Sources(ConnectionLimits.DEFAULT.with(ConnectionLimits.Name.UNJOINED_PER_SOURCE, UNJOINED_MAX));

        /** By thread: whoever has no connection has none to close. */
        private final int[] open = new int[4];

        @Operation
        public boolean connect(@Param(gen = ThreadIdGen.class) int thread) {
            boolean admitted = admit();
            open[thread] += admitted ? 1 : 0;
            return admitted;
        }

        @Operation
        public void close(@Param(gen = ThreadIdGen.class) int thread) {
            if (open[thread] > 0) {
                open[thread]--;
                forget();
            }
        }

        boolean admit() {
            return sources.admitUnjoined(SOURCE);
        }

        void forget() {
            sources.forgetUnjoined(SOURCE);
        }
    }

    // ---- a planted fault ----

    /** Two that see the last place both take it. */
    public static final class LooksThenCounts extends Real {
        private final AtomicInteger count = new AtomicInteger();

        @Override
        boolean admit() {
            boolean room = count.get() < UNJOINED_MAX;
            if (room) {
                count.incrementAndGet();
            }
            return room;
        }

        @Override
        void forget() {
            count.decrementAndGet();
        }
    }
}
