package dev.duet.netlab;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** Reads what the hub needs from the bytes of an IPv4 or IPv6 packet. */
final class IpPacket {
    private static final int V4_HEADER_BYTES = 20;
    private static final int V6_HEADER_BYTES = 40;
    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMP6 = 58;

    private IpPacket() {}

    static boolean isIp(byte[] packet) {
        return switch (version(packet)) {
            case 4 -> packet.length >= V4_HEADER_BYTES;
            case 6 -> packet.length >= V6_HEADER_BYTES;
            default -> false;
        };
    }

    /** The destination address: RFC 791 section 3.1 and RFC 8200 section 3. */
    static InetAddress destination(byte[] packet) {
        byte[] address = version(packet) == 4 ? Arrays.copyOfRange(packet, 16, 20) : Arrays.copyOfRange(packet, 24, 40);
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + address.length + " bytes (expected: 4 or 16)", e);
        }
    }

    static Counters.Destination describe(byte[] packet) {
        int protocol = version(packet) == 4 ? packet[9] & 0xff : packet[6] & 0xff;
        int portAt = 2 + (version(packet) == 4 ? (packet[0] & 0xf) * 4 : V6_HEADER_BYTES);
        boolean hasPort = (protocol == TCP || protocol == UDP) && packet.length >= portAt + 2;
        int port = hasPort ? ((packet[portAt] & 0xff) << 8) | (packet[portAt + 1] & 0xff) : 0;
        return new Counters.Destination(destination(packet).getHostAddress(), name(protocol), port);
    }

    private static String name(int protocol) {
        return switch (protocol) {
            case TCP -> "tcp";
            case UDP -> "udp";
            case ICMP -> "icmp";
            case ICMP6 -> "icmp6";
            default -> "ip-" + protocol;
        };
    }

    private static int version(byte[] packet) {
        return packet.length == 0 ? 0 : (packet[0] & 0xff) >>> 4;
    }
}
