package dev.duet.server.http;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
            log.info("event={} about=\"{}\" fix=\"{}\"", event, about, fix);
        }
    }
}
