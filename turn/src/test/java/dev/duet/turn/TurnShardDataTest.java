package dev.duet.turn;

import static dev.duet.turn.FakeClient.error;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.stun.Attribute;
import dev.duet.stun.MessageClass;
import dev.duet.stun.Method;
import dev.duet.stun.StunMessage;
import dev.duet.stun.StunWriter;
import dev.duet.stun.TransportAddress;
import dev.duet.turn.TurnCounters.Drop;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Data between a client and peers: Send and Data (RFC 8656 section 11), ChannelData (section 12), ICMP (section 11.5), rates. */
final class TurnShardDataTest {
    private static final byte[] DATA = {1, 2, 3, 4, 5};
    private static final int CHANNEL = 0x4321;

    private final Site site = new Site();
    private final FakeClient ann = site.client("ann", 1);

    private TransportAddress bound(FakeClient client) {
        TransportAddress relayed = client.allocate();
        assertThat(error(client.bind(CHANNEL, Site.PEER))).isZero();
        site.toClients.clear();
        return relayed;
    }

    private TransportAddress permitted(FakeClient client) {
        TransportAddress relayed = client.allocate();
        assertThat(error(client.permit(Site.PEER))).isZero();
        site.toClients.clear();
        return relayed;
    }

    // ---- Send and Data ----

    @Test
    void aSendIndicationIsRelayedFromTheRelayedAddress() {
        TransportAddress relayed = permitted(ann);

        ann.sendIndication(Site.PEER, DATA);

        assertThat(site.toPeers).singleElement().satisfies(sent -> {
            assertThat(sent.relay().bound()).isEqualTo(relayed);
            assertThat(sent.peer()).isEqualTo(Site.PEER);
            assertThat(sent.bytes()).isEqualTo(DATA);
        });
        assertThat(site.toClients).as("indications are not answered").isEmpty();
        assertThat(site.relayed()).isEqualTo(1);
        assertThat(site.user("ann").bytesToPeers()).isEqualTo(DATA.length);
    }

    @Test
    void emptyDataIsADatagramToo() {
        TransportAddress relayed = permitted(ann);

        ann.sendIndication(Site.PEER, new byte[0]);
        site.fromPeer(Site.PEER, relayed, new byte[0]);

        assertThat(site.toPeers.getFirst().bytes()).isEmpty();
        assertThat(FakeClient.message(ann.last()).value(Attribute.DATA)).hasValue(new byte[0]);
    }

    @Test
    void withoutAPermissionOrAnAllocationItIsDropped() {
        ann.sendIndication(Site.PEER, DATA);
        assertThat(site.dropped(Drop.MALFORMED)).isEqualTo(1);
        permitted(ann);
        ann.sendIndication(Site.ipv4(5, 6, 7, 9, 4_000), DATA);
        ann.sendIndication(Site.PEER6, DATA);
        ann.sendIndication(Site.ipv4(5, 6, 7, 8, 0), DATA);

        assertThat(site.dropped(Drop.NOT_PERMITTED)).isEqualTo(3);
        assertThat(site.toPeers).isEmpty();
        assertThat(site.toClients).isEmpty();
    }

    @Test
    void aSendIndicationThatMustNotBeUnderstoodHalfwayIsDropped() {
        permitted(ann);

        ann.send(new StunWriter()
                .start(Method.SEND, MessageClass.INDICATION, FakeClient.newTransaction())
                .xorAddress(Attribute.XOR_PEER_ADDRESS, Site.PEER)
                .attribute(Attribute.DATA, DATA)
                .empty(0x7ffe)
                .toBytes());
        ann.send(new StunWriter()
                .start(Method.SEND, MessageClass.INDICATION, FakeClient.newTransaction())
                .xorAddress(Attribute.XOR_PEER_ADDRESS, Site.PEER)
                .toBytes());

        assertThat(site.toPeers).isEmpty();
        assertThat(site.toClients).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 1_200, 3_999, 4_000})
    void whatAPeerSendsComesAsADataIndication(int length) {
        TransportAddress relayed = permitted(ann);
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 7);

        site.fromPeer(Site.PEER, relayed, bytes);

        StunMessage message = FakeClient.message(ann.last());
        assertThat(message.method()).isEqualTo(Method.DATA);
        assertThat(message.messageClass()).isEqualTo(MessageClass.INDICATION);
        assertThat(message.xorAddress(Attribute.XOR_PEER_ADDRESS)).hasValue(Site.PEER);
        assertThat(message.value(Attribute.DATA)).hasValue(bytes);
        assertThat(site.user("ann").bytesFromPeers()).isEqualTo(length);
    }

    @Test
    void twoDataIndicationsHaveTransactionsOfTheirOwn() {
        TransportAddress relayed = permitted(ann);

        site.fromPeer(Site.PEER, relayed, DATA);
        byte[] first = FakeClient.message(ann.last()).transactionId();
        site.fromPeer(Site.PEER, relayed, DATA);

        assertThat(FakeClient.message(ann.last()).transactionId()).isNotEqualTo(first);
    }

    @Test
    void whatAStrangerSendsIsDropped() {
        TransportAddress relayed = permitted(ann);

        site.fromPeer(Site.ipv4(5, 6, 7, 9, 4_000), relayed, DATA);

        assertThat(site.toClients).isEmpty();
        assertThat(site.dropped(Drop.NOT_PERMITTED)).isEqualTo(1);
    }

    @Test
    void ipv6PeersHaveARelayedAddressOfTheirOwn() {
        ann.allocate(r -> r.uint32(Attribute.ADDITIONAL_ADDRESS_FAMILY, 2 << 24));
        ann.permit(Site.PEER, Site.PEER6);

        ann.sendIndication(Site.PEER6, DATA);
        ann.sendIndication(Site.PEER, DATA);

        assertThat(site.toPeers).extracting(sent -> sent.relay().family()).containsExactly(Family.IPV6, Family.IPV4);
        site.fromPeer(Site.PEER6, site.toPeers.getFirst().relay().bound(), DATA);
        assertThat(FakeClient.message(ann.last()).xorAddress(Attribute.XOR_PEER_ADDRESS))
                .hasValue(Site.PEER6);
    }

    // ---- ChannelData ----

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 1_200, 3_996})
    void channelDataGoesUpAsItIs(int length) {
        bound(ann);
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 7);

        ann.channelData(CHANNEL, bytes);

        assertThat(site.toPeers.getFirst().bytes()).isEqualTo(bytes);
    }

    @Test
    void overUdpThereMayBePaddingAndTheLengthMayNotBeTooLong() {
        bound(ann);

        ann.send(FakeClient.channelData(CHANNEL, 5, DATA, 3));
        assertThat(site.toPeers.getFirst().bytes()).isEqualTo(DATA);
        ann.send(FakeClient.channelData(CHANNEL, 6, DATA, 0));
        ann.send(FakeClient.channelData(CHANNEL, 0xffff, DATA, 0));
        assertThat(site.toPeers).hasSize(1);
        assertThat(site.dropped(Drop.MALFORMED)).isEqualTo(2);
    }

    @Test
    void aChannelThatIsNotBoundOrWithoutAnAllocationIsDropped() {
        ann.channelData(CHANNEL, DATA);
        bound(ann);
        ann.channelData(CHANNEL + 1, DATA);

        assertThat(site.toPeers).isEmpty();
        assertThat(site.dropped(Drop.MALFORMED)).isEqualTo(1);
        assertThat(site.dropped(Drop.NOT_PERMITTED)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Client.Transport.class)
    void whatTheChannelsPeerSendsComesByTheChannelPaddedOverTcpOnly(Client.Transport transport) {
        FakeClient client = site.client("ann", 1, 0, transport);
        TransportAddress relayed = bound(client);

        site.fromPeer(Site.PEER, relayed, new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9});
        site.fromPeer(Site.PEER, relayed, DATA);

        int padding = transport == Client.Transport.UDP ? 0 : 3;
        assertThat(client.last()).isEqualTo(FakeClient.channelData(CHANNEL, 5, DATA, padding));
    }

    @Test
    void thePeersOtherPortIsNotTheChannel() {
        TransportAddress relayed = bound(ann);

        site.fromPeer(Site.ipv4(5, 6, 7, 8, 4_001), relayed, DATA);

        assertThat(FakeClient.message(ann.last()).value(Attribute.DATA)).hasValue(DATA);
    }

    @Test
    void whatIsNeitherIsDropped() {
        bound(ann);
        for (byte[] bytes : new byte[][] {
            {},
            {0x43},
            {0x43, 0x21, 0},
            {(byte) 0x80, 0, 0, 0, 1, 2, 3, 4},
            {(byte) 0xc0, 0, 0, 0, 1, 2, 3, 4},
            {0, 1, 0, 0, 1, 2, 3, 4},
            new byte[20]
        }) {
            long before = site.dropped(Drop.MALFORMED);
            ann.send(bytes);
            assertThat(site.dropped(Drop.MALFORMED)).isEqualTo(before + 1);
        }
        assertThat(site.toClients).isEmpty();
        assertThat(site.toPeers).isEmpty();
    }

    @Test
    void responsesAndOtherIndicationsAreNotAnswered() {
        bound(ann);
        for (MessageClass messageClass : MessageClass.values()) {
            for (int method : new int[] {Method.BINDING, Method.ALLOCATE, Method.DATA, Method.REFRESH}) {
                if (messageClass != MessageClass.REQUEST) {
                    ann.send(new StunWriter()
                            .start(method, messageClass, FakeClient.newTransaction())
                            .toBytes());
                }
            }
        }
        assertThat(site.toClients).isEmpty();
    }

    // ---- ICMP, rates ----

    @Test
    void icmpIsToldToWhoHasAPermission() {
        TransportAddress relayed = permitted(ann);
        Relay relay = ann.wire().relayAt(relayed).orElseThrow();

        ann.shard().fromIcmp(relay, Site.PEER, 3, 1, site.now);
        StunMessage message = FakeClient.message(ann.last());
        assertThat(message.method()).isEqualTo(Method.DATA);
        assertThat(message.messageClass()).isEqualTo(MessageClass.INDICATION);
        assertThat(message.xorAddress(Attribute.XOR_PEER_ADDRESS)).hasValue(Site.PEER);
        assertThat(message.value(Attribute.ICMP)).hasValue(new byte[] {0, 0, 3, 1, 0, 0, 0, 0});
        assertThat(message.has(Attribute.DATA)).isFalse();
        ann.shard().fromIcmp(relay, Site.ipv4(5, 6, 7, 9, 4_000), 3, 1, site.now);
        site.pass(300);
        ann.shard().fromIcmp(relay, Site.PEER, 3, 1, site.now);
        assertThat(ann.received()).hasSize(1);
    }

    @Test
    void aUserHasARateEachWay() {
        Site slow = new Site(TurnOptions.DEFAULT, 4, 8 * 10_240);
        FakeClient first = slow.client("ann", 1);
        FakeClient second = slow.client("ann", 2);
        TransportAddress relayed = first.allocate();
        second.allocate();
        first.permit(Site.PEER);
        second.permit(Site.PEER);
        slow.toClients.clear();

        for (int i = 0; i < 10; i++) {
            (i % 2 == 0 ? first : second).sendIndication(Site.PEER, new byte[2_048]);
            slow.fromPeer(Site.PEER, relayed, new byte[2_048]);
        }

        assertThat(slow.toPeers).hasSize(5);
        assertThat(slow.toClients).hasSize(5);
        assertThat(slow.dropped(Drop.RATE)).isEqualTo(10);
        assertThat(slow.user("ann").bytesToPeers()).isEqualTo(10_240);
        assertThat(slow.user("ann").bytesFromPeers()).isEqualTo(10_240);
        slow.pass(1);
        first.sendIndication(Site.PEER, new byte[2_048]);
        assertThat(slow.toPeers).hasSize(6);
    }
}
