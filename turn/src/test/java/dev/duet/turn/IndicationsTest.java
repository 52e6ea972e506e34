package dev.duet.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import dev.duet.stun.Attribute;
import dev.duet.stun.MessageClass;
import dev.duet.stun.Method;
import dev.duet.stun.StunMessage;
import dev.duet.stun.StunWriter;
import dev.duet.stun.TransportAddress;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Send and Data indications in place (RFC 8656, sections 11.2 and 11.3). */
final class IndicationsTest {
    private static final TransportAddress IPV4 = TransportAddress.of(new byte[] {(byte) 192, 0, 2, 1}, 40_000);
    private static final TransportAddress IPV6 = new TransportAddress(0x20010db8_00000000L, 1, 40_000);
    private static final byte[] DATA = {1, 2, 3, 4, 5};
    private static final byte[] ID = {9, 8, 7, 6, 5, 4, 3, 2, 1, 0, -1, -2};

    private final SendIndication send = new SendIndication();
    private final DataIndication data = new DataIndication();

    private static StunWriter send() {
        return new StunWriter().start(Method.SEND, MessageClass.INDICATION, ID);
    }

    private static StunWriter full(TransportAddress peer) {
        return send().xorAddress(Attribute.XOR_PEER_ADDRESS, peer).attribute(Attribute.DATA, DATA);
    }

    private boolean read(StunWriter writer) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Datagram.CAPACITY);
        writer.copyTo(buffer, Datagram.HEADROOM);
        return send.read(buffer, Datagram.HEADROOM, writer.length());
    }

    private void isForTheFirstPeer() {
        assertThat(new TransportAddress(send.peerHigh(), send.peerLow(), send.peerPort()))
                .isEqualTo(IPV4);
        assertThat(send.dataLength()).isEqualTo(DATA.length);
        assertThat(send.dataOffset()).isEqualTo(Datagram.HEADROOM + 20 + 12 + 4);
    }

    @Test
    void aSendIndicationIsRead() {
        assertThat(read(full(IPV4))).isTrue();
        isForTheFirstPeer();

        assertThat(read(full(IPV6))).isTrue();
        assertThat(new TransportAddress(send.peerHigh(), send.peerLow(), send.peerPort()))
                .isEqualTo(IPV6);
    }

    @Test
    void nothingOfTheLastOneIsLeft() {
        assertThat(read(full(IPV4))).isTrue();

        assertThat(read(send().attribute(Attribute.DATA, DATA))).isFalse();
    }

    /** RFC 8656 section 11.2: who cannot keep a datagram whole drops it. */
    @Test
    void whatMustNotBeFragmentedIsDropped() {
        assertThat(read(full(IPV4).empty(Attribute.DONT_FRAGMENT))).isFalse();
        assertThat(read(full(IPV6).empty(Attribute.DONT_FRAGMENT).fingerprint()))
                .isFalse();
    }

    @Test
    void dataMayBeEmpty() {
        assertThat(read(send().xorAddress(Attribute.XOR_PEER_ADDRESS, IPV4).empty(Attribute.DATA)))
                .isTrue();
        assertThat(send.dataLength()).isZero();
    }

    @Test
    void whatIsKnownOrNeedNotBeUnderstoodIsIgnored() {
        assertThat(read(full(IPV4)
                        .text(Attribute.SOFTWARE, "a")
                        .empty(0xfffe)
                        .uint32(Attribute.LIFETIME, 1)
                        .xorAddress(Attribute.XOR_PEER_ADDRESS, IPV6)
                        .attribute(Attribute.DATA, new byte[7])
                        .fingerprint()))
                .isTrue();
        isForTheFirstPeer();
    }

    @Test
    void whatFollowsAnIntegrityIsIgnored() {
        assertThat(read(full(IPV4)
                        .integritySha1(DATA)
                        .empty(0x7fff)
                        .empty(Attribute.DONT_FRAGMENT)
                        .fingerprint()))
                .isTrue();
        assertThat(read(send().integritySha1(DATA)
                        .xorAddress(Attribute.XOR_PEER_ADDRESS, IPV4)
                        .attribute(Attribute.DATA, DATA)))
                .isFalse();
    }

    @Test
    void whatIsMissingOrWrongIsDropped() {
        assertThat(read(send())).isFalse();
        assertThat(read(send().xorAddress(Attribute.XOR_PEER_ADDRESS, IPV4))).isFalse();
        assertThat(read(send().attribute(Attribute.DATA, DATA))).isFalse();
        assertThat(read(full(IPV4).empty(0x7fff))).isFalse();
        assertThat(read(full(IPV4).fingerprint().empty(Attribute.SOFTWARE))).isFalse();
        assertThat(read(full(IPV4).uint32(Attribute.FINGERPRINT, 0))).isFalse();
        assertThat(read(full(IPV4).empty(Attribute.FINGERPRINT))).isFalse();
        assertThat(read(send().attribute(Attribute.XOR_PEER_ADDRESS, new byte[8])
                        .attribute(Attribute.DATA, DATA)))
                .isFalse();
        assertThat(read(send().attribute(Attribute.XOR_PEER_ADDRESS, new byte[] {0, 1, 2, 3})
                        .attribute(Attribute.DATA, DATA)))
                .isFalse();
    }

    @Test
    void otherMessagesAreNone() {
        for (MessageClass messageClass : MessageClass.values()) {
            for (int method : new int[] {Method.SEND, Method.DATA, Method.BINDING, 0x806}) {
                boolean right = method == Method.SEND && messageClass == MessageClass.INDICATION;

                assertThat(read(new StunWriter()
                                .start(method, messageClass, ID)
                                .xorAddress(Attribute.XOR_PEER_ADDRESS, IPV4)
                                .attribute(Attribute.DATA, DATA)))
                        .as("%s %s", method, messageClass)
                        .isEqualTo(right);
            }
        }
    }

    @Test
    void theBufferIsLeftAsItWas() {
        StunWriter writer = full(IPV4).fingerprint();
        ByteBuffer buffer = ByteBuffer.allocate(200);
        writer.copyTo(buffer, 30);
        buffer.limit(190).position(3);

        assertThat(send.read(buffer, 30, writer.length())).isTrue();

        assertThat(buffer.position()).isEqualTo(3);
        assertThat(buffer.limit()).isEqualTo(190);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aDataIndicationIsAsTheCodecWritesIt(long seed) {
        Random random = new Random(seed);
        for (int length = 0; length < 40; length++) {
            byte[] payload = new byte[length];
            random.nextBytes(payload);
            int high = random.nextInt();
            long low = random.nextLong();
            TransportAddress peer = random.nextBoolean()
                    ? new TransportAddress(0, TransportAddress.ipv4(random.nextInt()), random.nextInt(0x10000))
                    : new TransportAddress(random.nextLong(), random.nextLong(), random.nextInt(0x10000));
            byte[] id = ByteBuffer.allocate(12).putInt(high).putLong(low).array();
            ByteBuffer buffer = ByteBuffer.allocateDirect(Datagram.CAPACITY);
            for (int i = 0; i < buffer.capacity(); i++) {
                buffer.put(i, (byte) 0xff);
            }
            buffer.put(Datagram.HEADROOM, payload);

            int start = data.peer(peer.high(), peer.low(), peer.port())
                    .transaction(high, low)
                    .write(buffer, Datagram.HEADROOM, length);

            byte[] written = new byte[data.length()];
            buffer.get(start, written);
            assertThat(written)
                    .isEqualTo(new StunWriter()
                            .start(Method.DATA, MessageClass.INDICATION, id)
                            .xorAddress(Attribute.XOR_PEER_ADDRESS, peer)
                            .attribute(Attribute.DATA, payload)
                            .toBytes());
            assertThat(StunMessage.parse(buffer, start, written.length)).isPresent();
            assertThat(buffer.get(start - 1)).isEqualTo((byte) 0xff);
            assertThat(buffer.get(start + written.length)).isEqualTo((byte) 0xff);
        }
    }

    @Test
    void theLargestPayloadHasRoomForItsHeaderAndPadding() {
        ByteBuffer buffer = ByteBuffer.allocate(Datagram.CAPACITY);

        int start =
                data.peer(IPV6.high(), IPV6.low(), 1).write(buffer, Datagram.HEADROOM, Datagram.PAYLOAD_BYTES_MAX - 1);

        assertThat(start).isEqualTo(Datagram.HEADROOM - DataIndication.IPV6_BYTES_BEFORE);
        assertThat(DataIndication.IPV6_BYTES_BEFORE).isLessThanOrEqualTo(Datagram.HEADROOM);
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> data.write(buffer, 47, 4));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> data.write(buffer, Datagram.CAPACITY - 5, 5));
    }

    @Test
    void nothingIsAllocatedPerDatagram() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        StunWriter writer = full(IPV6).fingerprint();
        ByteBuffer buffer = ByteBuffer.allocateDirect(Datagram.CAPACITY);
        writer.copyTo(buffer, Datagram.HEADROOM);
        int datagrams = 100_000;
        int read = 0;

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < datagrams; i++) {
            read += send.read(buffer, Datagram.HEADROOM, writer.length()) ? 1 : 0;
            data.peer(send.peerHigh(), send.peerLow(), send.peerPort())
                    .transaction(i, i)
                    .write(buffer, 2_000, 999);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(read).isEqualTo(datagrams);
        assertThat(allocated).isLessThan(datagrams);
    }
}
