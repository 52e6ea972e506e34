package dev.duet.stun;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Builds one STUN message at a time in an array of its own, which it keeps for the next one: {@link #start} begins anew. Padding is zero.
 *
 * <p>A message that would not fit into the 16 bits of its length is the caller's fault and an {@link IllegalArgumentException}.
 *
 * <p>Not thread-safe.
 */
public final class StunWriter {
    private static final int LENGTH_MAX = 0xfffc;
    private static final int ATTRIBUTE_HEADER_BYTES = 4;

    private byte[] bytes = new byte[256];
    private ByteBuffer out = ByteBuffer.wrap(bytes);
    private int length;

    /**
     * Begins a message.
     *
     * @param method 12 bits
     * @param transactionId 12 bytes
     */
    public StunWriter start(int method, MessageClass messageClass, byte[] transactionId) {
        if (method < 0 || method > 0xfff) {
            throw new IllegalArgumentException("method " + method + " (expected: 0 to 4095)");
        }
        if (transactionId.length != StunMessage.TRANSACTION_BYTES) {
            throw new IllegalArgumentException("transaction id of " + transactionId.length + " bytes (expected: 12)");
        }
        out.putShort(0, (short) MessageType.of(method, messageClass));
        out.putShort(2, (short) 0);
        out.putInt(4, StunMessage.COOKIE);
        out.put(8, transactionId);
        length = StunMessage.HEADER_BYTES;
        return this;
    }

    public StunWriter attribute(int type, byte[] value) {
        int at = append(type, value.length);
        out.put(at, value);
        return this;
    }

    /** In UTF-8. */
    public StunWriter text(int type, String value) {
        return attribute(type, value.getBytes(StandardCharsets.UTF_8));
    }

    public StunWriter uint32(int type, int value) {
        int at = append(type, Integer.BYTES);
        out.putInt(at, value);
        return this;
    }

    public StunWriter empty(int type) {
        append(type, 0);
        return this;
    }

    /** As XOR-MAPPED-ADDRESS has it. */
    public StunWriter xorAddress(int type, TransportAddress address) {
        int at = append(type, bytesOf(address));
        AddressValue.write(out, at, address, true);
        return this;
    }

    /** As MAPPED-ADDRESS and ALTERNATE-SERVER have it. */
    public StunWriter address(int type, TransportAddress address) {
        int at = append(type, bytesOf(address));
        AddressValue.write(out, at, address, false);
        return this;
    }

    public StunWriter errorCode(StunError error) {
        return error(Attribute.ERROR_CODE, 0, error);
    }

    /**
     * An ADDRESS-ERROR-CODE (RFC 8656, section 18.12).
     *
     * @param family 1 for IPv4, 2 for IPv6
     */
    public StunWriter addressErrorCode(int family, StunError error) {
        return error(Attribute.ADDRESS_ERROR_CODE, family, error);
    }

    public StunWriter unknownAttributes(List<Integer> types) {
        int at = append(Attribute.UNKNOWN_ATTRIBUTES, types.size() * Short.BYTES);
        for (int i = 0; i < types.size(); i++) {
            out.putShort(at + i * Short.BYTES, types.get(i).shortValue());
        }
        return this;
    }

    /** Over what is there so far. */
    public StunWriter integritySha1(byte[] key) {
        int upTo = length;
        int at = append(Attribute.MESSAGE_INTEGRITY, Hmac.SHA1_BYTES);
        out.put(at, Hmac.sha1(key, bytes, upTo, length - StunMessage.HEADER_BYTES));
        return this;
    }

    /** Over what is there so far, in full length. */
    public StunWriter integritySha256(byte[] key) {
        int upTo = length;
        int at = append(Attribute.MESSAGE_INTEGRITY_SHA256, Hmac.SHA256_BYTES);
        out.put(at, Hmac.sha256(key, bytes, upTo, length - StunMessage.HEADER_BYTES));
        return this;
    }

    /** Over what is there so far; the last attribute. */
    public StunWriter fingerprint() {
        int upTo = length;
        int at = append(Attribute.FINGERPRINT, Integer.BYTES);
        out.putInt(at, StunMessage.fingerprint(bytes, upTo));
        return this;
    }

    /** The message's bytes so far, with its header. */
    public int length() {
        return length;
    }

    /** Copies the message to an absolute place. */
    public void copyTo(ByteBuffer target, int offset) {
        target.put(offset, bytes, 0, length);
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    private StunWriter error(int type, int firstByte, StunError error) {
        byte[] reason = error.reason().getBytes(StandardCharsets.UTF_8);
        int at = append(type, Integer.BYTES + reason.length);
        int hundreds = error.code() / 100;
        out.putInt(at, firstByte << 24 | hundreds << 8 | error.code() % 100);
        out.put(at + Integer.BYTES, reason);
        return this;
    }

    private static int bytesOf(TransportAddress address) {
        return address.isIpv4() ? AddressValue.IPV4_BYTES : AddressValue.IPV6_BYTES;
    }

    /** Puts an attribute's header at the end, and the new length into the message's. Returns where the value goes, in what is {@link #out} then. */
    private int append(int type, int valueBytes) {
        if (length == 0) {
            throw new IllegalStateException("an attribute of a message that was not started");
        }
        int at = length + ATTRIBUTE_HEADER_BYTES;
        int end = at + StunMessage.padded(valueBytes);
        if (valueBytes > LENGTH_MAX || end - StunMessage.HEADER_BYTES > LENGTH_MAX) {
            throw new IllegalArgumentException("a message of " + end + " bytes (expected: at most "
                    + (StunMessage.HEADER_BYTES + LENGTH_MAX) + ")");
        }
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
            out = ByteBuffer.wrap(bytes);
        }
        out.putShort(length, (short) type);
        out.putShort(length + 2, (short) valueBytes);
        // What an earlier message left there must not go out as padding.
        Arrays.fill(bytes, at + valueBytes, end, (byte) 0);
        length = end;
        out.putShort(2, (short) (end - StunMessage.HEADER_BYTES));
        return at;
    }
}
