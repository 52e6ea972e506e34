package dev.duet.stun;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.zip.CRC32;

/**
 * A STUN message that was received and is well-formed (RFC 8489, section 5). It holds its own copy of the bytes; immutable.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |0 0|     message type          |  length of what follows       |
 *   |                  magic cookie 0x2112A442                      |
 *   |              transaction id (96 bits)                         |
 *   |         attribute type        |    length of its value        |   any number of times
 *   |                 value, padded to 4 bytes                      |
 * </pre>
 *
 * <p>What the RFC has a receiver ignore is not there: every attribute behind MESSAGE-INTEGRITY but MESSAGE-INTEGRITY-SHA256 and
 * FINGERPRINT, every one behind MESSAGE-INTEGRITY-SHA256 but FINGERPRINT (sections 14.5, 14.6), padding, and of attributes of one type all
 * but the first (section 14) where a method does not say otherwise.
 */
public final class StunMessage {
    static final int COOKIE = 0x2112a442;
    static final int HEADER_BYTES = 20;
    static final int TRANSACTION_BYTES = 12;
    static final int FINGERPRINT_XOR = 0x5354554e;

    private static final int TRANSACTION_AT = 8;
    private static final int ATTRIBUTE_HEADER_BYTES = 4;

    private final byte[] bytes;
    private final ByteBuffer in;
    /** Where the attributes that are not ignored begin, in order. */
    private final int[] attributes;

    private StunMessage(byte[] bytes, int[] attributes) {
        this.bytes = bytes;
        this.in = ByteBuffer.wrap(bytes);
        this.attributes = attributes;
    }

    /**
     * Whether this looks like a STUN message: the two top bits are 0, the magic cookie is there, and the length is a multiple of 4 and just
     * what is there. Reads the header only.
     *
     * @param in big-endian
     */
    public static boolean isStun(ByteBuffer in, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, in.limit());
        return length >= HEADER_BYTES
                && (length & 3) == 0
                && in.get(offset) >>> 6 == 0
                && in.getInt(offset + 4) == COOKIE
                && HEADER_BYTES + Short.toUnsignedInt(in.getShort(offset + 2)) == length;
    }

    /**
     * Reads a message.
     *
     * @param in big-endian
     * @return empty when this is no well-formed message: {@link #isStun} says no, an attribute is longer than the message, or a FINGERPRINT
     *     is wrong or not the last attribute
     */
    public static Optional<StunMessage> parse(ByteBuffer in, int offset, int length) {
        if (!isStun(in, offset, length)) {
            return Optional.empty();
        }
        byte[] bytes = new byte[length];
        in.get(offset, bytes);
        ByteBuffer message = ByteBuffer.wrap(bytes);
        int[] attributes = new int[16];
        int count = 0;
        int integrity = 0;
        for (int at = HEADER_BYTES; at < length; ) {
            int type = Short.toUnsignedInt(message.getShort(at));
            int valueBytes = Short.toUnsignedInt(message.getShort(at + 2));
            int next = at + ATTRIBUTE_HEADER_BYTES + padded(valueBytes);
            if (next > length) {
                return Optional.empty();
            }
            if (type == Attribute.FINGERPRINT && !isFingerprint(bytes, at, valueBytes)) {
                return Optional.empty();
            }
            if (integrity == 0
                    || type == Attribute.FINGERPRINT
                    || (type == Attribute.MESSAGE_INTEGRITY_SHA256 && integrity == Attribute.MESSAGE_INTEGRITY)) {
                attributes = count == attributes.length ? Arrays.copyOf(attributes, 2 * count) : attributes;
                attributes[count++] = at;
                integrity = type == Attribute.MESSAGE_INTEGRITY || type == Attribute.MESSAGE_INTEGRITY_SHA256
                        ? type
                        : integrity;
            }
            at = next;
        }
        return Optional.of(new StunMessage(bytes, Arrays.copyOf(attributes, count)));
    }

    private static boolean isFingerprint(byte[] message, int at, int valueBytes) {
        int valueAt = at + ATTRIBUTE_HEADER_BYTES;
        return valueBytes == Integer.BYTES
                && valueAt + Integer.BYTES == message.length
                && ByteBuffer.wrap(message).getInt(valueAt) == fingerprint(message, at);
    }

    /** The FINGERPRINT of a message that has it at this place and whose length counts it (RFC 8489, section 14.7). */
    static int fingerprint(byte[] message, int at) {
        CRC32 crc = new CRC32();
        crc.update(message, 0, at);
        return (int) crc.getValue() ^ FINGERPRINT_XOR;
    }

    /** The length with the padding that follows. */
    static int padded(int valueBytes) {
        return valueBytes + 3 & ~3;
    }

    /** One of {@link Method}, or another of 12 bits. */
    public int method() {
        return MessageType.method(in.getShort(0));
    }

    public MessageClass messageClass() {
        return MessageType.messageClass(in.getShort(0));
    }

    /** 12 bytes; a copy. */
    public byte[] transactionId() {
        return Arrays.copyOfRange(bytes, TRANSACTION_AT, HEADER_BYTES);
    }

    /** The whole message; a copy. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    // ---- attributes ----

    public boolean has(int attribute) {
        return find(attribute) >= 0;
    }

    /** The value without its padding; a copy. */
    public Optional<byte[]> value(int attribute) {
        int at = find(attribute);
        return at < 0 ? Optional.empty() : Optional.of(valueAt(at));
    }

    /** Empty when absent or no valid UTF-8. */
    public Optional<String> text(int attribute) {
        int at = find(attribute);
        if (at < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, at + ATTRIBUTE_HEADER_BYTES, valueBytes(at)))
                    .toString());
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }

    /** The 32 bits of a value of 4 bytes; empty when absent or of another length. */
    public OptionalInt uint32(int attribute) {
        int at = find(attribute);
        return at >= 0 && valueBytes(at) == Integer.BYTES
                ? OptionalInt.of(in.getInt(at + ATTRIBUTE_HEADER_BYTES))
                : OptionalInt.empty();
    }

    /** An address as MAPPED-ADDRESS and ALTERNATE-SERVER have it; empty when absent or malformed. */
    public Optional<TransportAddress> address(int attribute) {
        int at = find(attribute);
        return at < 0 ? Optional.empty() : addressAt(at, false);
    }

    /** An address as XOR-MAPPED-ADDRESS has it; empty when absent or malformed. */
    public Optional<TransportAddress> xorAddress(int attribute) {
        int at = find(attribute);
        return at < 0 ? Optional.empty() : addressAt(at, true);
    }

    /** Every occurrence of such an attribute, in order; an empty list when one of them is malformed. */
    public List<TransportAddress> xorAddresses(int attribute) {
        List<TransportAddress> addresses = new ArrayList<>();
        for (int at : attributes) {
            if (type(at) == attribute) {
                Optional<TransportAddress> address = addressAt(at, true);
                if (address.isEmpty()) {
                    return List.of();
                }
                addresses.add(address.get());
            }
        }
        return List.copyOf(addresses);
    }

    /**
     * The address family as it was sent, in the second byte of an address attribute's first occurrence: 1 for IPv4, 2 for IPv6, also when
     * the IPv6 address is a mapped one and {@link TransportAddress} makes it IPv4. Empty when absent or malformed.
     */
    public OptionalInt family(int attribute) {
        int at = find(attribute);
        return at >= 0 && isAddress(at) ? OptionalInt.of(bytes[at + ATTRIBUTE_HEADER_BYTES + 1]) : OptionalInt.empty();
    }

    /** The number of an ERROR-CODE, 300 to 699; empty when absent or malformed. */
    public OptionalInt errorCode() {
        int at = find(Attribute.ERROR_CODE);
        if (at < 0 || valueBytes(at) < Integer.BYTES) {
            return OptionalInt.empty();
        }
        int hundreds = bytes[at + 6] & 7;
        int rest = Byte.toUnsignedInt(bytes[at + 7]);
        return hundreds < 3 || hundreds > 6 || rest > 99 ? OptionalInt.empty() : OptionalInt.of(100 * hundreds + rest);
    }

    /** The types that must be understood and are not known, in order, each once. */
    public List<Integer> unknownRequired(IntPredicate known) {
        Set<Integer> unknown = new LinkedHashSet<>();
        for (int at : attributes) {
            int type = type(at);
            if (type < Attribute.COMPREHENSION_OPTIONAL && !known.test(type)) {
                unknown.add(type);
            }
        }
        return List.copyOf(unknown);
    }

    // ---- integrity ----

    public boolean hasIntegritySha1() {
        return has(Attribute.MESSAGE_INTEGRITY);
    }

    public boolean hasIntegritySha256() {
        return has(Attribute.MESSAGE_INTEGRITY_SHA256);
    }

    /** Whether there is a MESSAGE-INTEGRITY and it was made with this key. Takes as long whatever the key. */
    public boolean verifySha1(byte[] key) {
        int at = find(Attribute.MESSAGE_INTEGRITY);
        if (at < 0 || valueBytes(at) != Hmac.SHA1_BYTES) {
            return false;
        }
        return MessageDigest.isEqual(Hmac.sha1(key, bytes, at, lengthWith(at)), valueAt(at));
    }

    /**
     * Whether there is a MESSAGE-INTEGRITY-SHA256, in full or cut to a multiple of 4 bytes and no less than 16, and it was made with this key.
     * Takes as long whatever the key.
     */
    public boolean verifySha256(byte[] key) {
        int at = find(Attribute.MESSAGE_INTEGRITY_SHA256);
        if (at < 0) {
            return false;
        }
        byte[] value = valueAt(at);
        if (value.length < Hmac.SHA256_BYTES_MIN || value.length > Hmac.SHA256_BYTES || value.length % 4 != 0) {
            return false;
        }
        byte[] mac = Hmac.sha256(key, bytes, at, lengthWith(at));
        return MessageDigest.isEqual(Arrays.copyOf(mac, value.length), value);
    }

    /** A FINGERPRINT that is there is right. */
    public boolean hasFingerprint() {
        return has(Attribute.FINGERPRINT);
    }

    /** What the length in the header was when this attribute was the last. */
    private int lengthWith(int at) {
        return at + ATTRIBUTE_HEADER_BYTES + valueBytes(at) - HEADER_BYTES;
    }

    // ---- places ----

    private int find(int attribute) {
        for (int at : attributes) {
            if (type(at) == attribute) {
                return at;
            }
        }
        return -1;
    }

    private int type(int at) {
        return Short.toUnsignedInt(in.getShort(at));
    }

    private int valueBytes(int at) {
        return Short.toUnsignedInt(in.getShort(at + 2));
    }

    private byte[] valueAt(int at) {
        int from = at + ATTRIBUTE_HEADER_BYTES;
        return Arrays.copyOfRange(bytes, from, from + valueBytes(at));
    }

    private boolean isAddress(int at) {
        int length = valueBytes(at);
        return (length == AddressValue.IPV4_BYTES && bytes[at + 5] == AddressValue.IPV4)
                || (length == AddressValue.IPV6_BYTES && bytes[at + 5] == AddressValue.IPV6);
    }

    private Optional<TransportAddress> addressAt(int at, boolean xor) {
        return isAddress(at) ? Optional.of(AddressValue.read(in, at + ATTRIBUTE_HEADER_BYTES, xor)) : Optional.empty();
    }
}
