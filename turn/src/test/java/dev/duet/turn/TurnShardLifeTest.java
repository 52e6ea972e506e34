package dev.duet.turn;

import static dev.duet.turn.FakeClient.NOTHING;
import static dev.duet.turn.FakeClient.error;
import static dev.duet.turn.FakeClient.succeeded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.stun.Attribute;
import dev.duet.stun.Method;
import dev.duet.stun.StunMessage;
import dev.duet.stun.TransportAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Refresh, RFC 8656 section 8.2, and all the ways in which an allocation ends: what it had is given back once. */
final class TurnShardLifeTest {
    private final Site site = new Site();
    private final FakeClient ann = site.client("ann", 1);

    private StunMessage refresh(int family, int seconds) {
        return ann.ask(
                Method.REFRESH,
                r -> r.uint32(Attribute.REQUESTED_ADDRESS_FAMILY, family << 24).uint32(Attribute.LIFETIME, seconds));
    }

    private TransportAddress both() {
        return succeeded(ann.allocate(r -> r.uint32(Attribute.ADDITIONAL_ADDRESS_FAMILY, 2 << 24)))
                .xorAddress(Attribute.XOR_RELAYED_ADDRESS)
                .orElseThrow();
    }

    private void nothingIsLeft() {
        assertThat(site.open()).isZero();
        assertThat(site.relays.count()).isZero();
        assertThat(site.user("ann").allocations()).isZero();
        assertThat(ann.shard().allocationCount()).isZero();
        assertThat(ann.wire().allocated()).isZero();
    }

    @Test
    void withoutAnAllocationThereIsAMismatch() {
        assertThat(error(ann.refresh(600))).isEqualTo(437);
        assertThat(error(ann.refresh(0))).isEqualTo(437);
        assertThat(error(ann.permit(Site.PEER))).isEqualTo(437);
        assertThat(error(ann.bind(0x4000, Site.PEER))).isEqualTo(437);
    }

    @ParameterizedTest
    @CsvSource({"1, 600", "600, 600", "1200, 1200", "3600, 3600", "3601, 3600", "-1, 3600"})
    void aRefreshBeginsAnotherLifetime(int asked, int given) {
        ann.allocate();
        site.pass(500);

        assertThat(ann.refresh(asked).uint32(Attribute.LIFETIME)).hasValue(given);

        site.pass(given - 1);
        site.tick();
        assertThat(site.open()).isEqualTo(1);
        site.pass(1);
        site.tick();
        nothingIsLeft();
    }

    @Test
    void withoutALifetimeItIsTheDefault() {
        ann.allocate();

        assertThat(ann.ask(Method.REFRESH, NOTHING).uint32(Attribute.LIFETIME)).hasValue(600);
    }

    @Test
    void aLifetimeOf0EndsIt() {
        ann.allocate();

        assertThat(ann.refresh(0).uint32(Attribute.LIFETIME)).hasValue(0);
        nothingIsLeft();
        assertThat(error(ann.refresh(0))).as("a retransmission").isEqualTo(437);
        ann.shard().closeAll();
        site.tick();
        nothingIsLeft();
    }

    @Test
    void oneFamilyOfTwoMayEnd() {
        TransportAddress ipv4 = both();

        assertThat(error(refresh(2, 0))).isZero();

        assertThat(site.open()).isEqualTo(1);
        assertThat(site.relays.isFree(Family.IPV4, ipv4.port())).isFalse();
        assertThat(site.user("ann").allocations()).isEqualTo(1);
        assertThat(error(refresh(2, 0))).isEqualTo(443);
        assertThat(error(refresh(2, 600))).isEqualTo(443);
        assertThat(error(refresh(1, 0))).isZero();
        nothingIsLeft();
    }

    @Test
    void aFamilyThatItDoesNotHaveIsAMismatch() {
        ann.allocate();

        assertThat(error(refresh(2, 600))).isEqualTo(443);
        assertThat(error(refresh(2, 0))).isEqualTo(443);
        assertThat(error(refresh(7, 0))).isEqualTo(443);
        assertThat(error(refresh(1, 600))).isZero();
        assertThat(site.open()).isEqualTo(1);
    }

    @Test
    void whatHasExpiredRelaysNothingThoughNobodySweptYet() {
        TransportAddress relayed = ann.allocate();
        ann.bind(0x4000, Site.PEER);
        site.pass(299);
        ann.bind(0x4000, Site.PEER);
        site.pass(301);
        site.toClients.clear();

        ann.channelData(0x4000, new byte[4]);
        ann.sendIndication(Site.PEER, new byte[4]);
        site.fromPeer(Site.PEER, relayed, new byte[4]);

        assertThat(site.toPeers).isEmpty();
        assertThat(site.toClients).isEmpty();
        assertThat(site.open()).isEqualTo(1);
        assertThat(error(ann.permit(Site.PEER))).isEqualTo(437);
        nothingIsLeft();
    }

    @Test
    void aSweepComesOnceASecond() {
        ann.allocate();
        long due = ann.shard().nextDeadlineNanos();
        site.now = due - 1;
        ann.shard().tick(site.now);
        assertThat(ann.shard().nextDeadlineNanos()).isEqualTo(due);
        site.now = due;
        ann.shard().tick(site.now);
        assertThat(ann.shard().nextDeadlineNanos()).isEqualTo(due + TurnOptions.NANOS);
    }

    @Test
    void aConnectionThatIsGoneTakesItsAllocationWithIt() {
        FakeClient tcp = site.client("ann", 3, 0, Client.Transport.TCP);
        tcp.allocate();

        tcp.shard().disconnected(tcp.client);
        nothingIsLeft();
        tcp.shard().disconnected(tcp.client);
        nothingIsLeft();
    }

    @Test
    void aConnectionWithoutAnAllocationTakesNothing() {
        ann.allocate();
        FakeClient tcp = site.client("ann", 1, 0, Client.Transport.TCP);

        tcp.shard().disconnected(tcp.client);

        assertThat(site.open()).isEqualTo(1);
    }

    /** One address may have a datagram's and a connection's allocation, and one more at another of the server's addresses. */
    @Test
    void theTransportIsPartOfThe5Tuple() {
        FakeClient tcp = site.client("ann", 1, 0, Client.Transport.TCP);
        ann.allocate();

        assertThat(tcp.allocate()).isNotNull();
        assertThat(site.user("ann").allocations()).isEqualTo(2);
        ann.refresh(0);
        assertThat(error(tcp.refresh(600))).isZero();
    }

    @Test
    void aConnectionMayHaveAnotherAllocationAfterItsLast() {
        FakeClient tls = site.client("ann", 3, 0, Client.Transport.TLS);
        tls.allocate();
        tls.refresh(0);
        tls.allocate();
        site.pass(600);

        tls.allocate();

        assertThat(site.user("ann").allocations()).isEqualTo(1);
        assertThat(site.open()).isEqualTo(1);
    }

    @Test
    void closingWhatIsIdleLeavesTheRest() {
        FakeClient other = site.client("ann", 2);
        FakeClient bob = site.client("bob", 3);
        ann.allocate();
        other.allocate();
        bob.allocate();
        ann.permit(Site.PEER);
        other.permit(Site.PEER);
        site.pass(10);
        long since = site.now - 1;
        ann.sendIndication(Site.PEER, new byte[1]);

        ann.shard().closeIdle(site.user("ann"), since);

        assertThat(site.user("ann").allocations()).isEqualTo(1);
        assertThat(error(ann.refresh(600))).isZero();
        assertThat(error(other.refresh(600))).isEqualTo(437);
        ann.shard().closeIdle(site.user("ann"), site.now);
        assertThat(site.user("ann").allocations()).isZero();
        assertThat(error(bob.refresh(600))).isZero();
    }

    @Test
    void closingAUserClosesWhatIsBusyTooAndNobodyElses() {
        FakeClient bob = site.client("bob", 3);
        ann.allocate();
        bob.allocate();
        ann.permit(Site.PEER);
        ann.sendIndication(Site.PEER, new byte[1]);

        ann.shard().closeAll(site.user("ann"));

        assertThat(site.user("ann").allocations()).isZero();
        assertThat(error(ann.refresh(600))).isEqualTo(437);
        assertThat(error(bob.refresh(600))).isZero();
    }

    @Test
    void closingAllLeavesNothing() {
        for (int i = 0; i < 4; i++) {
            site.client("ann", 10 + i).allocate();
        }

        ann.shard().closeAll();
        nothingIsLeft();
        ann.shard().closeAll();
        nothingIsLeft();
    }

    @Test
    void aFreedQuotaMayBeUsedAgain() {
        for (int round = 0; round < 20; round++) {
            FakeClient client = site.client("ann", 10 + round);
            client.allocate();
            client.refresh(0);
        }
        nothingIsLeft();
    }
}
