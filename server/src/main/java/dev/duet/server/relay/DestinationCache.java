package dev.duet.server.relay;

import dev.duet.stun.TransportAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the {@link InetSocketAddress} of destinations, since a channel cannot be told one in any other form. Each has one place where it
 * may be; a later one takes it over.
 *
 * <p>Not thread-safe.
 */
final class DestinationCache {
    private static final int PLACES_LOG2 = 12;
    /** Spreads neighbouring addresses and ports: 2^64 divided by the golden ratio. */
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private final long[] highs = new long[1 << PLACES_LOG2];
    private final long[] lows = new long[1 << PLACES_LOG2];
    private final @Nullable InetSocketAddress[] addresses = new InetSocketAddress[1 << PLACES_LOG2];

    InetSocketAddress get(long high, long low, int port) {
        long mixed = (((high * SPREAD) ^ low) * SPREAD) ^ port;
        int place = (int) ((mixed * SPREAD) >>> (Long.SIZE - PLACES_LOG2));
        InetSocketAddress known = addresses[place];
        if (known != null && known.getPort() == port && lows[place] == low && highs[place] == high) {
            return known;
        }
        InetSocketAddress made = new TransportAddress(high, low, port).toInetSocketAddress();
        highs[place] = high;
        lows[place] = low;
        addresses[place] = made;
        return made;
    }
}
