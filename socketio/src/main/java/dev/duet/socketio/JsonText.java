package dev.duet.socketio;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON as Socket.IO has it: arrays of arguments, and objects {@code {"_placeholder":true,"num":0}} in the place of bytes. What is passed on
 * to another client is checked here as strictly as that client will: text it cannot read would end <em>its</em> connection.
 */
final class JsonText {
    /** How deep objects and arrays may be nested. */
    static final int DEPTH_MAX = 64;

    /** Arguments of one event. */
    static final int ARGS_MAX = 64;

    static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
    private static final String PLACEHOLDER = "_placeholder";

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    .maxNumberLength(400)
                    .build())
            .build();

    private JsonText() {}

    /**
     * The elements of the array that fills these bytes, or nothing when they are no array, or placeholders in it name no attachment.
     *
     * @param attachments how many binary messages will follow; with none, placeholders are objects like any other
     */
    static Optional<Args> array(byte[] utf8, int from, int to, int attachments) {
        if (!begins(utf8, from, to, '[')) {
            return Optional.empty();
        }
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), utf8, from, to - from)) {
            parser.nextToken();
            int[] bounds = new int[8];
            int count = 0;
            JsonToken token = parser.nextToken();
            while (token != JsonToken.END_ARRAY) {
                if (count == 2 * ARGS_MAX) {
                    return Optional.empty();
                }
                if (count + 2 > bounds.length) {
                    bounds = Arrays.copyOf(bounds, 2 * bounds.length);
                }
                bounds[count] = from + (int) parser.currentTokenLocation().getByteOffset();
                if (!pass(parser, attachments)) {
                    return Optional.empty();
                }
                token = parser.nextToken();
                bounds[count + 1] = endBefore(
                        utf8, from + (int) parser.currentTokenLocation().getByteOffset(), token);
                count += 2;
            }
            return parser.nextToken() == null
                    ? Optional.of(new Args(utf8, Arrays.copyOf(bounds, count), List.of()))
                    : Optional.empty();
        } catch (JacksonException | IllegalStateException e) {
            return Optional.empty();
        }
    }

    /** The object that fills these bytes, as the only argument. */
    static Optional<Args> single(byte[] utf8, int from, int to) {
        if (!begins(utf8, from, to, '{')) {
            return Optional.empty();
        }
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), utf8, from, to - from)) {
            parser.nextToken();
            return pass(parser, 0) && parser.nextToken() == null
                    ? Optional.of(new Args(utf8, new int[] {from, to}, List.of()))
                    : Optional.empty();
        } catch (JacksonException | IllegalStateException e) {
            return Optional.empty();
        }
    }

    /** A zero behind the first character would make the parser guess at another encoding; no JSON in UTF-8 begins so. */
    private static boolean begins(byte[] utf8, int from, int to, char first) {
        return to - from >= 2 && utf8[from] == first && utf8[from + 1] != 0;
    }

    /** Where the element before this token ends: in front of the comma, unless the token ends the array, and of white space. */
    private static int endBefore(byte[] utf8, int tokenStart, JsonToken token) {
        int end = tokenStart;
        boolean comma = token == JsonToken.END_ARRAY;
        while (utf8[end - 1] == ' '
                || utf8[end - 1] == '\n'
                || utf8[end - 1] == '\r'
                || utf8[end - 1] == '\t'
                || (!comma && utf8[end - 1] == ',')) {
            comma |= utf8[end - 1] == ',';
            end--;
        }
        return end;
    }

    /** Walks over one value; false when a placeholder in it names no attachment. */
    private static boolean pass(JsonParser parser, int attachments) {
        if (attachments == 0) {
            passAnything(parser);
            return true;
        }
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (!pass(parser, attachments)) {
                    return false;
                }
            }
            return true;
        }
        return parser.currentToken() != JsonToken.START_OBJECT || passObject(parser, attachments);
    }

    /** Reads every string and number, so that what is wrong in them is found: a skipped one is not looked at. */
    private static void passAnything(JsonParser parser) {
        parser.skipChildren();
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            parser.finishToken();
        }
    }

    private static boolean passObject(JsonParser parser, int attachments) {
        boolean placeholder = false;
        boolean numbered = true;
        boolean hasNumber = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals(PLACEHOLDER)) {
                placeholder |= value == JsonToken.VALUE_TRUE;
            } else if (name.equals("num")) {
                hasNumber = true;
                numbered &= value == JsonToken.VALUE_NUMBER_INT && isBelow(parser, attachments);
            }
            if (!pass(parser, attachments)) {
                return false;
            }
        }
        return !placeholder || (hasNumber && numbered);
    }

    private static boolean isBelow(JsonParser parser, int attachments) {
        String digits = parser.getString();
        return digits.length() <= 4 && digits.charAt(0) != '-' && Integer.parseInt(digits) < attachments;
    }

    // ---- values ----

    /** The value that fills these bytes, which were checked before. */
    static @Nullable Object read(byte[] utf8, int from, int to, List<byte[]> attachments) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), utf8, from, to - from)) {
            parser.nextToken();
            return value(parser, attachments);
        }
    }

    private static @Nullable Object value(JsonParser parser, List<byte[]> attachments) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, attachments);
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser, attachments));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case null, default -> null;
        };
    }

    private static Object integer(JsonParser parser) {
        String digits = parser.getString();
        return digits.length() <= 18 ? (Object) Long.parseLong(digits) : (Object) Double.parseDouble(digits);
    }

    private static Object object(JsonParser parser, List<byte[]> attachments) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            map.put(name, value(parser, attachments));
        }
        boolean bytes = !attachments.isEmpty() && Boolean.TRUE.equals(map.get(PLACEHOLDER));
        return bytes && map.get("num") instanceof Long number ? attachments.get(number.intValue()) : map;
    }

    /** Writes a value as {@link Args#value} gives it; bytes go to {@code attachments}. An {@link Args} is written as its first. */
    static void write(JsonGenerator json, @Nullable Object value, List<byte[]> attachments) {
        switch (value) {
            case null -> json.writeNull();
            case String text -> json.writeString(text);
            case Boolean truth -> json.writeBoolean(truth);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Double number -> json.writeNumber(number);
            case byte[] bytes -> {
                json.writeStartObject();
                json.writeBooleanProperty(PLACEHOLDER, true);
                json.writeNumberProperty("num", attachments.size());
                json.writeEndObject();
                attachments.add(bytes);
            }
            case List<?> list -> {
                json.writeStartArray();
                list.forEach(element -> write(json, element, attachments));
                json.writeEndArray();
            }
            case Map<?, ?> map -> {
                json.writeStartObject();
                map.forEach((name, element) -> {
                    json.writeName(String.valueOf(name));
                    write(json, element, attachments);
                });
                json.writeEndObject();
            }
            default ->
                throw new IllegalArgumentException(value.getClass() + " (expected: null, String, Boolean, Integer,"
                        + " Long, Double, byte[], List or Map)");
        }
    }

    static JsonGenerator generator(ByteArrayOutputStream out) {
        return JSON.createGenerator(ObjectWriteContext.empty(), out);
    }
}
