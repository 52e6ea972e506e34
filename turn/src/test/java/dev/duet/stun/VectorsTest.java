package dev.duet.stun;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VectorsTest {
    private static final byte[] SHORT_TERM = Vectors.PASSWORD.getBytes(UTF_8);
    private static final byte[] MD5 =
            LongTermKey.md5(Vectors.LONG_TERM_USER, Vectors.LONG_TERM_REALM, Vectors.LONG_TERM_PASSWORD);
    private static final byte[] SHA256 =
            LongTermKey.sha256(Vectors.LONG_TERM_USER, Vectors.LONG_TERM_REALM, Vectors.LONG_TERM_PASSWORD);

    private static StunMessage parse(byte[] vector) {
        return StunMessage.parse(ByteBuffer.wrap(vector), 0, vector.length).orElseThrow();
    }

    @Test
    void theSampleRequestIsRead() {
        StunMessage message = parse(Vectors.REQUEST);

        assertThat(message.method()).isEqualTo(Method.BINDING);
        assertThat(message.messageClass()).isEqualTo(MessageClass.REQUEST);
        assertThat(message.transactionId()).isEqualTo(Vectors.hex("b7e7a701bc34d686fa87dfae"));
        assertThat(message.text(Attribute.SOFTWARE)).contains("STUN test client");
        assertThat(message.text(Attribute.USERNAME)).contains("evtj:h6vY");
        assertThat(message.uint32(0x0024)).hasValue(0x6e0001ff);
        assertThat(message.unknownRequired(Attribute::isKnown)).containsExactly(0x0024);
        assertThat(message.hasFingerprint()).isTrue();
        assertThat(message.verifySha1(SHORT_TERM)).isTrue();
        assertThat(message.verifySha1("other".getBytes(UTF_8))).isFalse();
    }

    @Test
    void theSampleResponsesAreRead() {
        StunMessage ipv4 = parse(Vectors.IPV4_RESPONSE);
        StunMessage ipv6 = parse(Vectors.IPV6_RESPONSE);

        assertThat(List.of(ipv4, ipv6)).allSatisfy(message -> {
            assertThat(message.messageClass()).isEqualTo(MessageClass.SUCCESS);
            assertThat(message.text(Attribute.SOFTWARE)).contains("test vector");
            assertThat(message.hasFingerprint()).isTrue();
            assertThat(message.verifySha1(SHORT_TERM)).isTrue();
        });
        assertThat(ipv4.xorAddress(Attribute.XOR_MAPPED_ADDRESS))
                .contains(TransportAddress.of(new byte[] {(byte) 192, 0, 2, 1}, 32853));
        assertThat(ipv6.xorAddress(Attribute.XOR_MAPPED_ADDRESS))
                .contains(new TransportAddress(0x20010db812345678L, 0x0011223344556677L, 32853));
    }

    @Test
    void theRequestWithALongTermCredentialIsReadAndWritten() {
        StunMessage message = parse(Vectors.LONG_TERM_REQUEST);

        assertThat(message.text(Attribute.USERNAME)).contains(Vectors.LONG_TERM_USER);
        assertThat(message.verifySha1(MD5)).isTrue();
        assertThat(message.hasFingerprint()).isFalse();
        assertThat(new StunWriter()
                        .start(Method.BINDING, MessageClass.REQUEST, message.transactionId())
                        .text(Attribute.USERNAME, Vectors.LONG_TERM_USER)
                        .text(Attribute.NONCE, "f//499k954d6OL34oL9FSTvy64sA")
                        .text(Attribute.REALM, Vectors.LONG_TERM_REALM)
                        .integritySha1(MD5)
                        .toBytes())
                .isEqualTo(Vectors.LONG_TERM_REQUEST);
    }

    @Test
    void theRequestWithSha256AndAHashedUserIsReadAndWritten() {
        StunMessage message = parse(Vectors.SHA256_REQUEST);
        byte[] userHash = LongTermKey.userHash(Vectors.LONG_TERM_USER, Vectors.LONG_TERM_REALM);
        byte[] algorithm = PasswordAlgorithm.bytes(List.of(PasswordAlgorithm.of(PasswordAlgorithm.SHA256)));

        assertThat(message.value(Attribute.USERHASH)).contains(userHash);
        assertThat(message.value(Attribute.PASSWORD_ALGORITHM).flatMap(PasswordAlgorithm::read))
                .contains(PasswordAlgorithm.of(PasswordAlgorithm.SHA256));
        assertThat(message.verifySha256(SHA256)).isTrue();
        assertThat(message.verifySha256(MD5)).isFalse();
        assertThat(message.verifySha1(SHA256)).isFalse();
        assertThat(new StunWriter()
                        .start(Method.BINDING, MessageClass.REQUEST, message.transactionId())
                        .attribute(Attribute.USERHASH, userHash)
                        .text(Attribute.NONCE, "obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA")
                        .text(Attribute.REALM, Vectors.LONG_TERM_REALM)
                        .attribute(Attribute.PASSWORD_ALGORITHM, algorithm)
                        .integritySha256(SHA256)
                        .toBytes())
                .isEqualTo(Vectors.SHA256_REQUEST);
    }

    /** Every bit before the MAC and in it is covered: in a vector, none may be turned. */
    @Test
    void noBitMayBeTurned() {
        byte[] vector = Vectors.LONG_TERM_REQUEST;
        for (int bit = 0; bit < vector.length * 8; bit++) {
            byte[] turned = vector.clone();
            turned[bit / 8] ^= (byte) (1 << bit % 8);

            boolean taken = StunMessage.parse(ByteBuffer.wrap(turned), 0, turned.length)
                    .filter(message -> message.verifySha1(MD5))
                    .isPresent();

            assertThat(taken).as("bit %d", bit).isFalse();
        }
    }

    /** A length that is turned may take the FINGERPRINT in; what is left has none. */
    @Test
    void noBitUnderAFingerprintMayBeTurned() {
        byte[] vector = Vectors.REQUEST;
        for (int bit = 0; bit < (vector.length - 8) * 8; bit++) {
            byte[] turned = vector.clone();
            turned[bit / 8] ^= (byte) (1 << bit % 8);

            assertThat(StunMessage.parse(ByteBuffer.wrap(turned), 0, turned.length)
                            .filter(StunMessage::hasFingerprint))
                    .as("bit %d", bit)
                    .isEmpty();
        }
    }
}
