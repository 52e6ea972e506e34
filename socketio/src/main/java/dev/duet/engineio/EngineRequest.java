package dev.duet.engineio;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A request to an Engine.IO path, checked as far as that can be done without knowing any session. */
public sealed interface EngineRequest {
    /**
     * It opens a session.
     *
     * @param webSocket whether by WebSocket; otherwise by polling
     * @param base64 whether this revision 3 client cannot take bytes
     * @param query all parameters, the application's too
     */
    record Open(EngineVersion version, boolean webSocket, boolean base64, Map<String, List<String>> query)
            implements EngineRequest {}

    /** It asks for packets. */
    record Get(EngineVersion version, String sid) implements EngineRequest {}

    /** It brings packets. */
    record Send(EngineVersion version, String sid) implements EngineRequest {}

    /** It is a WebSocket that wants to take over from polling. */
    record Upgrade(EngineVersion version, String sid) implements EngineRequest {}

    /** It is none of these. */
    record Wrong(EngineError why) implements EngineRequest {}

    /**
     * Reads a request. Of a parameter that is given twice the first counts.
     *
     * @param webSocket whether it asks to become a WebSocket
     */
    static EngineRequest of(String method, Map<String, List<String>> query, boolean webSocket) {
        String transport = first(query, "transport").orElse("");
        boolean polling = transport.equals("polling");
        if (!polling && !transport.equals("websocket")) {
            return new Wrong(EngineError.TRANSPORT_UNKNOWN);
        }
        EngineVersion version;
        switch (first(query, "EIO").orElse("")) {
            case "3" -> version = EngineVersion.V3;
            case "4" -> version = EngineVersion.V4;
            default -> {
                return new Wrong(EngineError.UNSUPPORTED_VERSION);
            }
        }
        if (polling == webSocket || query.containsKey("j")) {
            return new Wrong(EngineError.BAD_REQUEST);
        }
        Optional<String> sid = first(query, "sid");
        boolean get = method.equals("GET");
        if (sid.isEmpty()) {
            return get
                    ? new Open(version, webSocket, isTrue(first(query, "b64")), query)
                    : new Wrong(EngineError.BAD_HANDSHAKE_METHOD);
        }
        if (webSocket) {
            return new Upgrade(version, sid.get());
        }
        if (get) {
            return new Get(version, sid.get());
        }
        return method.equals("POST") ? new Send(version, sid.get()) : new Wrong(EngineError.BAD_REQUEST);
    }

    private static boolean isTrue(Optional<String> value) {
        return value.isPresent()
                && !value.get().isEmpty()
                && !value.get().equals("0")
                && !value.get().equals("false");
    }

    private static Optional<String> first(Map<String, List<String>> query, String name) {
        List<String> values = query.getOrDefault(name, List.of());
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
    }
}
