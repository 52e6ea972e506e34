package dev.duet.stun;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is well-formed, and what is ignored (RFC 8489, sections 5, 6.3, 14). */
final class StunMessageTest {
    private static final byte[] ID = Vectors.hex("000102030405060708090a0b");
    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final TransportAddress PEER = TransportAddress.of(new byte[] {10, 0, 0, 1}, 5000);

    private static StunWriter request() {
        return new StunWriter().start(Method.ALLOCATE, MessageClass.REQUEST, ID);
    }

    private static Optional<StunMessage> parse(byte[] bytes) {
        return StunMessage.parse(ByteBuffer.wrap(bytes), 0, bytes.length);
    }

    private static StunMessage read(StunWriter writer) {
        return parse(writer.toBytes()).orElseThrow();
    }

    /** With attributes as they are given, in hexadecimal digits. */
    private static Optional<StunMessage> parse(String attributes) {
        byte[] values = Vectors.hex(attributes);
        ByteBuffer bytes = ByteBuffer.allocate(20 + values.length);
        bytes.putShort((short) 0x0003)
                .putShort((short) values.length)
                .putInt(StunMessage.COOKIE)
                .put(ID)
                .put(values);
        return parse(bytes.array());
    }

    @Test
    void aHeaderAloneIsAMessage() {
        byte[] bytes = request().toBytes();

        assertThat(StunMessage.isStun(ByteBuffer.wrap(bytes), 0, bytes.length)).isTrue();
        assertThat(parse(bytes)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80030000 2112a442 000102030405060708090a0b",
                "40030000 2112a442 000102030405060708090a0b",
                "00030000 2112a443 000102030405060708090a0b",
                "00030004 2112a442 000102030405060708090a0b",
                "00030002 2112a442 000102030405060708090a0b 0000",
                "00030000 2112a442 000102030405060708090a0b 80220000",
                "00030000 2112a442 000102030405060708090a",
                "",
            })
    void aWrongHeaderIsNoMessage(String digits) {
        byte[] bytes = Vectors.hex(digits);

        assertThat(StunMessage.isStun(ByteBuffer.wrap(bytes), 0, bytes.length)).isFalse();
        assertThat(parse(bytes)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"80220001", "80220005 61626364", "8022ffff 61626364", "80220004 61626364 00060001"})
    void anAttributeLongerThanTheMessageIsNoMessage(String attributes) {
        assertThat(parse(attributes)).isEmpty();
    }

    @Test
    void paddingIsIgnoredWhateverItIs() {
        assertThat(parse("80220001 61ffffff").orElseThrow().text(Attribute.SOFTWARE))
                .contains("a");
    }

    @Test
    void itIsReadAnywhereInABufferAndIsACopy() {
        byte[] message = request().text(Attribute.SOFTWARE, "a").fingerprint().toBytes();
        ByteBuffer buffer = ByteBuffer.allocateDirect(message.length + 20);
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, (byte) 0xff);
        }
        buffer.put(7, message);

        StunMessage read = StunMessage.parse(buffer, 7, message.length).orElseThrow();
        buffer.put(7, new byte[message.length]);

        assertThat(read.text(Attribute.SOFTWARE)).contains("a");
        assertThat(read.toBytes()).isEqualTo(message);
        assertThat(buffer.position()).isZero();
    }

    @Test
    void whatItHandsOutIsACopy() {
        StunMessage message = read(request().attribute(Attribute.DATA, new byte[] {1}));

        message.transactionId()[0] = 99;
        message.value(Attribute.DATA).orElseThrow()[0] = 99;
        message.toBytes()[0] = 99;

        assertThat(message.transactionId()).isEqualTo(ID);
        assertThat(message.value(Attribute.DATA)).contains(new byte[] {1});
        assertThat(message.method()).isEqualTo(Method.ALLOCATE);
    }

    @Test
    void theFirstOfATypeCounts() {
        StunMessage message = read(request().uint32(Attribute.LIFETIME, 1).uint32(Attribute.LIFETIME, 2));

        assertThat(message.uint32(Attribute.LIFETIME)).hasValue(1);
    }

    @Test
    void behindIntegrityOnlyTheStrongerOneAndTheFingerprintCount() {
        StunMessage message = read(request()
                .integritySha1(KEY)
                .uint32(Attribute.LIFETIME, 1)
                .integritySha256(KEY)
                .empty(Attribute.DONT_FRAGMENT)
                .empty(0x7fff)
                .fingerprint());

        assertThat(message.has(Attribute.LIFETIME)).isFalse();
        assertThat(message.has(Attribute.DONT_FRAGMENT)).isFalse();
        assertThat(message.unknownRequired(Attribute::isKnown)).isEmpty();
        assertThat(message.verifySha1(KEY)).isTrue();
        assertThat(message.verifySha256(KEY)).isTrue();
        assertThat(message.hasFingerprint()).isTrue();
    }

    @Test
    void behindTheStrongerIntegrityTheWeakerOneDoesNotCount() {
        StunMessage message = read(request().integritySha256(KEY).integritySha1(KEY));

        assertThat(message.hasIntegritySha256()).isTrue();
        assertThat(message.hasIntegritySha1()).isFalse();
        assertThat(message.verifySha1(KEY)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 20, 24, 28, 32})
    void aMacMayBeCut(int bytes) {
        byte[] message = request().integritySha256(KEY).toBytes();
        byte[] mac = Hmac.sha256(KEY, message, 20, 4 + bytes);
        StunMessage cut = read(request().attribute(Attribute.MESSAGE_INTEGRITY_SHA256, Arrays.copyOf(mac, bytes)));

        assertThat(cut.verifySha256(KEY)).isTrue();
        assertThat(cut.verifySha256(new byte[0])).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 12, 15, 17, 30, 36})
    void aMacOfAnotherLengthIsWrong(int bytes) {
        byte[] mac = Hmac.sha256(KEY, request().toBytes(), 20, 4 + bytes);
        StunMessage message = read(request().attribute(Attribute.MESSAGE_INTEGRITY_SHA256, Arrays.copyOf(mac, bytes)));

        assertThat(message.hasIntegritySha256()).isTrue();
        assertThat(message.verifySha256(KEY)).isFalse();
        assertThat(read(request().attribute(Attribute.MESSAGE_INTEGRITY, Arrays.copyOf(mac, bytes)))
                        .verifySha1(KEY))
                .isFalse();
    }

    @Test
    void anEmptyKeyIsAKey() {
        StunMessage message = read(request().integritySha1(new byte[0]).integritySha256(new byte[0]));

        assertThat(message.verifySha1(new byte[0])).isTrue();
        assertThat(message.verifySha256(new byte[0])).isTrue();
        assertThat(message.verifySha1(KEY)).isFalse();
    }

    @Test
    void aFingerprintIsTheLastAttribute() {
        assertThat(parse(request().fingerprint().toBytes())).isPresent();
        assertThat(parse(request().fingerprint().empty(Attribute.SOFTWARE).toBytes()))
                .isEmpty();
        assertThat(parse(request().fingerprint().fingerprint().toBytes())).isEmpty();
        assertThat(parse("80280000")).isEmpty();
        assertThat(parse("80280008 0000000000000000")).isEmpty();
        assertThat(parse("80280004 00000000")).isEmpty();
    }

    @Test
    void valuesOfTheWrongShapeAreAbsent() {
        StunMessage message = parse("000d0003 00000000 00060001 ff000000 00090004 00000263 0012000400010000")
                .orElseThrow();

        assertThat(message.uint32(Attribute.LIFETIME)).isEmpty();
        assertThat(message.text(Attribute.USERNAME)).isEmpty();
        assertThat(message.errorCode()).isEmpty();
        assertThat(message.xorAddress(Attribute.XOR_PEER_ADDRESS)).isEmpty();
        assertThat(message.family(Attribute.XOR_PEER_ADDRESS)).isEmpty();
        assertThat(message.value(Attribute.LIFETIME)).contains(new byte[3]);
        assertThat(message.value(Attribute.REALM)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00120008 0003138800000001",
                "00120008 0002138800000001",
                "00120008 0000138800000001",
                "00120014 0001138800000000000000000000000000000001",
                "00120014 00ff138800000000000000000000000000000001",
                "00120009 000113880000000100000000",
                "00120000",
            })
    void anAddressOfTheWrongFamilyOrLengthIsAbsent(String attribute) {
        StunMessage message = parse(attribute).orElseThrow();

        assertThat(message.xorAddress(Attribute.XOR_PEER_ADDRESS)).isEmpty();
        assertThat(message.address(Attribute.XOR_PEER_ADDRESS)).isEmpty();
        assertThat(message.xorAddresses(Attribute.XOR_PEER_ADDRESS)).isEmpty();
        assertThat(message.has(Attribute.XOR_PEER_ADDRESS)).isTrue();
    }

    @Test
    void theFirstByteOfAnAddressIsIgnored() {
        assertThat(parse("00010008 ff0113880a000001").orElseThrow().address(Attribute.MAPPED_ADDRESS))
                .contains(PEER);
    }

    @Test
    void everyPeerIsReadAndOneThatIsMalformedSpoilsAll() {
        StunWriter two = request()
                .xorAddress(Attribute.XOR_PEER_ADDRESS, PEER)
                .xorAddress(Attribute.XOR_PEER_ADDRESS, new TransportAddress(1, 2, 3));

        assertThat(read(two).xorAddresses(Attribute.XOR_PEER_ADDRESS))
                .containsExactly(PEER, new TransportAddress(1, 2, 3));
        assertThat(read(two.empty(Attribute.XOR_PEER_ADDRESS)).xorAddresses(Attribute.XOR_PEER_ADDRESS))
                .isEmpty();
    }

    @Test
    void aMappedAddressIsIpv4AndItsFamilyIsWhatWasSent() {
        StunMessage message =
                parse("00010014 0002138800000000000000000000ffff0a000001").orElseThrow();

        assertThat(message.address(Attribute.MAPPED_ADDRESS)).contains(PEER);
        assertThat(message.family(Attribute.MAPPED_ADDRESS)).hasValue(2);
        assertThat(read(request().xorAddress(Attribute.XOR_PEER_ADDRESS, PEER)).family(Attribute.XOR_PEER_ADDRESS))
                .hasValue(1);
    }

    @Test
    void whatMustBeUnderstoodAndIsNotIsNamedOnce() {
        StunMessage message = read(request()
                .empty(0x7ffe)
                .empty(0x0002)
                .empty(0x7ffe)
                .empty(0xfffe)
                .empty(Attribute.DONT_FRAGMENT));

        assertThat(message.unknownRequired(Attribute::isKnown)).containsExactly(0x7ffe, 0x0002);
    }

    @Test
    void errorsAreRead() {
        for (StunError error : StunError.values()) {
            StunMessage message = read(new StunWriter()
                    .start(Method.ALLOCATE, MessageClass.ERROR, ID)
                    .errorCode(error)
                    .addressErrorCode(2, error)
                    .unknownAttributes(List.of(0x7fff, 3, 0x8000)));

            assertThat(message.errorCode()).hasValue(error.code());
            byte[] value = message.value(Attribute.ERROR_CODE).orElseThrow();
            assertThat(new String(value, 4, value.length - 4, UTF_8)).isEqualTo(error.reason());
            assertThat(message.value(Attribute.ADDRESS_ERROR_CODE).orElseThrow())
                    .startsWith(2, 0, error.code() / 100, error.code() % 100);
            assertThat(message.value(Attribute.UNKNOWN_ATTRIBUTES)).contains(Vectors.hex("7fff00038000"));
        }
    }
}
