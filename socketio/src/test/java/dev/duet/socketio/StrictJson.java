package dev.duet.socketio;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether bytes are one JSON text as RFC 8259 has it and JSON.parse takes it: a reader of its own, with nothing of the library in it. */
final class StrictJson {
    private static final Pattern SCALAR =
            Pattern.compile("true|false|null|-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?"
                    + "|\"([^\"\\\\\\x00-\\x1f]|\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4})*+\"");

    private final String text;
    private final Matcher scalar;
    private int at;

    private StrictJson(String text) {
        this.text = text;
        this.scalar = SCALAR.matcher(text);
    }

    static boolean takes(byte[] utf8) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
            StrictJson json = new StrictJson(text);
            return json.value() && json.peek() == END;
        } catch (CharacterCodingException _) {
            return false;
        }
    }

    private static final char END = '\uffff';

    /** The next character that is no white space. */
    private char peek() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : END;
    }

    private boolean passes(char expected) {
        boolean there = peek() == expected;
        at += there ? 1 : 0;
        return there;
    }

    private boolean value() {
        if (passes('[')) {
            return passes(']') || elements(false, ']');
        }
        if (passes('{')) {
            return passes('}') || elements(true, '}');
        }
        return scalar();
    }

    private boolean elements(boolean named, char last) {
        do {
            if (named && !(peek() == '"' && scalar() && passes(':'))) {
                return false;
            }
            if (!value()) {
                return false;
            }
        } while (passes(','));
        return passes(last);
    }

    private boolean scalar() {
        peek();
        boolean there = scalar.region(at, text.length()).lookingAt();
        at = there ? scalar.end() : at;
        return there;
    }
}
