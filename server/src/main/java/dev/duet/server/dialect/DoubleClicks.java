package dev.duet.server.dialect;

import dev.duet.signaling.RoomName;
import dev.duet.socketio.Handshake;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds the page that joined a room twice because its button was clicked twice: course pages open a connection at each click, and would
 * take both seats and call themselves. Two sessions of one load of a page, opened within {@value #WINDOW_MS} ms of each other, are one person;
 * the later one is the one that the page goes on with.
 *
 * <p>What tells one load from another is the number that the served Socket.IO script draws (docs/decisions/006). Sessions without one are
 * people of their own: address, browser and page are the same for a whole classroom, and a proxy mixes people on a connection.
 *
 * <p>Thread-safe.
 */
final class DoubleClicks {
    static final int WINDOW_MS = 700;
    static final String PARAMETER = "duetPage";
    static final String WHAT_BECOMES_OF_IT = "this page joined the room twice within " + WINDOW_MS
            + " ms; its later connection has the seat, and this one has none";
    private static final long WINDOW_NANOS = WINDOW_MS * 1_000_000L;
    private static final int REMEMBERED_MAX = 10_000;
    private static final Pattern NUMBER = Pattern.compile("[0-9a-f]{32}");

    private record Key(RoomName room, String page) {}

    private final Map<Key, CourseConnection> latest = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, CourseConnection> eldest) {
            return size() > REMEMBERED_MAX
                    || System.nanoTime() - eldest.getValue().client().openedNanos() > 10 * WINDOW_NANOS;
        }
    };

    /** The number of the page that opened a session; empty when it brought none. */
    static String pageOf(Handshake handshake) {
        List<String> given = handshake.query().getOrDefault(PARAMETER, List.of());
        return given.size() == 1 && NUMBER.matcher(given.getFirst()).matches() ? given.getFirst() : "";
    }

    /** The session that this one takes the place of; nothing when it is a person's only one. */
    synchronized Optional<CourseConnection> earlier(RoomName room, String page, CourseConnection joining) {
        if (page.isEmpty()) {
            return Optional.empty();
        }
        CourseConnection before = latest.put(new Key(room, page), joining);
        return before != null
                        && before != joining
                        && Math.abs(joining.client().openedNanos()
                                        - before.client().openedNanos())
                                <= WINDOW_NANOS
                ? Optional.of(before)
                : Optional.empty();
    }
}
