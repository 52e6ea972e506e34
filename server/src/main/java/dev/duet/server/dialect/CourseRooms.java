package dev.duet.server.dialect;

import dev.duet.signaling.RoomName;
import dev.duet.socketio.Args;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Which room a course page means. Pages name rooms by what a text field or a query parameter gave them: strings, numbers, {@code false},
 * nothing at all. The string form counts, so that 5 and "5" are one room.
 */
final class CourseRooms {
    /** The room of those who name none. */
    static final String UNNAMED = "(no name)";

    private CourseRooms() {}

    /** The room that the first argument names, or nothing when it cannot name one: arrays, objects, bytes, names too long. */
    static Optional<RoomName> named(Args args) {
        byte[] json = args.json(0);
        return switch (json[0]) {
            case '[', '{' -> Optional.empty();
            case '"' -> args.string(0).flatMap(text -> RoomName.of(text.isEmpty() ? UNNAMED : text));
            default -> RoomName.of(new String(json, StandardCharsets.US_ASCII));
        };
    }
}
