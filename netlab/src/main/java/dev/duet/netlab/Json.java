package dev.duet.netlab;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * As much JSON as the lines of {@link Main} need: reading one object whose values are strings, numbers and booleans,
 * and quoting a string. A test support without dependencies can be started with nothing but its own classes on the
 * class path.
 */
final class Json {
    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** Reads a flat object; numbers are {@link Double}. Anything else is an {@link IllegalArgumentException}. */
    static Map<String, Object> parseFlat(String text) {
        Json json = new Json(text);
        Map<String, Object> object = new LinkedHashMap<>();
        json.expect('{');
        if (json.peek() == '}') {
            json.at++;
        } else {
            do {
                String key = json.string();
                json.expect(':');
                object.put(key, json.value());
            } while (json.comma());
        }
        json.skipSpace();
        if (json.at != text.length()) {
            throw json.wrong("nothing more");
        }
        return object;
    }

    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append("\\u%04x".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    private Object value() {
        char c = peek();
        if (c == '"') {
            return string();
        }
        int start = at;
        while (at < text.length() && ",} \t".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(start, at);
        return switch (word) {
            case "true" -> true;
            case "false" -> false;
            default -> number(word);
        };
    }

    private Double number(String word) {
        try {
            return Double.valueOf(word);
        } catch (NumberFormatException _) {
            throw wrong("a string, a number or a boolean");
        }
    }

    private String string() {
        expect('"');
        StringBuilder string = new StringBuilder();
        for (char c = next(); c != '"'; c = next()) {
            string.append(c == '\\' ? escaped(next()) : c);
        }
        return string.toString();
    }

    private char escaped(char c) {
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'n' -> '\n';
            case 't' -> '\t';
            default -> throw wrong("one of \\\" \\\\ \\/ \\n \\t");
        };
    }

    private boolean comma() {
        char c = peek();
        at++;
        if (c != ',' && c != '}') {
            throw wrong("a comma or }");
        }
        return c == ',';
    }

    private void expect(char expected) {
        if (peek() != expected) {
            throw wrong("" + expected);
        }
        at++;
    }

    private char peek() {
        skipSpace();
        if (at >= text.length()) {
            throw wrong("more");
        }
        return text.charAt(at);
    }

    private char next() {
        if (at >= text.length()) {
            throw wrong("more");
        }
        return text.charAt(at++);
    }

    private void skipSpace() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private IllegalArgumentException wrong(String expected) {
        return new IllegalArgumentException("at character " + at + " (expected: " + expected + ")");
    }
}
