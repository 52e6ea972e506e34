package dev.duet.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FailedJoinsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;

    private final FailedJoins failures = new FailedJoins(10, 1_000);

    private List<Long> delaysInSeconds(int count, long nowNanos) {
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            delays.add(failures.delayNanos(1, nowNanos) / SECOND);
        }
        return delays;
    }

    @Test
    void tenFailuresAreAnsweredAtOnce() {
        assertThat(delaysInSeconds(10, 0)).containsOnly(0L);
    }

    @Test
    void fromTheEleventhOnEachWaitsLongerUpTo25Seconds() {
        delaysInSeconds(10, 0);

        assertThat(delaysInSeconds(8, 0)).containsExactly(1L, 2L, 4L, 8L, 16L, 25L, 25L, 25L);
    }

    @Test
    void nobodyEverWaitsLonger() {
        delaysInSeconds(10_000, 0);

        assertThat(delaysInSeconds(1, 0)).containsExactly(25L);
    }

    @Test
    void afterHalfAnHourAllIsForgiven() {
        delaysInSeconds(50, 0);

        assertThat(delaysInSeconds(1, 30 * MINUTE + 1)).containsExactly(0L);
    }

    @Test
    void withinHalfAnHourNothingIsForgiven() {
        delaysInSeconds(10, 0);

        assertThat(delaysInSeconds(1, 30 * MINUTE)).containsExactly(1L);
    }

    @Test
    void oneSourceDoesNotPayForAnother() {
        delaysInSeconds(50, 0);

        assertThat(failures.delayNanos(2, 0)).isZero();
    }

    @Test
    void theSourceThatFailedLongestAgoIsForgottenFirst() {
        FailedJoins few = new FailedJoins(1, 2);
        few.delayNanos(1, 0);
        few.delayNanos(2, 0);
        few.delayNanos(1, 0);
        few.delayNanos(3, 0);

        assertThat(few.delayNanos(1, 0)).isPositive();
        assertThat(few.delayNanos(2, 0)).isZero();
    }
}
