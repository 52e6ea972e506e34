package dev.duet.stun;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An IP address and a port. The address is 128 bits wide; an IPv4 address is kept in its IPv4-mapped form, {@code ::ffff:a.b.c.d}, so that
 * each address has one form only.
 *
 * @param high the address's first 64 bits
 * @param low the address's last 64 bits
 * @param port 0 to 65535
 */
public record TransportAddress(long high, long low, int port) {
    private static final long MAPPED = 0xffffL << 32;
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    public TransportAddress {
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("port " + port + " (expected: 0 to 65535)");
        }
    }

    /** An address of 4 or 16 bytes. */
    public static TransportAddress of(byte[] address, int port) {
        return switch (address.length) {
            case IPV4_BYTES ->
                new TransportAddress(0, ipv4(ByteBuffer.wrap(address).getInt()), port);
            case IPV6_BYTES -> {
                ByteBuffer bytes = ByteBuffer.wrap(address);
                yield new TransportAddress(bytes.getLong(), bytes.getLong(), port);
            }
            default ->
                throw new IllegalArgumentException("an address of " + address.length + " bytes (expected: 4 or 16)");
        };
    }

    public static TransportAddress of(InetSocketAddress address) {
        return of(address.getAddress().getAddress(), address.getPort());
    }

    /** The last 64 bits of an IPv4 address; its first 64 are 0. */
    public static long ipv4(int address) {
        return MAPPED | Integer.toUnsignedLong(address);
    }

    /** Whether these 128 bits are an IPv4 address. */
    public static boolean isIpv4(long high, long low) {
        return high == 0 && low >>> 32 == 0xffff;
    }

    public boolean isIpv4() {
        return isIpv4(high, low);
    }

    /** 4 or 16 bytes. */
    public byte[] addressBytes() {
        return isIpv4()
                ? ByteBuffer.allocate(IPV4_BYTES).putInt((int) low).array()
                : ByteBuffer.allocate(IPV6_BYTES).putLong(high).putLong(low).array();
    }

    public InetSocketAddress toInetSocketAddress() {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(addressBytes()), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As people write it: {@code 192.0.2.1:3478}, {@code [2001:db8::1]:3478}. */
    @Override
    public String toString() {
        InetAddress address = toInetSocketAddress().getAddress();
        String text = address.getHostAddress();
        return address instanceof Inet4Address ? text + ':' + port : '[' + text + "]:" + port;
    }
}
