package dev.duet.turn;

import dev.duet.stun.TransportAddress;
import java.util.Arrays;

/**
 * An allocation's permissions and channels (RFC 8656 sections 9 and 12). Few of them are live at a time, so that looking through an array is
 * the fastest way to find one. Immutable: a change makes another, and other shards may read it while data is handed over within the process.
 */
final class Peers {
    static final Peers NONE = new Peers(new long[0], new long[0]);

    /** Not found. */
    static final int ABSENT = -1;

    private static final int PERMISSION = 4;
    private static final int CHANNEL = 4;
    private static final int HIGH = 0;
    private static final int LOW = 1;
    private static final int EXPIRES = 2;

    /** In a permission: 1 when the address is one of the server's own. */
    private static final int OWN = 3;

    /** In a channel: the peer's port, and above it the channel's number. */
    private static final int PORT_AND_NUMBER = 3;

    private static final int NUMBER_SHIFT = 16;
    private static final int PORT_MASK = 0xffff;

    private final long[] permissions;
    private final long[] channels;

    private Peers(long[] permissions, long[] channels) {
        this.permissions = permissions;
        this.channels = channels;
    }

    int permissionCount() {
        return permissions.length / PERMISSION;
    }

    int channelCount() {
        return channels.length / CHANNEL;
    }

    /** The permission for this address, or {@link #ABSENT}. */
    int permission(long high, long low, long nowNanos) {
        long[] all = permissions;
        for (int at = 0; at < all.length; at += PERMISSION) {
            if (all[at + LOW] == low && all[at + HIGH] == high) {
                return all[at + EXPIRES] - nowNanos > 0 ? at : ABSENT;
            }
        }
        return ABSENT;
    }

    /** Whether the permission is for an address of the server itself. */
    boolean isOwn(int permission) {
        return permissions[permission + OWN] != 0;
    }

    /** The channel of this number, or {@link #ABSENT}. */
    int channel(int number, long nowNanos) {
        long[] all = channels;
        for (int at = 0; at < all.length; at += CHANNEL) {
            if (all[at + PORT_AND_NUMBER] >>> NUMBER_SHIFT == number) {
                return all[at + EXPIRES] - nowNanos > 0 ? at : ABSENT;
            }
        }
        return ABSENT;
    }

    /** The channel to this peer, or {@link #ABSENT}. */
    int channelTo(long high, long low, int port, long nowNanos) {
        long[] all = channels;
        for (int at = 0; at < all.length; at += CHANNEL) {
            if (all[at + LOW] == low && all[at + HIGH] == high && (all[at + PORT_AND_NUMBER] & PORT_MASK) == port) {
                return all[at + EXPIRES] - nowNanos > 0 ? at : ABSENT;
            }
        }
        return ABSENT;
    }

    long high(int channel) {
        return channels[channel + HIGH];
    }

    long low(int channel) {
        return channels[channel + LOW];
    }

    int port(int channel) {
        return (int) channels[channel + PORT_AND_NUMBER] & PORT_MASK;
    }

    int number(int channel) {
        return (int) (channels[channel + PORT_AND_NUMBER] >>> NUMBER_SHIFT);
    }

    /** As they are after the machine has got or lost addresses: data for its own never leaves the process. */
    Peers judgedBy(TurnServer.OwnAddresses ownAddresses) {
        long[] next = permissions.clone();
        for (int at = 0; at < next.length; at += PERMISSION) {
            next[at + OWN] = ownAddresses.contain(next[at + HIGH], next[at + LOW]) ? 1 : 0;
        }
        return new Peers(next, channels);
    }

    /** With this permission, new or renewed, and without those that have expired. */
    Peers permit(TransportAddress peer, boolean own, long nowNanos) {
        long[] kept = without(permissions, PERMISSION, peer, false, nowNanos);
        long[] next = Arrays.copyOf(kept, kept.length + PERMISSION);
        next[kept.length + HIGH] = peer.high();
        next[kept.length + LOW] = peer.low();
        next[kept.length + EXPIRES] = nowNanos + TurnOptions.PERMISSION_NANOS;
        next[kept.length + OWN] = own ? 1 : 0;
        return new Peers(next, channels);
    }

    /** With this channel, new or renewed, and without those that have expired. */
    Peers bind(int number, TransportAddress peer, long nowNanos) {
        long[] kept = without(channels, CHANNEL, peer, true, nowNanos);
        long[] next = Arrays.copyOf(kept, kept.length + CHANNEL);
        next[kept.length + HIGH] = peer.high();
        next[kept.length + LOW] = peer.low();
        next[kept.length + EXPIRES] = nowNanos + TurnOptions.CHANNEL_NANOS;
        next[kept.length + PORT_AND_NUMBER] = ((long) number << NUMBER_SHIFT) | peer.port();
        return new Peers(permissions, next);
    }

    private static long[] without(long[] all, int stride, TransportAddress peer, boolean port, long nowNanos) {
        long[] kept = new long[all.length];
        int length = 0;
        for (int at = 0; at < all.length; at += stride) {
            boolean same = all[at + HIGH] == peer.high()
                    && all[at + LOW] == peer.low()
                    && (!port || (all[at + PORT_AND_NUMBER] & PORT_MASK) == peer.port());
            if (!same && all[at + EXPIRES] - nowNanos > 0) {
                System.arraycopy(all, at, kept, length, stride);
                length += stride;
            }
        }
        return Arrays.copyOf(kept, length);
    }
}
