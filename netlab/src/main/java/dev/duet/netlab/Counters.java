package dev.duet.netlab;

import java.util.Map;

/**
 * What one host's link has carried since the host was made.
 *
 * @param up from the host into the hub
 * @param down from the hub to the host
 * @param outside packets from the host to addresses that are no host of the lab: all were dropped; at most
 *     {@value #OUTSIDE_MAX} destinations are told apart, the rest are counted under the address {@code other}
 */
public record Counters(Lane up, Lane down, Map<Destination, Long> outside) {
    /** How many outside destinations are told apart. */
    public static final int OUTSIDE_MAX = 1_024;

    /** Makes the map unmodifiable. */
    public Counters {
        outside = Map.copyOf(outside);
    }

    /**
     * One direction. Once nothing travels any more,
     * {@code entered + duplicated == passed + lost + blackedOut + overflowed}.
     *
     * @param entered packets that came to this direction
     * @param passed packets and copies that came out of it
     * @param lost packets that vanished by chance
     * @param duplicated copies made
     * @param blackedOut packets dropped by a blackout
     * @param overflowed packets dropped because too many were travelling or the device did not take them
     */
    public record Lane(long entered, long passed, long lost, long duplicated, long blackedOut, long overflowed) {}

    /**
     * Where an outside packet wanted to go.
     *
     * @param address the textual IP address
     * @param protocol {@code udp}, {@code tcp}, {@code icmp}, {@code icmp6} or {@code ip-N}
     * @param port the destination port, 0 where the protocol has none
     */
    public record Destination(String address, String protocol, int port) {}
}
