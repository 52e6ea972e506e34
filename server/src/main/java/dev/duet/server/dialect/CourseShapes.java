package dev.duet.server.dialect;

import dev.duet.signaling.SignalKind;
import dev.duet.socketio.Emission;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * How one course page wraps its signals, which is how it understands them.
 *
 * <p>Not thread-safe: owned by the client's event loop.
 */
final class CourseShapes {
    private final Map<SignalKind, CourseShape> known = new EnumMap<>(SignalKind.class);

    /** Looks at the first message of each kind. */
    void learn(CourseMessage message) {
        if (!known.containsKey(message.kind())) {
            message.signal()
                    .filter(found -> found.json().isPresent())
                    .ifPresent(found -> known.put(found.kind(), found.shape()));
        }
    }

    /** What this page gets of a Duet client's signal; nothing for the end of candidates, on which such pages throw. */
    Optional<Emission> emissionOf(SignalFrame frame, SignalKind kind, byte[] room) {
        byte[] json = frame.json();
        CourseShape shape = known.get(kind);
        if (shape != null && JsonTree.read(json).orElse("") instanceof Map<?, ?> w3c) {
            boolean ends = kind == SignalKind.CANDIDATE && "".equals(w3c.get("candidate"));
            return ends ? Optional.empty() : Optional.of(Emission.ofJson("message", room, shape.filled(w3c)));
        }
        return switch (kind) {
            case DESCRIPTION, DATA -> Optional.of(Emission.ofJson("message", room, json));
            case CANDIDATE -> CandidateForms.course(json).map(data -> Emission.ofJson("message", room, data));
        };
    }
}
