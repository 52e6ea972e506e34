package dev.duet.signaling;

/** What names given by strangers may contain. */
final class Unicode {
    private Unicode() {}

    static boolean hasControl(String text) {
        return text.codePoints().anyMatch(c -> switch (Character.getType(c)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                true;
            default -> false;
        });
    }

    /** Overrides, embeddings and isolates: a name that holds one can reorder the text around it. */
    static boolean hasDirectionOverride(String text) {
        return text.codePoints().anyMatch(c -> (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069));
    }

    static int codePoints(String text) {
        return text.codePointCount(0, text.length());
    }
}
