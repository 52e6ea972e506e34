package dev.duet.signaling;

import java.text.Normalizer;
import java.util.Optional;

/**
 * The name a person chose to be seen by: at most {@value #MAX_CODE_POINTS} code points in normal form C, without control or
 * direction-override characters; empty when they chose none.
 */
public record DisplayName(String value) {
    /** The longest name, in code points. */
    public static final int MAX_CODE_POINTS = 64;

    /** Nobody said a name. */
    public static final DisplayName NONE = new DisplayName("");

    public DisplayName {
        if (Unicode.codePoints(value) > MAX_CODE_POINTS
                || Unicode.hasControl(value)
                || Unicode.hasDirectionOverride(value)) {
            throw new IllegalArgumentException("display name of " + value.length() + " chars (use DisplayName.of)");
        }
    }

    /** The name as it may be shown, or nothing when it may not. */
    public static Optional<DisplayName> of(String text) {
        if (text.length() > 4 * MAX_CODE_POINTS || Unicode.hasControl(text) || Unicode.hasDirectionOverride(text)) {
            return Optional.empty();
        }
        String normal = Normalizer.normalize(text, Normalizer.Form.NFC);
        return Unicode.codePoints(normal) > MAX_CODE_POINTS ? Optional.empty() : Optional.of(new DisplayName(normal));
    }
}
