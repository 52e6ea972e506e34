package dev.duet.server.dialect;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * An ICE candidate in the two forms that travel:
 *
 * <pre>
 * W3C      {"candidate":"candidate:...","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"..."}
 * course   {"type":"candidate","label":0,"id":"0","candidate":"candidate:..."}
 * </pre>
 */
final class CandidateForms {
    private static final JsonFactory JSON = new JsonFactory();

    private CandidateForms() {}

    /** W3C's form. */
    static byte[] w3c(String line, @Nullable Object id, @Nullable Object label) {
        return object(json -> {
            json.writeStringProperty("candidate", line);
            if (id instanceof String || id instanceof Long) {
                json.writeStringProperty("sdpMid", id.toString());
            }
            if (label instanceof Long index) {
                json.writeNumberProperty("sdpMLineIndex", index);
            }
        });
    }

    /** The course's form of a candidate in W3C's, which was checked before; nothing for the end of candidates. */
    static Optional<byte[]> course(byte[] w3c) {
        String line = "";
        String mid = null;
        long index = 0;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), w3c)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("candidate") && value == JsonToken.VALUE_STRING) {
                    line = parser.getString();
                } else if (name.equals("sdpMid") && value == JsonToken.VALUE_STRING) {
                    mid = parser.getString();
                } else if (name.equals("sdpMLineIndex") && value == JsonToken.VALUE_NUMBER_INT) {
                    index = parser.getString().length() <= 5 ? parser.getLongValue() : 0;
                } else {
                    parser.skipChildren();
                }
            }
        }
        if (line.isEmpty()) {
            return Optional.empty();
        }
        String candidate = line;
        long label = index;
        String id = mid == null ? Long.toString(index) : mid;
        return Optional.of(object(json -> {
            json.writeStringProperty("type", "candidate");
            json.writeNumberProperty("label", label);
            json.writeStringProperty("id", id);
            json.writeStringProperty("candidate", candidate);
        }));
    }

    private static byte[] object(Consumer<JsonGenerator> fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            fields.accept(json);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }
}
