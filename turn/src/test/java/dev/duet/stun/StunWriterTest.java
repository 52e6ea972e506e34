package dev.duet.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class StunWriterTest {
    private static final int SEEDS = 5_000;

    private static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static TransportAddress address(Random random) {
        return TransportAddress.of(bytes(random, random.nextBoolean() ? 4 : 16), random.nextInt(0x10000));
    }

    @Test
    void whatIsWrittenIsRead() {
        StunWriter writer = new StunWriter();
        for (long seed = 1; seed <= SEEDS; seed++) {
            Random random = new Random(seed);
            int method = random.nextInt(0x1000);
            MessageClass messageClass = MessageClass.values()[random.nextInt(4)];
            byte[] id = bytes(random, 12);
            byte[] key = bytes(random, random.nextInt(100));
            Map<Integer, byte[]> values = new LinkedHashMap<>();
            List<TransportAddress> peers = new ArrayList<>();
            writer.start(method, messageClass, id);
            for (int i = random.nextInt(6); i > 0; i--) {
                int type = 0x4000 + random.nextInt(0x100);
                byte[] value = bytes(random, random.nextInt(random.nextInt(20) == 0 ? 2_000 : 12));
                values.putIfAbsent(type, value);
                peers.add(address(random));
                writer.attribute(type, value).xorAddress(Attribute.XOR_PEER_ADDRESS, peers.getLast());
            }
            TransportAddress mapped = address(random);
            writer.address(Attribute.MAPPED_ADDRESS, mapped)
                    .integritySha1(key)
                    .integritySha256(key)
                    .fingerprint();

            byte[] written = writer.toBytes();
            StunMessage read = StunMessage.parse(ByteBuffer.wrap(written), 0, written.length)
                    .orElseThrow(AssertionError::new);

            assertThat(read.method()).as("seed %d", seed).isEqualTo(method);
            assertThat(read.messageClass()).as("seed %d", seed).isEqualTo(messageClass);
            assertThat(read.transactionId()).as("seed %d", seed).isEqualTo(id);
            values.forEach((type, value) -> assertThat(read.value(type)).contains(value));
            assertThat(read.xorAddresses(Attribute.XOR_PEER_ADDRESS))
                    .as("seed %d", seed)
                    .isEqualTo(peers);
            assertThat(read.address(Attribute.MAPPED_ADDRESS))
                    .as("seed %d", seed)
                    .contains(mapped);
            assertThat(read.verifySha1(key) && read.verifySha256(key) && read.hasFingerprint())
                    .as("seed %d", seed)
                    .isTrue();
        }
    }

    @Test
    void nothingOfAnEarlierMessageGoesOutAsPadding() {
        StunWriter writer = new StunWriter();
        byte[] long0 = new byte[100];
        java.util.Arrays.fill(long0, (byte) 0xff);
        writer.start(Method.SEND, MessageClass.INDICATION, new byte[12]).attribute(Attribute.DATA, long0);

        writer.start(Method.SEND, MessageClass.INDICATION, new byte[12]).attribute(Attribute.DATA, new byte[1]);

        assertThat(writer.toBytes())
                .isEqualTo(Vectors.hex("00160008 2112a442 " + "00".repeat(12) + "00130001 00000000"));
        assertThat(writer.length()).isEqualTo(28);
    }

    @Test
    void itIsCopiedToAnAbsolutePlace() {
        StunWriter writer = new StunWriter().start(Method.BINDING, MessageClass.REQUEST, new byte[12]);
        ByteBuffer out = ByteBuffer.allocateDirect(40);

        writer.copyTo(out, 5);

        assertThat(StunMessage.isStun(out, 5, 20)).isTrue();
        assertThat(out.position()).isZero();
    }

    @Test
    void aMessageOfEveryLengthThatFitsIsWrittenAndNoneBeyond() {
        StunWriter writer = new StunWriter().start(Method.SEND, MessageClass.INDICATION, new byte[12]);
        writer.attribute(Attribute.DATA, new byte[0xfff8]);

        assertThat(writer.length()).isEqualTo(20 + 0xfffc);
        assertThat(StunMessage.parse(ByteBuffer.wrap(writer.toBytes()), 0, writer.length()))
                .isPresent();
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> writer.empty(Attribute.SOFTWARE));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> writer.start(Method.SEND, MessageClass.INDICATION, new byte[12])
                        .attribute(Attribute.DATA, new byte[0xfff9]));
    }

    @Test
    void brokenPromisesOfTheCallerAreNamed() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> new StunWriter().empty(Attribute.SOFTWARE));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new StunWriter().start(0x1000, MessageClass.REQUEST, new byte[12]));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new StunWriter().start(Method.BINDING, MessageClass.REQUEST, new byte[16]));
    }
}
