package dev.duet.server.dialect;

import dev.duet.signaling.Payload;
import java.util.Arrays;

/** A session description as its author wrote it, kept for whoever comes. Immutable. */
final class ParkedDescription implements Payload {
    private final byte[] json;

    private ParkedDescription(byte[] json) {
        this.json = json;
    }

    static ParkedDescription of(DuetMessage.Park park, byte[] message) {
        return new ParkedDescription(Arrays.copyOfRange(message, park.start(), park.end()));
    }

    byte[] json() {
        return json.clone();
    }

    @Override
    public int sizeBytes() {
        return json.length;
    }
}
