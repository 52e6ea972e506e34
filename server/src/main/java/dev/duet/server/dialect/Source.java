package dev.duet.server.dialect;

import dev.duet.server.access.WhyPublic;
import dev.duet.server.log.LogEvent;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Who is at the other end of a connection.
 *
 * @param key the IPv4 address or IPv6 /64 as a number, for limits
 * @param whyPublic why this source may not join without a token; empty when it may
 * @param label the address as logs may show it
 * @param host by which it reached this server, as it stands in a URL
 */
public record Source(long key, Optional<WhyPublic> whyPublic, String label, String host) {
    boolean mayJoin() {
        return whyPublic.isEmpty();
    }

    /** Its connection is closed from here. */
    void closed(Logger log, String reason) {
        LogEvent.of("closed").with("reason", reason).with("source", label).to(log, Level.INFO);
    }
}
