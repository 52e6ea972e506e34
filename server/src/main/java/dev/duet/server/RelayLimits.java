package dev.duet.server;

import java.time.Duration;

/**
 * What the relay lets one user use. Immutable.
 *
 * @param allocationsMax allocations at a time; a browser takes one for each TURN URL, and as many again when it restarts ICE
 * @param permissionsMax peers of one allocation
 * @param channelsMax channels of one allocation
 * @param bitsPerSecondMax how fast it may send, and how fast it may receive; 0 is without a limit
 * @param credentialLife how long a credential can be used to allocate; what is allocated stays
 * @param answersPerSecond answers to unauthenticated requests of one /24 or /56; ten times as many at once
 */
public record RelayLimits(
        int allocationsMax,
        int permissionsMax,
        int channelsMax,
        long bitsPerSecondMax,
        Duration credentialLife,
        int answersPerSecond) {
    public static final RelayLimits DEFAULT = new RelayLimits(16, 64, 32, 8_000_000, Duration.ofMinutes(10), 100);

    /** A limit that an operator may set. */
    public enum Name {
        ALLOCATIONS("relay-allocations", 1, 1_000),
        KILOBITS_PER_SECOND("relay-kbit-per-second", 0, 10_000_000),
        CREDENTIAL_SECONDS("relay-credential-seconds", 10, 86_400),
        ANSWERS_PER_SECOND("relay-answers-per-second", 1, 1_000_000);

        private final String id;
        private final int min;
        private final int max;

        Name(String id, int min, int max) {
            this.id = id;
            this.min = min;
            this.max = max;
        }

        /** Kebab-case, as in {@code --limit relay-allocations=8}. */
        public String id() {
            return id;
        }

        public int min() {
            return min;
        }

        public int max() {
            return max;
        }
    }

    /** These limits with one of them changed. */
    public RelayLimits with(Name name, int value) {
        return new RelayLimits(
                name == Name.ALLOCATIONS ? value : allocationsMax,
                permissionsMax,
                channelsMax,
                name == Name.KILOBITS_PER_SECOND ? 1_000L * value : bitsPerSecondMax,
                name == Name.CREDENTIAL_SECONDS ? Duration.ofSeconds(value) : credentialLife,
                name == Name.ANSWERS_PER_SECOND ? value : answersPerSecond);
    }

    public RelayLimits {
        if (allocationsMax < 1
                || permissionsMax < 1
                || channelsMax < 1
                || bitsPerSecondMax < 0
                || answersPerSecond < 1) {
            throw new IllegalArgumentException("limits of the relay " + allocationsMax + ", " + permissionsMax + ", "
                    + channelsMax + ", " + bitsPerSecondMax + ", " + answersPerSecond + " (expected: at least 1)");
        }
    }
}
