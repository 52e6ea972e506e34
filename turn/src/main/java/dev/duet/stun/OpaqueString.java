package dev.duet.stun;

import java.text.Normalizer;
import java.util.Optional;

/**
 * The OpaqueString profile of RFC 8265, section 4.2: how user names, realms and passwords are prepared before they are compared or hashed.
 * Spaces of any script become U+0020, the rest is put in normalization form C; case, width and compatibility forms stay. Refused are the
 * empty string and what RFC 8264's FreeformClass forbids, by the general category: control, format, private-use, unassigned and lone
 * surrogate code points, and conjoining Hangul Jamo. Joiners (U+200C, U+200D) are refused whatever stands around them.
 */
public final class OpaqueString {
    private OpaqueString() {}

    /** The prepared string; empty when it is refused. */
    public static Optional<String> prepare(String text) {
        if (isPlain(text)) {
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        }
        StringBuilder spaced = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.getType(c) == Character.SPACE_SEPARATOR ? ' ' : c)
                .forEach(spaced::appendCodePoint);
        String normal = Normalizer.normalize(spaced, Normalizer.Form.NFC);
        return normal.codePoints().allMatch(OpaqueString::isAllowed) ? Optional.of(normal) : Optional.empty();
    }

    /** Printable ASCII is what it is. */
    private static boolean isPlain(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }

    private static boolean isAllowed(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.UNASSIGNED -> false;
            case Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> !isIgnorable(codePoint) && !isConjoiningJamo(codePoint);
        };
    }

    /** Default-ignorable code points that are letters or marks by their category. */
    private static boolean isIgnorable(int codePoint) {
        return codePoint == 0x034f
                || codePoint == 0x3164
                || codePoint == 0xffa0
                || between(codePoint, 0x17b4, 0x17b5)
                || between(codePoint, 0x180b, 0x180f)
                || between(codePoint, 0xfe00, 0xfe0f)
                || between(codePoint, 0xe0100, 0xe01ef);
    }

    private static boolean isConjoiningJamo(int codePoint) {
        return between(codePoint, 0x1100, 0x11ff)
                || between(codePoint, 0xa960, 0xa97c)
                || between(codePoint, 0xd7b0, 0xd7fb);
    }

    private static boolean between(int codePoint, int first, int last) {
        return codePoint >= first && codePoint <= last;
    }
}
