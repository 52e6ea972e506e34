package dev.duet.server.dialect;

import dev.duet.signaling.SignalKind;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a course page wraps its descriptions or its candidates. Pages agree on what is in them, and on little else:
 *
 * <pre>
 * {"type":"candidate","candidate":{"candidate":"candidate:...","sdpMid":"0","sdpMLineIndex":0}}
 * {"type":"video-offer","sdp":{"type":"offer","sdp":"v=0..."}}      {"offer":{...}}      {"data":"{\"type\":\"offer\",...}"}
 * </pre>
 *
 * <p>What a signal is, is told by what cannot be anything else: a text that begins with {@code v=0}, a text that begins with {@code candidate:}.
 * All that surrounds it is kept as a mould: a page that is called by a Duet page hears the answer in its own words. Of what stands beside the
 * signal only words for its kind are kept; a name or an address in there would be the page's own.
 *
 * <p>Pure and immutable.
 */
final class CourseShape {
    private static final int DEPTH_MAX = 4;
    private static final int FIELDS_MAX = 24;
    private static final int WORD_MAX = 40;
    private static final Set<String> KINDS =
            Set.of("type", "kind", "event", "action", "cmd", "command", "messagetype", "msgtype", "signal", "name");
    private static final Set<String> MIDS = Set.of("sdpmid", "id", "mid");
    private static final Set<String> INDEXES = Set.of("sdpmlineindex", "label", "mlineindex", "index");
    private static final Set<String> END_OF_CANDIDATES = Set.of("candidate", "icecandidate", "ice");
    private static final Pattern HINT =
            Pattern.compile("candidate|offer|answer|\\bice\\b|^sdp$", Pattern.CASE_INSENSITIVE);
    private static final Pattern TYPE =
            Pattern.compile("(?:^|[^a-z])(pranswer|offer|answer|rollback)", Pattern.CASE_INSENSITIVE);

    /** A place in the mould that is filled for each signal. */
    private enum Slot {
        SDP,
        CANDIDATE,
        MID,
        INDEX,
        USERNAME_FRAGMENT
    }

    /** JSON in a text. */
    private record Text(Object mould) {}

    private final Object mould;
    /** The type of the description that it was moulded from; empty for a candidate. */
    private final String type;

    private CourseShape(Object mould, String type) {
        this.mould = mould;
        this.type = type;
    }

    /**
     * A signal that was found.
     *
     * @param kind a description or a candidate
     * @param json its W3C form, {@code RTCSessionDescriptionInit} or {@code RTCIceCandidateInit}; nothing for the end of candidates
     */
    record Found(SignalKind kind, Optional<byte[]> json, CourseShape shape) {}

    /** The signal in a message's data, if there is one. */
    static Optional<Found> find(@Nullable Object data) {
        return Optional.ofNullable(in(data, "", DEPTH_MAX));
    }

    /** Whether it seems to be meant as one. */
    static boolean seemsSignal(@Nullable Object data) {
        Object value = data instanceof String text && text.startsWith("{")
                ? JsonTree.read(text).orElse(data)
                : data;
        return value instanceof Map<?, ?> fields
                && fields.entrySet().stream()
                        .limit(FIELDS_MAX)
                        .anyMatch(field -> HINT.matcher((String) field.getKey()).find()
                                || kindWord(field)
                                        .filter(word -> HINT.matcher(word).find())
                                        .isPresent());
    }

    /** @param hint the type of a description, as far as what surrounds the value has said it */
    private static @Nullable Found in(@Nullable Object value, String hint, int depth) {
        if (depth == 0) {
            return null;
        }
        if (value instanceof String text) {
            if (text.startsWith("v=0") && !hint.isEmpty()) {
                return description(Slot.SDP, hint, text);
            }
            Object inside = text.startsWith("{") ? JsonTree.read(text).orElse(null) : null;
            Found found = inside == null ? null : in(inside, hint, depth - 1);
            return found == null ? null : moulded(found, new Text(found.shape.mould));
        }
        if (!(value instanceof Map<?, ?> fields) || fields.size() > FIELDS_MAX) {
            return null;
        }
        String own = kindOf(fields).orElse(hint);
        Found candidate = candidate(fields);
        if (candidate != null) {
            return candidate;
        }
        if (fields.get("sdp") instanceof String sdp && !sdp.startsWith("{") && !own.isEmpty()) {
            return description(surrounding(fields, "sdp", Slot.SDP), own, sdp);
        }
        for (Map.Entry<?, ?> field : fields.entrySet()) {
            String key = (String) field.getKey();
            Found found = in(field.getValue(), type(key).orElse(own), depth - 1);
            if (found != null) {
                return moulded(found, surrounding(fields, key, found.shape.mould));
            }
        }
        boolean ends = fields.entrySet().stream()
                .anyMatch(field -> END_OF_CANDIDATES.contains(lower(field.getKey()))
                        && (field.getValue() == null || field.getValue().equals("")));
        return ends ? new Found(SignalKind.CANDIDATE, Optional.empty(), new CourseShape(Map.of(), "")) : null;
    }

    private static Found description(Object mould, String type, String sdp) {
        Map<String, @Nullable Object> w3c = new LinkedHashMap<>();
        w3c.put("type", type);
        w3c.put("sdp", sdp);
        return new Found(SignalKind.DESCRIPTION, Optional.of(JsonTree.write(w3c)), new CourseShape(mould, type));
    }

    private static @Nullable Found candidate(Map<?, ?> fields) {
        if (!(fields.get("candidate") instanceof String line) || !line.matches("(?s)(a=)?candidate:.*")) {
            return null;
        }
        Map<String, @Nullable Object> mould = new LinkedHashMap<>();
        Object mid = null;
        Object index = null;
        for (Map.Entry<?, ?> field : fields.entrySet()) {
            String key = (String) field.getKey();
            if (key.equals("candidate")) {
                mould.put(key, Slot.CANDIDATE);
            } else if (MIDS.contains(lower(key))
                    && (field.getValue() instanceof String || field.getValue() instanceof Long)) {
                mid = field.getValue();
                mould.put(key, Slot.MID);
            } else if (INDEXES.contains(lower(key)) && isIndex(field.getValue())) {
                index = Long.valueOf(field.getValue().toString());
                mould.put(key, Slot.INDEX);
            } else if (key.equals("usernameFragment")) {
                mould.put(key, Slot.USERNAME_FRAGMENT);
            } else {
                kindWord(field).ifPresent(word -> mould.put(key, word));
            }
        }
        byte[] w3c = CandidateForms.w3c(line.startsWith("a=") ? line.substring(2) : line, mid, index);
        return new Found(SignalKind.CANDIDATE, Optional.of(w3c), new CourseShape(mould, ""));
    }

    private static boolean isIndex(@Nullable Object value) {
        return value instanceof Long || (value instanceof String text && text.matches("[0-9]{1,5}"));
    }

    /** The mould of an object: the signal, and the words for its kind beside it. */
    private static Map<String, @Nullable Object> surrounding(Map<?, ?> fields, String key, Object inside) {
        Map<String, @Nullable Object> mould = new LinkedHashMap<>();
        for (Map.Entry<?, ?> field : fields.entrySet()) {
            String name = (String) field.getKey();
            if (name.equals(key)) {
                mould.put(name, inside);
            } else {
                kindWord(field).ifPresent(word -> mould.put(name, word));
            }
        }
        return mould;
    }

    private static Found moulded(Found found, Object mould) {
        return new Found(found.kind, found.json, new CourseShape(mould, found.shape.type));
    }

    /** A field's value, if it is a word for what the object is. */
    private static Optional<String> kindWord(Map.Entry<?, ?> field) {
        return KINDS.contains(lower(field.getKey()))
                        && field.getValue() instanceof String word
                        && word.length() <= WORD_MAX
                ? Optional.of(word)
                : Optional.empty();
    }

    private static Optional<String> kindOf(Map<?, ?> fields) {
        return fields.entrySet().stream()
                .flatMap(field -> kindWord(field).flatMap(CourseShape::type).stream())
                .findFirst();
    }

    private static Optional<String> type(String word) {
        if (word.length() > WORD_MAX) {
            return Optional.empty();
        }
        // createOffer, sendAnswer: a capital begins a word too.
        return TYPE.matcher(word.replaceAll("([a-z])([A-Z])", "$1-$2"))
                .results()
                .map(found -> lower(found.group(1)))
                .findFirst();
    }

    private static String lower(@Nullable Object word) {
        return String.valueOf(word).toLowerCase(Locale.ROOT);
    }

    // ---- the other way ----

    /** A Duet page's signal in this mould. */
    byte[] filled(Map<?, ?> w3c) {
        return JsonTree.write(fill(mould, w3c));
    }

    private @Nullable Object fill(@Nullable Object part, Map<?, ?> w3c) {
        return switch (part) {
            case Slot.SDP -> w3c.get("sdp");
            case Slot.CANDIDATE -> w3c.get("candidate");
            case Slot.MID -> w3c.get("sdpMid");
            case Slot.INDEX -> w3c.get("sdpMLineIndex");
            case Slot.USERNAME_FRAGMENT -> w3c.get("usernameFragment");
            case Text(Object inside) -> new String(JsonTree.write(fill(inside, w3c)), StandardCharsets.UTF_8);
            case Map<?, ?> fields -> {
                Map<String, @Nullable Object> filled = new LinkedHashMap<>();
                fields.forEach((key, inside) -> filled.put(said((String) key, w3c), fill(inside, w3c)));
                yield filled;
            }
            case String word -> said(word, w3c);
            case null, default -> part;
        };
    }

    /** A word of the mould for a description of another type. */
    private String said(String word, Map<?, ?> w3c) {
        if (type.isEmpty() || !(w3c.get("type") instanceof String now) || now.equals(type)) {
            return word;
        }
        return word.replace(type, now)
                .replace(capital(type), capital(now))
                .replace(type.toUpperCase(Locale.ROOT), now.toUpperCase(Locale.ROOT));
    }

    private static String capital(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }
}
