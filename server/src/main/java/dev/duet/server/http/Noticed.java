package dev.duet.server.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says things in the log once: what is wrong with a page is wrong with each of its requests.
 *
 * <p>Thread-safe.
 */
final class Noticed {
    private static final Logger log = LoggerFactory.getLogger(Noticed.class);

    /** Things remembered; then nothing new is said, so that strangers cannot fill the log. */
    private static final int REMEMBERED_MAX = 256;

    private final Set<String> said = ConcurrentHashMap.newKeySet();

    /** Says this if it was not said before. */
    void once(String event, String about, String fix) {
        if (said.size() < REMEMBERED_MAX && said.add(event + ' ' + about)) {
            log.info("event={} about=\"{}\" fix=\"{}\"", event, about, fix);
        }
    }
}
