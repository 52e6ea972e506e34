package dev.duet.bench.turn;

import java.util.List;

/** What a stream of data looks like. */
enum Shape {
    /** Eight packets of one length at once, as a video frame's. */
    BURST(List.of(new Part(Part.BY_RATE, 8, 8, 1000))),
    /** One small packet at a time. */
    AUDIO(List.of(new Part(Part.BY_RATE, 1, 1, 160))),
    /** A call: 30 frames of video, 50 packets of audio and 5 reports a second. Only paced. */
    CALL(List.of(new Part(33_333_333, 4, 9, 1100), new Part(20_000_000, 1, 1, 160), new Part(200_000_000, 1, 1, 80)));

    /**
     * Packets that are sent at once, again and again.
     *
     * @param periodNanos how often, or {@link #BY_RATE}
     * @param packetsMin at least so many
     * @param packetsMax at most so many; where that is another number, the last one is shorter, too
     * @param bytes of each
     */
    record Part(long periodNanos, int packetsMin, int packetsMax, int bytes) {
        /** As often as the whole rate that is asked for needs. */
        static final long BY_RATE = 0;
    }

    @SuppressWarnings("ImmutableEnumChecker") // Made by List.of.
    private final List<Part> parts;

    Shape(List<Part> parts) {
        this.parts = parts;
    }

    List<Part> parts() {
        return parts;
    }
}
