package dev.duet.netlab;

/**
 * What one direction of one host's link does to packets.
 *
 * @param delayNanos how long each packet travels, 0 or more
 * @param jitterNanos how far the delay varies: uniformly within plus or minus this; packets keep their order
 * @param loss the probability, 0 to 1, that a packet vanishes
 * @param duplication the probability, 0 to 1, that a packet arrives twice
 * @param blackout whether nothing passes at all, as with a pulled cable
 */
public record Impairment(long delayNanos, long jitterNanos, double loss, double duplication, boolean blackout) {

    /** A link that passes everything at once. */
    public static final Impairment NONE = new Impairment(0, 0, 0, 0, false);

    /** Checks the ranges. */
    public Impairment {
        if (delayNanos < 0 || jitterNanos < 0) {
            throw new IllegalArgumentException(
                    "delay " + delayNanos + " ns, jitter " + jitterNanos + " ns (expected: >= 0)");
        }
        checkProbability("loss", loss);
        checkProbability("duplication", duplication);
    }

    Impairment withDelay(long nanos) {
        return new Impairment(nanos, jitterNanos, loss, duplication, blackout);
    }

    Impairment withJitter(long nanos) {
        return new Impairment(delayNanos, nanos, loss, duplication, blackout);
    }

    Impairment withLoss(double probability) {
        return new Impairment(delayNanos, jitterNanos, probability, duplication, blackout);
    }

    Impairment withDuplication(double probability) {
        return new Impairment(delayNanos, jitterNanos, loss, probability, blackout);
    }

    Impairment withBlackout(boolean down) {
        return new Impairment(delayNanos, jitterNanos, loss, duplication, down);
    }

    private static void checkProbability(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " " + value + " (expected: 0 to 1)");
        }
    }
}
