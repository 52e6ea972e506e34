package dev.duet.turn;

import static dev.duet.turn.FakeClient.error;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.duet.stun.Attribute;
import dev.duet.stun.StunMessage;
import dev.duet.stun.TransportAddress;
import dev.duet.turn.TurnCounters.Drop;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two clients whose peers are each other's relayed addresses: their data never leaves the process. And: relaying allocates nothing. */
final class TurnShardHairpinTest {
    private static final byte[] DATA = {1, 2, 3, 4, 5};
    private static final int ANNS = 0x4001;
    private static final int BOBS = 0x4777;

    private final Site site = new Site();
    private final FakeClient ann = site.client("ann", 1);

    /** A pair of clients with their relayed addresses. */
    private record Pair(FakeClient ann, FakeClient bob, TransportAddress anns, TransportAddress bobs) {}

    private Pair pair(int shard, Client.Transport transport) {
        FakeClient bob = site.client("bob", 2, shard, transport);
        return new Pair(ann, bob, ann.allocate(), bob.allocate());
    }

    private void nothingWentOut() {
        assertThat(site.toPeers).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, UDP", "1, UDP", "0, TCP", "1, TLS"})
    void betweenTwoChannelsOnlyTheNumberChanges(int shard, Client.Transport transport) {
        Pair pair = pair(shard, transport);
        pair.ann.bind(ANNS, pair.bobs);
        pair.bob.bind(BOBS, pair.anns);

        pair.ann.channelData(ANNS, DATA);
        int padding = transport == Client.Transport.UDP ? 0 : 3;
        assertThat(pair.bob.last()).isEqualTo(FakeClient.channelData(BOBS, 5, DATA, padding));
        pair.bob.send(FakeClient.channelData(BOBS, 5, DATA, padding));

        assertThat(pair.ann.last()).isEqualTo(FakeClient.channelData(ANNS, 5, DATA, 0));
        nothingWentOut();
        assertThat(site.handedOver()).isEqualTo(2);
        assertThat(site.relayed()).isEqualTo(2);
        assertThat(site.user("ann").bytesToPeers()).isEqualTo(5);
        assertThat(site.user("ann").bytesFromPeers()).isEqualTo(5);
        assertThat(site.user("bob").bytesToPeers()).isEqualTo(5);
        assertThat(site.user("bob").bytesFromPeers()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void withoutAChannelItIsADataIndication(int shard) {
        Pair pair = pair(shard, Client.Transport.UDP);
        pair.ann.permit(pair.bobs);
        pair.bob.permit(pair.anns);

        pair.ann.sendIndication(pair.bobs, DATA);

        StunMessage message = FakeClient.message(pair.bob.last());
        assertThat(message.xorAddress(Attribute.XOR_PEER_ADDRESS)).hasValue(pair.anns);
        assertThat(message.value(Attribute.DATA)).hasValue(DATA);
        nothingWentOut();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whoeverGaveNoPermissionGetsNothing(int shard) {
        Pair pair = pair(shard, Client.Transport.UDP);
        pair.ann.bind(ANNS, pair.bobs);
        int before = site.toClients.size();

        pair.ann.channelData(ANNS, DATA);
        pair.ann.sendIndication(pair.bobs, DATA);
        pair.bob.sendIndication(pair.anns, DATA);

        assertThat(site.toClients).hasSize(before);
        assertThat(site.dropped(Drop.NOT_PERMITTED)).isEqualTo(3);
        nothingWentOut();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whenTheOtherRelayIsGoneItIsDropped(int shard) {
        Pair pair = pair(shard, Client.Transport.UDP);
        pair.ann.bind(ANNS, pair.bobs);
        pair.bob.bind(BOBS, pair.anns);
        pair.bob.refresh(0);
        int before = site.toClients.size();

        pair.ann.channelData(ANNS, DATA);

        assertThat(site.toClients).hasSize(before);
        assertThat(site.dropped(Drop.NO_SUCH_RELAY)).isEqualTo(1);
        nothingWentOut();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whenTheOtherAllocationHasExpiredItIsDropped(int shard) {
        Pair pair = pair(shard, Client.Transport.UDP);
        pair.ann.refresh(3_600);
        site.pass(500);
        pair.ann.bind(ANNS, pair.bobs);
        pair.bob.bind(BOBS, pair.anns);
        site.pass(100);
        int before = site.toClients.size();

        pair.ann.channelData(ANNS, DATA);

        assertThat(site.toClients).hasSize(before);
        nothingWentOut();
    }

    /** Whatever listens on the server's machine, the server itself among it, is out of reach. */
    @Test
    void anOwnAddressThatIsNoRelayIsNotReached() {
        ann.allocate();
        TransportAddress web = new TransportAddress(Site.HOST.high(), Site.HOST.low(), 443);
        assertThat(error(ann.bind(ANNS, web))).isZero();

        ann.channelData(ANNS, DATA);
        ann.sendIndication(web, DATA);

        assertThat(site.dropped(Drop.NO_SUCH_RELAY)).isEqualTo(2);
        nothingWentOut();
    }

    @Test
    void oneMayReachItself() {
        TransportAddress own = ann.allocate();
        ann.bind(ANNS, own);

        ann.channelData(ANNS, DATA);

        assertThat(ann.last()).isEqualTo(FakeClient.channelData(ANNS, 5, DATA, 0));
    }

    // ---- nothing is allocated ----

    private long allocated(Client.Transport transport, FakeClient from, byte[] bytes, Optional<Relay> relay) {
        Datagram datagram = Datagram.allocate();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = 0;
        for (int i = -20_000; i < 100_000; i++) {
            before = i == 0 ? threads.getCurrentThreadAllocatedBytes() : before;
            datagram.buffer().put(Datagram.HEADROOM, bytes);
            if (relay.isPresent()) {
                datagram.received(Site.PEER.high(), Site.PEER.low(), Site.PEER.port(), bytes.length);
                from.shard().fromPeer(relay.get(), datagram, site.now);
            } else {
                datagram.received(from.address.high(), from.address.low(), from.address.port(), bytes.length);
                if (transport == Client.Transport.UDP) {
                    from.shard().fromClient(FakeClient.LISTENER, datagram, site.now);
                } else {
                    from.shard().fromClient(from.client, datagram, site.now);
                }
            }
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @ParameterizedTest
    @CsvSource({"UDP", "TCP"})
    void relayingAllocatesNothing(Client.Transport transport) {
        FakeClient client = site.client("ann", 1, 0, transport);
        FakeClient bob = site.client("bob", 2, 1, transport);
        TransportAddress anns = client.allocate();
        TransportAddress bobs = bob.allocate();
        client.bind(0x4000, Site.PEER);
        client.bind(ANNS, bobs);
        bob.bind(BOBS, anns);
        bob.permit(Site.PEER);
        site.quiet = true;
        byte[] bytes = new byte[1_001];
        Optional<Relay> down = client.wire().relayAt(anns);
        Optional<Relay> bobsDown = bob.wire().relayAt(bobs);

        assertThat(allocated(transport, client, FakeClient.channelData(0x4000, 1_001, bytes, 3), Optional.empty()))
                .as("up")
                .isLessThan(100_000);
        assertThat(allocated(transport, client, bytes, down)).as("down").isLessThan(100_000);
        assertThat(allocated(transport, bob, bytes, bobsDown)).as("Data").isLessThan(100_000);
        assertThat(allocated(transport, client, FakeClient.channelData(ANNS, 1_001, bytes, 3), Optional.empty()))
                .as("hairpin")
                .isLessThan(100_000);
        assertThat(site.relayed()).isEqualTo(4 * 120_000);
        assertThat(site.handedOver()).isEqualTo(120_000);
    }
}
