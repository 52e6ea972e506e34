package dev.duet.server.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers what was said, so that it is said once. It remembers so much and then says nothing new, so that strangers cannot fill the log.
 *
 * <p>Thread-safe.
 */
final class Once {
    private final int max;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    /**
     * Nothing was said yet.
     *
     * @param max things remembered
     */
    Once(int max) {
        this.max = max;
    }

    /** Whether this is to be said now: it was not said before. */
    boolean isNew(String thing) {
        return said.size() < max && said.add(thing);
    }
}
