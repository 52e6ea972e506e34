package dev.duet.socketio;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an event or an acknowledgement: JSON as it came, checked once, and the attachments that it names. They can be passed on
 * as they are, or looked into.
 *
 * <p>Immutable; its arrays are not to be changed.
 */
public final class Args {
    /** No arguments. */
    public static final Args NONE = new Args(new byte[0], new int[0], List.of());

    private final byte[] json;
    /** Where each argument begins and ends in {@link #json}. */
    private final int[] bounds;

    private final List<byte[]> attachments;

    Args(byte[] json, int[] bounds, List<byte[]> attachments) {
        this.json = json;
        this.bounds = bounds;
        this.attachments = attachments;
    }

    /** How many there are. */
    public int size() {
        return bounds.length / 2;
    }

    /** The JSON of one argument, or {@code null} as JSON when there is none with that number. Attachments in it are placeholders. */
    public byte[] json(int index) {
        return index < size() ? Arrays.copyOfRange(json, bounds[2 * index], bounds[2 * index + 1]) : JsonText.NULL;
    }

    /**
     * One argument as a value: {@code null}, String, Boolean, Long, Double, byte[], {@code List<Object>} or {@code Map<String, Object>};
     * {@code null} when there is none with that number.
     */
    public @Nullable Object value(int index) {
        return index < size() ? JsonText.read(json, bounds[2 * index], bounds[2 * index + 1], attachments) : null;
    }

    /** One argument if it is a string. */
    public Optional<String> string(int index) {
        boolean quoted = index < size() && json[bounds[2 * index]] == '"';
        return quoted ? Optional.of((String) Objects.requireNonNull(value(index))) : Optional.empty();
    }

    /** All but the first {@code count} arguments. */
    public Args from(int count) {
        int skipped = Math.min(2 * count, bounds.length);
        return new Args(json, Arrays.copyOfRange(bounds, skipped, bounds.length), attachments);
    }

    /** The binary attachments, in the order in which placeholders number them. */
    public List<byte[]> attachments() {
        return attachments;
    }

    Args with(List<byte[]> newAttachments) {
        return new Args(json, bounds, newAttachments);
    }

    /** The arguments as they stand, commas between them, without brackets: its place in the JSON that came. */
    int start() {
        return bounds.length == 0 ? 0 : bounds[0];
    }

    int end() {
        return bounds.length == 0 ? 0 : bounds[bounds.length - 1];
    }

    byte[] source() {
        return json;
    }

    /** Bytes of JSON and attachments. */
    public int sizeBytes() {
        int size = end() - start();
        for (byte[] attachment : attachments) {
            size += attachment.length;
        }
        return size;
    }
}
