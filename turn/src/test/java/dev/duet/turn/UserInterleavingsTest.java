package dev.duet.turn;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever shards and rooms do with one user at the same time, they could have done one after the other: no allocation over the quota,
 * and none after the end that {@link User#allocations} did not tell of, and the pool of those who wait has counted what they hold. Scenarios
 * and interleavings are the same in every run.
 */
class UserInterleavingsTest {
    private static final int SCENARIOS = 6;
    private static final int INTERLEAVINGS = 100;

    @Test
    void whatHappensToAUserAtTheSameTimeCouldHaveHappenedInTurn() {
        explore(Real.class);
    }

    @Test
    void thePoolHasCountedWhatThoseWhoWaitHold() {
        explore(Pooled.class);
    }

    @Test
    void aPoolThatIsCountedBesideIsFound() {
        assertThatThrownBy(() -> explore(CountedBeside.class)).isInstanceOf(LincheckAssertionError.class);
    }

    /** The same scenarios tell a user that is wrong: otherwise the test above would say nothing. */
    @ParameterizedTest
    @ValueSource(classes = {CountsLate.class, EndsBeside.class, IdleThenEnded.class})
    void aUserThatLooksFirstAndActsLaterIsFound(Class<?> wrong) {
        assertThatThrownBy(() -> explore(wrong)).isInstanceOf(LincheckAssertionError.class);
    }

    private static void explore(Class<?> user) {
        new ModelCheckingOptions()
                .threads(2)
                .actorsBefore(0)
                .actorsPerThread(2)
                .actorsAfter(1)
                .iterations(SCENARIOS)
                .invocationsPerIteration(INTERLEAVINGS)
                .minimizeFailedScenario(false)
                .check(user);
    }

    /** What is done with a user, but for giving back, which would leave open what the count at the end has to be. */
    public static class Real {
        static final int MAX = 1;

        final User user = new User("somebody", MAX, 0, 0);

        @Operation
        public boolean tryAllocate() {
            return user.tryAllocate();
        }

        /** As when a seat ends: what is not counted then is closed by nobody. */
        @Operation
        public int endAndCount() {
            user.end();
            return user.allocations();
        }

        @Operation
        public boolean endIfIdle() {
            return user.endIfIdle();
        }
    }

    /** A user that begins and ceases to wait while it allocates: when both are done the pool holds all of it or nothing. */
    public static class Pooled {
        private static final int MANY = 4;

        final WaitingPool pool = new WaitingPool(MANY);
        final User user = new User("somebody", MANY, 0, 0, pool);

        @Operation
        public boolean tryAllocate() {
            return user.tryAllocate();
        }

        @Operation
        public void waits() {
            user.waits(true);
        }

        @Operation
        public void meets() {
            user.waits(false);
        }

        @Validate
        public void isCounted() {
            int expected = user.waits() ? user.allocations() : 0;
            if (pool.taken() != expected) {
                throw new IllegalStateException("the pool holds " + pool.taken() + ", not " + expected);
            }
        }
    }

    // ---- planted faults ----

    /** Looks whether the user waits beside the count. */
    public static final class CountedBeside extends Pooled {
        @Override
        public boolean tryAllocate() {
            boolean waiting = user.waits();
            user.waits(false);
            boolean taken = user.tryAllocate();
            if (waiting) {
                user.waits(true);
            }
            return taken;
        }

        @Override
        public void meets() {
            if (user.waits()) {
                pool.add(-user.allocations());
                user.waits(true);
            }
        }
    }

    /** Looks first and acts later: two that see the last place both take it. */
    public static class CountsLate extends Real {
        final AtomicInteger count = new AtomicInteger();
        volatile boolean ended;

        @Override
        public boolean tryAllocate() {
            boolean free = !ended && count.get() < MAX;
            if (free) {
                count.incrementAndGet();
            }
            return free;
        }

        @Override
        public int endAndCount() {
            ended = true;
            return count.get();
        }

        @Override
        public boolean endIfIdle() {
            boolean idle = count.get() == 0;
            ended |= idle;
            return idle;
        }
    }

    /** The count is right, and the end is a word of its own: whoever looked at it before allocates after it. */
    public static final class EndsBeside extends CountsLate {
        @Override
        public boolean tryAllocate() {
            int now = count.get();
            while (!ended && now < MAX) {
                if (count.compareAndSet(now, now + 1)) {
                    return true;
                }
                now = count.get();
            }
            return false;
        }
    }

    /** The end is right, and who is thought to be idle may be about to allocate. */
    public static final class IdleThenEnded extends Real {
        @Override
        public boolean endIfIdle() {
            boolean idle = user.allocations() == 0;
            if (idle) {
                user.end();
            }
            return idle;
        }
    }
}
