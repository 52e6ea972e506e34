package dev.duet.server.relay;

import dev.duet.turn.User;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Tells whose calls are relayed from those who only have an allocation: browsers keep theirs through a call that found a direct way, and say
 * a few words by it now and then.
 *
 * <p>Not thread-safe: owned by the thread that does the housekeeping.
 */
final class BusyUsers {
    /** Both directions. The least of calls, sound in silence, has more; the checks of ways that are not taken have less. */
    private static final long BYTES_PER_SECOND_MIN = 1_000;

    private static final double NANOS = 1e9;

    private Map<User, Long> before = new HashMap<>();
    private long lookedNanos;

    /** How many of them relayed a call's worth of data since the last look. */
    int look(Stream<User> users, long nowNanos) {
        double seconds = (nowNanos - lookedNanos) / NANOS;
        lookedNanos = nowNanos;
        Map<User, Long> now = new HashMap<>();
        users.filter(user -> user.allocations() > 0)
                .forEach(user -> now.put(user, user.bytesToPeers() + user.bytesFromPeers()));
        long busy = now.entrySet().stream()
                .filter(entry ->
                        entry.getValue() - before.getOrDefault(entry.getKey(), 0L) >= BYTES_PER_SECOND_MIN * seconds)
                .count();
        before = now;
        return (int) busy;
    }
}
