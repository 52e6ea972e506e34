package dev.duet.cli.log;

/** Makes a text from elsewhere harmless on one line of a terminal. */
public final class Escape {
    private Escape() {}

    /**
     * Replaces what would end the line, move the cursor or turn the reading direction by a visible escape: control
     * characters, line and paragraph separators, direction marks, lone surrogates. A backslash stays as it is.
     */
    public static String line(String text) {
        StringBuilder out = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean escape = unsafe(c) || loneSurrogate(text, i);
            if (escape && out == null) {
                out = new StringBuilder(text.length() + 16).append(text, 0, i);
            }
            if (out != null) {
                append(out, c, escape);
            }
        }
        return out == null ? text : out.toString();
    }

    /** The inside of a JSON string; the same characters as in {@link #line} are escaped, and what JSON itself wants. */
    static String json(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else {
                append(out, c, unsafe(c) || loneSurrogate(text, i));
            }
        }
        return out.toString();
    }

    private static void append(StringBuilder out, char c, boolean escape) {
        if (!escape) {
            out.append(c);
            return;
        }
        switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> out.append(String.format("\\u%04x", (int) c));
        }
    }

    private static boolean unsafe(char c) {
        return c < 0x20
                || (c >= 0x7F && c <= 0x9F)
                || (c >= 0x200E && c <= 0x200F)
                || (c >= 0x2028 && c <= 0x202E)
                || (c >= 0x2066 && c <= 0x2069)
                || c == 0x061C
                || c == 0xFEFF;
    }

    private static boolean loneSurrogate(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }
}
