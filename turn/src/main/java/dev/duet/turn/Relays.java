package dev.duet.turn;

import dev.duet.stun.TransportAddress;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * All relayed transport addresses of the server, by port: so that what is addressed to one of them is handed over within the process.
 * A port is used once per address family, whatever the address.
 *
 * <p>Thread-safe: shared by the shards.
 */
public final class Relays {
    private static final int PORTS = 1 << 16;

    private final AtomicReferenceArray<@Nullable Relay> ipv4 = new AtomicReferenceArray<>(PORTS);
    private final AtomicReferenceArray<@Nullable Relay> ipv6 = new AtomicReferenceArray<>(PORTS);

    /** Whether no relayed address of this family has this port. */
    public boolean isFree(Family family, int port) {
        return ports(family).get(port) == null;
    }

    /** How many relayed addresses there are; exact only while nothing happens. */
    public int count() {
        int count = 0;
        for (int port = 0; port < PORTS; port++) {
            count += (ipv4.get(port) == null ? 0 : 1) + (ipv6.get(port) == null ? 0 : 1);
        }
        return count;
    }

    /** Whether it could be entered: nobody was faster. */
    boolean add(Relay relay) {
        return ports(relay.family()).compareAndSet(relay.bound().port(), null, relay);
    }

    void remove(Relay relay) {
        ports(relay.family()).compareAndSet(relay.bound().port(), relay, null);
    }

    /** The relay that has this transport address, as it is bound or as it is advertised. */
    @Nullable
    Relay find(long high, long low, int port) {
        Relay relay = ports(Family.of(high, low)).get(port);
        return relay != null && (is(relay.advertised(), high, low) || is(relay.bound(), high, low)) ? relay : null;
    }

    private static boolean is(TransportAddress address, long high, long low) {
        return address.low() == low && address.high() == high;
    }

    private AtomicReferenceArray<@Nullable Relay> ports(Family family) {
        return switch (family) {
            case IPV4 -> ipv4;
            case IPV6 -> ipv6;
        };
    }
}
