package dev.duet.server.dialect;

import dev.duet.signaling.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A description, or a list of candidates, as its author wrote it, between a participant who waits and whoever comes: copied out of its
 * message, since it may be kept, and there is little of it. Immutable.
 */
final class LobbyPayload implements Payload {
    private final byte[] json;

    private LobbyPayload(byte[] json) {
        this.json = json;
    }

    /** No candidates. */
    static LobbyPayload none() {
        return new LobbyPayload(new byte[] {'[', ']'});
    }

    static LobbyPayload of(byte[] message, DuetMessage.Slice slice) {
        return new LobbyPayload(Arrays.copyOfRange(message, slice.start(), slice.end()));
    }

    /**
     * Whether it names a host or a reflexive address, as a candidate line of a session description does. An author who writes it in another
     * way shows nothing but an own address, and wishes to.
     */
    boolean showsAddress() {
        String text = new String(json, StandardCharsets.UTF_8);
        return text.contains(" typ host") || text.contains(" typ srflx") || text.contains(" typ prflx");
    }

    byte[] json() {
        return json.clone();
    }

    @Override
    public int sizeBytes() {
        return json.length;
    }
}
