package dev.duet.stun;

import java.nio.ByteBuffer;

/**
 * The value of an address attribute, plain (RFC 8489, section 14.1) or XORed with the cookie and the transaction id (section 14.2).
 *
 * <pre>
 *   |0 0 0 0 0 0 0 0|    family     |             port              |
 *   |                 address: 32 bits or 128 bits                  |
 * </pre>
 */
final class AddressValue {
    static final int IPV4 = 1;
    static final int IPV6 = 2;
    static final int IPV4_BYTES = 8;
    static final int IPV6_BYTES = 20;

    private static final int PORT_XOR = StunMessage.COOKIE >>> 16;

    private AddressValue() {}

    /** @param message a whole message, at the start of the buffer, with a value of the right family and length at this place */
    static TransportAddress read(ByteBuffer message, int at, boolean xor) {
        int port = Short.toUnsignedInt(message.getShort(at + 2)) ^ (xor ? PORT_XOR : 0);
        if (message.get(at + 1) == IPV4) {
            int address = message.getInt(at + 4) ^ (xor ? StunMessage.COOKIE : 0);
            return new TransportAddress(0, TransportAddress.ipv4(address), port);
        }
        // The header's last 16 bytes, cookie and transaction id, are what an IPv6 address is XORed with.
        return new TransportAddress(
                message.getLong(at + 4) ^ (xor ? message.getLong(4) : 0),
                message.getLong(at + 12) ^ (xor ? message.getLong(12) : 0),
                port);
    }

    /** Writes a value into a message that has its header. */
    static void write(ByteBuffer message, int at, TransportAddress address, boolean xor) {
        message.put(at, (byte) 0);
        message.put(at + 1, (byte) (address.isIpv4() ? IPV4 : IPV6));
        message.putShort(at + 2, (short) (address.port() ^ (xor ? PORT_XOR : 0)));
        if (address.isIpv4()) {
            message.putInt(at + 4, (int) address.low() ^ (xor ? StunMessage.COOKIE : 0));
        } else {
            message.putLong(at + 4, address.high() ^ (xor ? message.getLong(4) : 0));
            message.putLong(at + 12, address.low() ^ (xor ? message.getLong(12) : 0));
        }
    }
}
