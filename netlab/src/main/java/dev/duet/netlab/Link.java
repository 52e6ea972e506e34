package dev.duet.netlab;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Sets what a host's link does, in one direction or in both; a change holds for packets sent from now on, a blackout
 * also for those on their way. Thread-safe.
 */
public final class Link {
    private final List<Lane> lanes;

    Link(Lane... lanes) {
        this.lanes = List.of(lanes);
    }

    /** Sets how long a packet travels in each direction of this link. */
    public Link delay(Duration delay) {
        return change(impairment -> impairment.withDelay(delay.toNanos()));
    }

    /** Sets how far the delay varies, up and down. */
    public Link jitter(Duration jitter) {
        return change(impairment -> impairment.withJitter(jitter.toNanos()));
    }

    /** Sets the probability that a packet vanishes, for each direction by itself. */
    public Link loss(double probability) {
        return change(impairment -> impairment.withLoss(probability));
    }

    /** Sets the probability that a packet arrives twice. */
    public Link duplication(double probability) {
        return change(impairment -> impairment.withDuplication(probability));
    }

    /** Pulls the cable, or plugs it in again. */
    public Link blackout(boolean down) {
        return change(impairment -> impairment.withBlackout(down));
    }

    /** Makes this a perfect link again. */
    public Link clear() {
        return change(_ -> Impairment.NONE);
    }

    private Link change(UnaryOperator<Impairment> change) {
        for (Lane lane : lanes) {
            synchronized (lane) {
                lane.impairment = change.apply(lane.impairment);
            }
        }
        return this;
    }
}
