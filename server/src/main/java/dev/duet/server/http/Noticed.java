package dev.duet.server.http;

import dev.duet.server.log.LogEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Says things in the log once: what is wrong with a page is wrong with each of its requests.
 *
 * <p>Thread-safe.
 */
final class Noticed {
    private static final Logger log = LoggerFactory.getLogger(Noticed.class);

    private static final int REMEMBERED_MAX = 256;

    private final Once said = new Once(REMEMBERED_MAX);

    /** Says this if it was not said before. */
    void once(String event, String about, String fix) {
        if (said.isNew(event + ' ' + about)) {
            LogEvent.of(event).with("about", about).with("fix", fix).to(log, Level.INFO);
        }
    }
}
