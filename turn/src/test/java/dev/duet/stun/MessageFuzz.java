package dev.duet.stun;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.CRC32;

/**
 * Messages. A second reader, which goes by the letter of RFC 8489 on plain lists, must make the same of each; what was read and is written is
 * read again; where it lies in a buffer and what lies around it makes no difference.
 */
public final class MessageFuzz implements FuzzTarget {
    private static final byte[] KEY = {1, 2, 3};

    private final Function<byte[], Optional<StunMessage>> reader;

    private record Attr(int type, String value) {}

    public MessageFuzz() {
        this(MessageFuzz::read);
    }

    /** The same with another reader in its place. */
    public MessageFuzz(Function<byte[], Optional<StunMessage>> reader) {
        this.reader = reader;
    }

    public static Optional<StunMessage> read(byte[] bytes) {
        return StunMessage.parse(ByteBuffer.wrap(bytes), 0, bytes.length);
    }

    /** With the cookie, the length and a last FINGERPRINT set right, so that a change goes deeper than the header. */
    public static byte[] repaired(byte[] input) {
        byte[] bytes = Arrays.copyOf(input, Math.max(20, Math.min(input.length, 0xfffc) & ~3));
        ByteBuffer message = ByteBuffer.wrap(bytes);
        bytes[0] &= 0x3f;
        message.putShort(2, (short) (bytes.length - 20)).putInt(4, 0x2112a442);
        int last = bytes.length - 8;
        if (last >= 20 && message.getInt(last) == 0x80280004) {
            CRC32 crc = new CRC32();
            crc.update(bytes, 0, last);
            message.putInt(last + 4, (int) crc.getValue() ^ 0x5354554e);
        }
        return bytes;
    }

    @Override
    public int run(byte[] input) {
        return 31 * check(input) + check(repaired(input));
    }

    private int check(byte[] bytes) {
        Optional<StunMessage> read = reader.apply(bytes);
        Optional<List<Attr>> expected = second(bytes);
        require(read.isPresent() == expected.isPresent(), "read: " + read.isPresent() + ", and not " + expected);
        ByteBuffer around = ByteBuffer.allocateDirect(bytes.length + 11);
        for (int i = 0; i < around.capacity(); i++) {
            around.put(i, (byte) (i * 37));
        }
        around.put(5, bytes);
        Optional<StunMessage> elsewhere = StunMessage.parse(around, 5, bytes.length);
        require(elsewhere.isPresent() == read.isPresent(), "elsewhere in a buffer it is another");
        if (read.isEmpty()) {
            return 0;
        }
        StunMessage message = read.get();
        require(Arrays.equals(elsewhere.get().toBytes(), bytes), "elsewhere in a buffer it has other bytes");
        List<Attr> attributes = expected.get();
        int shape = message.messageClass().ordinal();
        for (int type = 0; type <= 0x2f; type++) {
            sameValue(message, attributes, type);
            sameValue(message, attributes, Attribute.COMPREHENSION_OPTIONAL + type);
        }
        for (Attr attribute : attributes) {
            sameValue(message, attributes, attribute.type());
            shape = 31 * shape + accessors(message, attribute.type());
        }
        List<Integer> unknown = attributes.stream()
                .map(Attr::type)
                .filter(type -> type < 0x8000 && !Attribute.isKnown(type))
                .distinct()
                .toList();
        require(message.unknownRequired(Attribute::isKnown).equals(unknown), "unknown are not " + unknown);
        writtenAgain(message, attributes);
        return 2 * shape + 1;
    }

    private static void sameValue(StunMessage message, List<Attr> attributes, int type) {
        Optional<String> first = attributes.stream()
                .filter(attribute -> attribute.type() == type)
                .map(Attr::value)
                .findFirst();
        Optional<String> ours = message.value(type).map(HexFormat.of()::formatHex);
        require(ours.equals(first), type + " is " + ours + " and not " + first);
        require(message.has(type) == first.isPresent(), type + " is there and is not");
    }

    /** None throws, and they agree with one another. */
    private static int accessors(StunMessage message, int type) {
        Optional<TransportAddress> address = message.xorAddress(type);
        require(address.isPresent() == message.address(type).isPresent(), "an address in one form only");
        require(address.isPresent() == message.family(type).isPresent(), "a family and no address");
        List<TransportAddress> all = message.xorAddresses(type);
        require(all.isEmpty() || all.getFirst().equals(address.orElse(null)), "the first address is another");
        message.value(type).ifPresent(PasswordAlgorithm::readAll);
        message.text(type).ifPresent(OpaqueString::prepare);
        boolean sound = message.verifySha1(KEY) || message.verifySha256(KEY);
        int shape = (address.isPresent() ? 1 : 0) + (all.isEmpty() ? 0 : 2) + (sound ? 4 : 0);
        shape += (message.uint32(type).isPresent() ? 8 : 0)
                + (message.errorCode().isPresent() ? 16 : 0);
        return shape + (Attribute.isKnown(type) ? 32 * type : 0);
    }

    private void writtenAgain(StunMessage message, List<Attr> attributes) {
        StunWriter writer = new StunWriter();
        writer.start(message.method(), message.messageClass(), message.transactionId());
        for (Attr attribute : attributes) {
            if (attribute.type() == Attribute.FINGERPRINT) {
                writer.fingerprint();
            } else {
                writer.attribute(attribute.type(), HexFormat.of().parseHex(attribute.value()));
            }
        }
        byte[] written = writer.toBytes();
        Optional<StunMessage> again = reader.apply(written);
        require(again.isPresent(), "written again it is none");
        for (Attr attribute : attributes) {
            if (attribute.type() != Attribute.FINGERPRINT) {
                sameValue(again.get(), attributes, attribute.type());
            }
        }
    }

    // ---- the second reader ----

    /** What a receiver goes by, in order. */
    private static Optional<List<Attr>> second(byte[] bytes) {
        String hex = HexFormat.of().formatHex(bytes);
        boolean header = hex.matches("[0-3].{7}2112a442.{24}.*") && hex.length() % 8 == 0;
        if (!header || number(hex, 4) != bytes.length - 20) {
            return Optional.empty();
        }
        List<Attr> all = new ArrayList<>();
        String rest = hex.substring(40);
        while (!rest.isEmpty()) {
            int digits = 2 * number(rest, 4);
            if (8 + digits > rest.length()) {
                return Optional.empty();
            }
            all.add(new Attr(number(rest, 0), rest.substring(8, 8 + digits)));
            rest = rest.substring(8 + (digits + 7) / 8 * 8);
        }
        for (Attr attribute : all) {
            if (attribute.type() == Attribute.FINGERPRINT) {
                boolean last = attribute == all.getLast() && attribute.value().length() == 8;
                CRC32 crc = new CRC32();
                crc.update(bytes, 0, bytes.length - 8);
                if (!last || Long.parseLong(attribute.value(), 16) != (crc.getValue() ^ 0x5354554eL)) {
                    return Optional.empty();
                }
            }
        }
        List<Attr> counting = new ArrayList<>();
        boolean sha1 = false;
        boolean sha256 = false;
        for (Attr attribute : all) {
            boolean counts = switch (attribute.type()) {
                case Attribute.FINGERPRINT -> true;
                case Attribute.MESSAGE_INTEGRITY_SHA256 -> !sha256;
                default -> !sha1 && !sha256;
            };
            sha1 |= attribute.type() == Attribute.MESSAGE_INTEGRITY;
            sha256 |= attribute.type() == Attribute.MESSAGE_INTEGRITY_SHA256;
            if (counts) {
                counting.add(attribute);
            }
        }
        return Optional.of(counting);
    }

    private static int number(String hex, int at) {
        return Integer.parseInt(hex.substring(at, at + 4), 16);
    }

    private static void require(boolean truth, String otherwise) {
        if (!truth) {
            throw new AssertionError(otherwise);
        }
    }
}
