package dev.duet.netlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ShaperTest {
    private static final long MS = 1_000_000;

    @Test
    void aPerfectLinkDeliversAtOnce() {
        assertThat(arrivals(1, Impairment.NONE, 3)).containsExactly(List.of(0L), List.of(MS), List.of(2 * MS));
    }

    @Test
    void delayMovesEveryPacketByTheSameTime() {
        assertThat(arrivals(1, Impairment.NONE.withDelay(50 * MS), 2))
                .containsExactly(List.of(50 * MS), List.of(51 * MS));
    }

    @Test
    void jitterStaysInsideItsBoundsAndKeepsTheOrder() {
        List<List<Long>> arrivals =
                arrivals(7, Impairment.NONE.withDelay(50 * MS).withJitter(20 * MS), 1_000);

        long last = 0;
        long largestSwing = 0;
        for (int i = 0; i < arrivals.size(); i++) {
            long arrival = arrivals.get(i).getFirst();
            assertThat(arrival).isGreaterThanOrEqualTo(last).isBetween(i * MS + 30 * MS, i * MS + 70 * MS);
            largestSwing = Math.max(largestSwing, arrival - i * MS - 50 * MS);
            last = arrival;
        }
        assertThat(largestSwing).isGreaterThan(18 * MS);
    }

    @Test
    void jitterLargerThanTheDelayNeverDeliversIntoThePast() {
        List<List<Long>> arrivals = arrivals(3, Impairment.NONE.withJitter(20 * MS), 500);

        for (int i = 0; i < arrivals.size(); i++) {
            assertThat(arrivals.get(i).getFirst()).isGreaterThanOrEqualTo(i * MS);
        }
    }

    @Test
    void theShareOfLostAndDoubledPacketsIsTheOneAskedFor() {
        List<List<Long>> arrivals = arrivals(5, Impairment.NONE.withLoss(0.2).withDuplication(0.1), 10_000);

        // Five standard deviations: sqrt(10000 * 0.2 * 0.8) = 40, sqrt(8000 * 0.1 * 0.9) = 27.
        assertThat(arrivals.stream().filter(List::isEmpty).count()).isBetween(1_800L, 2_200L);
        assertThat(arrivals.stream().filter(copies -> copies.size() == 2).count())
                .isBetween(665L, 935L);
    }

    @Test
    void theSameSeedGivesTheSameFate() {
        Impairment impairment = Impairment.NONE
                .withDelay(9 * MS)
                .withJitter(5 * MS)
                .withLoss(0.3)
                .withDuplication(0.3);

        assertThat(arrivals(11, impairment, 200)).isEqualTo(arrivals(11, impairment, 200));
        assertThat(arrivals(11, impairment, 200)).isNotEqualTo(arrivals(12, impairment, 200));
    }

    @Test
    void certainLossAndCertainDuplicationAreCertain() {
        assertThat(arrivals(1, Impairment.NONE.withLoss(1), 50)).allMatch(List::isEmpty);
        assertThat(arrivals(1, Impairment.NONE.withDuplication(1), 50)).allMatch(copies -> copies.size() == 2);
    }

    @Test
    void impossibleValuesAreRefusedWithTheNumber() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Impairment.NONE.withLoss(1.5))
                .withMessageContaining("1.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Impairment.NONE.withDuplication(Double.NaN))
                .withMessageContaining("NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Impairment.NONE.withDelay(-1))
                .withMessageContaining("-1");
    }

    /** Sends one packet each millisecond. */
    private static List<List<Long>> arrivals(long seed, Impairment impairment, int packets) {
        Shaper shaper = new Shaper(new SplittableRandom(seed));
        long[] times = new long[Shaper.COPIES_MAX];
        List<List<Long>> arrivals = new ArrayList<>();
        for (int i = 0; i < packets; i++) {
            int copies = shaper.arrivals(i * MS, impairment, times);
            List<Long> list = new ArrayList<>();
            for (int copy = 0; copy < copies; copy++) {
                list.add(times[copy]);
            }
            arrivals.add(list);
        }
        return arrivals;
    }
}
