package dev.duet.turn;

import static dev.duet.turn.FakeClient.error;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.stun.Attribute;
import dev.duet.stun.Method;
import dev.duet.stun.TransportAddress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Users who wait for a call: what they reach, what they take, and what becomes of it when the call has begun. */
final class TurnShardWaitingTest {
    private static final int QUOTA_REACHED = 486;
    private static final int FORBIDDEN = 403;
    private static final int MISMATCH = 437;

    private final Site site = new Site();
    private final FakeClient ann = site.client("ann", 1);
    private final FakeClient bob = site.client("bob", 2);

    @BeforeEach
    void bothWait() {
        site.user("ann").waits(true);
        site.user("bob").waits(true);
    }

    @Test
    void whoWaitsReachesRelayedAddressesOfThisServerOnly() {
        TransportAddress anns = ann.allocate();
        TransportAddress bobs = bob.allocate();

        assertThat(error(ann.permit(Site.PEER))).isEqualTo(FORBIDDEN);
        assertThat(error(ann.bind(0x4001, Site.PEER))).isEqualTo(FORBIDDEN);
        assertThat(error(ann.permit(bobs, Site.PEER))).isEqualTo(FORBIDDEN);
        assertThat(error(ann.permit(bobs))).isZero();
        assertThat(error(bob.permit(anns))).isZero();
        ann.sendIndication(bobs, new byte[] {7});
        assertThat(site.handedOver()).isOne();
        assertThat(site.toPeers).isEmpty();
    }

    @Test
    void whoHasMetReachesAnybodyBySameAllocation() {
        ann.allocate();
        site.user("ann").waits(false);

        assertThat(error(ann.permit(Site.PEER))).isZero();
        ann.sendIndication(Site.PEER, new byte[] {7});
        assertThat(site.toPeers).hasSize(1);
    }

    @Test
    void thoseWhoWaitShareAPoolAndCallsDoNotTakeFromIt() {
        ann.allocate();
        bob.allocate();
        FakeClient more = site.client("ann", 3);

        assertThat(error(allocating(more))).isEqualTo(QUOTA_REACHED);
        assertThat(site.pool.refused()).isOne();
        site.user("ann").waits(false);
        assertThat(site.pool.taken()).isOne();
        assertThat(error(allocating(more))).isZero();
        assertThat(error(allocating(site.client("bob", 4)))).isZero();
        assertThat(site.pool.taken()).isEqualTo(2);
        bob.refresh(0);
        assertThat(site.pool.taken()).isOne();
    }

    private static dev.duet.stun.StunMessage allocating(FakeClient client) {
        return client.ask(Method.ALLOCATE, r -> r.uint32(Attribute.REQUESTED_TRANSPORT, 17 << 24));
    }

    @Test
    void whatWasAllocatedInWaitingIsClosedWhenTheCallHasAnotherPath() {
        ann.allocate();
        site.user("ann").waits(false);
        FakeClient call = site.client("ann", 3);
        call.allocate();
        site.pass(11);

        ann.shard().closeIdleStanding(site.user("ann"), site.now - 10 * TurnOptions.NANOS);
        assertThat(error(ann.refresh(600))).isEqualTo(MISMATCH);
        assertThat(error(call.refresh(600))).isZero();
    }

    @Test
    void whatCarriesTheCallStays() {
        ann.allocate();
        site.user("ann").waits(false);
        ann.permit(Site.PEER);
        site.pass(11);
        ann.sendIndication(Site.PEER, new byte[] {7});

        ann.shard().closeIdleStanding(site.user("ann"), site.now - 10 * TurnOptions.NANOS);
        assertThat(error(ann.refresh(600))).isZero();
    }
}
