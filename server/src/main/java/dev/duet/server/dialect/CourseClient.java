package dev.duet.server.dialect;

/**
 * One session of the course dialect, from its first request on.
 *
 * <p>Not thread-safe: owned by the session's event loop.
 */
public final class CourseClient {
    private final Source source;
    private final long openedNanos;
    private boolean counted = true;

    /** A session whose source was admitted by {@link Sources#admitUnjoined}. */
    public CourseClient(Source source) {
        this.source = source;
        this.openedNanos = System.nanoTime();
    }

    Source source() {
        return source;
    }

    long openedNanos() {
        return openedNanos;
    }

    void hasSeat(Sources sources) {
        if (counted) {
            counted = false;
            sources.forgetUnjoined(source.key());
        }
    }

    void hasNoSeat(Sources sources) {
        if (!counted) {
            counted = true;
            sources.countUnjoined(source.key());
        }
    }

    void gone(Sources sources) {
        hasSeat(sources);
    }
}
