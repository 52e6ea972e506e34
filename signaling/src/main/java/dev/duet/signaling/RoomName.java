package dev.duet.signaling;

import java.text.Normalizer;
import java.util.Optional;

/** A room's name: any Unicode without control characters, in normal form C, 1 to {@value #MAX_CODE_POINTS} code points. */
public record RoomName(String value) {
    /** The longest name, in code points. */
    public static final int MAX_CODE_POINTS = 128;

    public RoomName {
        if (value.isEmpty()
                || Unicode.codePoints(value) > MAX_CODE_POINTS
                || Unicode.hasControl(value)
                || !Normalizer.isNormalized(value, Normalizer.Form.NFC)) {
            throw new IllegalArgumentException("room name of " + value.length() + " chars (use RoomName.of)");
        }
    }

    /** The room of that name, or nothing when no room can have it. */
    public static Optional<RoomName> of(String text) {
        if (text.isEmpty() || text.length() > 4 * MAX_CODE_POINTS || Unicode.hasControl(text)) {
            return Optional.empty();
        }
        String normal = Normalizer.normalize(text, Normalizer.Form.NFC);
        return Unicode.codePoints(normal) > MAX_CODE_POINTS ? Optional.empty() : Optional.of(new RoomName(normal));
    }
}
