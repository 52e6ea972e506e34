package dev.duet.server;

import java.net.InetAddress;

/**
 * A block of IP addresses, {@code 10.0.0.0/8} or {@code 2001:db8::/32}; a bare address is a block of one. IPv4-mapped IPv6 addresses are
 * compared as the IPv4 addresses they are.
 */
public record Cidr(InetAddress network, int prefixBits) {
    public Cidr {
        int bits = network.getAddress().length * 8;
        if (prefixBits < 0 || prefixBits > bits) {
            throw new IllegalArgumentException("prefix " + prefixBits + " (expected: 0 to " + bits + ")");
        }
    }

    /**
     * Reads a block.
     *
     * @throws IllegalArgumentException with a sentence for the operator when {@code text} is not a block of literal addresses
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        try {
            InetAddress network = InetAddress.ofLiteral(address);
            int bits = network.getAddress().length * 8;
            return new Cidr(network, slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an address block (expected: 10.0.0.0/8 or fd00::/8)", e);
        }
    }

    public boolean contains(InetAddress address) {
        byte[] a = network.getAddress();
        byte[] b = address.getAddress();
        if (a.length != b.length) {
            return false;
        }
        int whole = prefixBits / 8;
        for (int i = 0; i < whole; i++) {
            if (a[i] != b[i]) {
                return false;
            }
        }
        int rest = prefixBits % 8;
        return rest == 0 || ((a[whole] ^ b[whole]) & (0xFF << (8 - rest))) == 0;
    }

    @Override
    public String toString() {
        return network.getHostAddress() + "/" + prefixBits;
    }
}
