package dev.duet.bench.turn;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What {@link TurnLoad} is asked for, as words {@code key=value}.
 *
 * @param port the server's, on 127.0.0.1
 * @param pid the server's
 * @param allocations how many clients
 * @param window packets of each stream in flight, or 0 for a rate
 * @param rate packets per second of all streams; the shape CALL has its own
 */
record TurnOptions(
        int port,
        long pid,
        TurnClient.Credentials credentials,
        Mode mode,
        Shape shape,
        int allocations,
        int window,
        long rate,
        long warmUpSeconds,
        long seconds) {
    /** Which way data go. */
    enum Mode {
        /** From clients to peers that need no relay. */
        UP,
        /** From such peers to clients. */
        DOWN,
        /** Each of both. */
        BOTH,
        /** From clients to clients. */
        PAIR
    }

    TurnOptions {
        if (mode == Mode.PAIR && allocations % 2 != 0) {
            throw new IllegalArgumentException(allocations + " allocations (expected: an even number, for pairs)");
        }
        if (window > 0 && window < shape.parts().getFirst().packetsMax()) {
            throw new IllegalArgumentException("a window of " + window + " (expected: a whole burst)");
        }
    }

    static TurnOptions parse(String[] args) {
        Map<String, String> words = new HashMap<>();
        for (String arg : args) {
            int equals = arg.indexOf('=');
            words.put(arg.substring(0, equals), arg.substring(equals + 1));
        }
        return new TurnOptions(
                Integer.parseInt(need(words, "port")),
                Long.parseLong(need(words, "pid")),
                new TurnClient.Credentials(need(words, "user"), need(words, "password")),
                Mode.valueOf(need(words, "mode").toUpperCase(Locale.ROOT)),
                Shape.valueOf(need(words, "shape").toUpperCase(Locale.ROOT)),
                Integer.parseInt(need(words, "allocations")),
                Integer.parseInt(words.getOrDefault("window", "0")),
                Long.parseLong(words.getOrDefault("rate", "0")),
                Long.parseLong(words.getOrDefault("warmup", "3")),
                Long.parseLong(words.getOrDefault("seconds", "8")));
    }

    private static String need(Map<String, String> words, String key) {
        String value = words.get(key);
        if (value == null) {
            throw new IllegalArgumentException("no " + key + "=...");
        }
        return value;
    }
}
