package dev.duet.server.dialect;

import dev.duet.signaling.Payload;
import java.util.Arrays;

/**
 * A description or a candidate, as its author wrote it, on its way between who waits and who looks: copied out of its message, since it may be
 * kept, and there is little of it. Immutable.
 */
final class LobbyPayload implements Payload {
    private final byte[] json;

    private LobbyPayload(byte[] json) {
        this.json = json;
    }

    static LobbyPayload of(byte[] message, int start, int end) {
        return new LobbyPayload(Arrays.copyOfRange(message, start, end));
    }

    byte[] json() {
        return json.clone();
    }

    @Override
    public int sizeBytes() {
        return json.length;
    }
}
