package dev.duet.server.dialect;

import dev.duet.signaling.RoomName;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the page that joined a room twice because its button was clicked twice: course pages open a connection at each click, and would
 * take both seats and call themselves. Two sessions of one page of one browser, opened within {@value #WINDOW_MS} ms of each other - faster
 * than anybody changes tabs - are one person; the later one is the one that the page goes on with.
 *
 * <p>Thread-safe.
 */
final class DoubleClicks {
    static final int WINDOW_MS = 700;
    private static final long WINDOW_NANOS = WINDOW_MS * 1_000_000L;
    private static final int REMEMBERED_MAX = 10_000;

    private record Key(RoomName room, long source, String page) {}

    private final Map<Key, CourseConnection> latest = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, CourseConnection> eldest) {
            return size() > REMEMBERED_MAX
                    || System.nanoTime() - eldest.getValue().client().openedNanos() > 10 * WINDOW_NANOS;
        }
    };

    /** The session that this one takes the place of; nothing when it is a person's only one. */
    synchronized Optional<CourseConnection> earlier(RoomName room, CourseConnection joining) {
        CourseClient client = joining.client();
        if (client.page().isEmpty()) {
            return Optional.empty();
        }
        CourseConnection before = latest.put(new Key(room, client.source().key(), client.page()), joining);
        return before != null
                        && before != joining
                        && Math.abs(client.openedNanos() - before.client().openedNanos()) <= WINDOW_NANOS
                ? Optional.of(before)
                : Optional.empty();
    }
}
