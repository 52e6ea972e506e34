package dev.duet.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class TokenBucketTest {
    private static final long SECOND = 1_000_000_000L;

    private long now = Long.MAX_VALUE - SECOND;
    private final TokenBucket bucket = new TokenBucket(50, 200, now);

    private int takeAll() {
        int taken = 0;
        while (bucket.tryTake(now)) {
            taken++;
        }
        return taken;
    }

    @Test
    void aFullBucketGivesItsBurst() {
        assertThat(takeAll()).isEqualTo(200);
    }

    @Test
    void anEmptyBucketGivesItsRate() {
        takeAll();
        now += SECOND;

        assertThat(takeAll()).isEqualTo(50);
    }

    @Test
    void aTokenIsThereWhenItsTimeIsFullAndNotBefore() {
        takeAll();

        assertThat(bucket.tryTake(now + SECOND / 50 - 1)).isFalse();
        assertThat(bucket.tryTake(now + SECOND / 50)).isTrue();
    }

    @Test
    void aBucketNeverHoldsMoreThanItsBurst() {
        takeAll();
        now += 3_600 * SECOND;

        assertThat(takeAll()).isEqualTo(200);
    }

    @Test
    void inTheLongRunTheRateHolds() {
        takeAll();
        int taken = 0;
        for (int ms = 0; ms < 100_000; ms++) {
            now += 1_000_000;
            taken += takeAll();
        }

        assertThat(taken).isEqualTo(5_000);
    }

    @Test
    void whatIsRefusedCostsNothing() {
        takeAll();
        for (int i = 0; i < 1_000; i++) {
            bucket.tryTake(now);
        }
        now += SECOND;

        assertThat(takeAll()).isEqualTo(50);
    }

    @Test
    void aRateOfNothingIsRefused() {
        assertThatThrownBy(() -> new TokenBucket(0, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TokenBucket(1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
