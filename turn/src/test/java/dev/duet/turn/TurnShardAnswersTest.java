package dev.duet.turn;

import static dev.duet.turn.FakeClient.NOTHING;
import static dev.duet.turn.FakeClient.UDP_TRANSPORT;
import static dev.duet.turn.FakeClient.error;
import static dev.duet.turn.FakeClient.newTransaction;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.stun.Attribute;
import dev.duet.stun.Method;
import dev.duet.stun.StunMessage;
import dev.duet.stun.TransportAddress;
import dev.duet.turn.TurnCounters.Drop;
import org.junit.jupiter.api.Test;

/** What strangers get: Binding (RFC 8489 section 6.3.1), little of anything, and not too often. */
final class TurnShardAnswersTest {
    private static final TurnOptions FEW = new TurnOptions("duet", 64, 32, 100, 2, 4, 10);

    private final Site site = new Site();

    private static FakeClient at(Site site, TransportAddress address) {
        return new FakeClient(site, "ann", address, 0, Client.Transport.UDP);
    }

    /** How many of so many unsigned Allocates are answered. */
    private static int answered(Site site, FakeClient client, int requests) {
        int before = site.toClients.size();
        for (int i = 0; i < requests; i++) {
            client.send(client.plain(Method.ALLOCATE, UDP_TRANSPORT));
        }
        return site.toClients.size() - before;
    }

    @Test
    void aBindingIsAnsweredWith32Or44Bytes() {
        FakeClient ipv4 = site.client("ann", 1);
        FakeClient ipv6 = at(site, Site.PEER6);

        StunMessage answer = ipv4.answer(ipv4.plain(Method.BINDING, NOTHING));
        assertThat(answer.xorAddress(Attribute.XOR_MAPPED_ADDRESS)).hasValue(ipv4.address);
        assertThat(ipv4.last()).hasSize(32);
        answer = ipv6.answer(ipv6.plain(Method.BINDING, NOTHING));
        assertThat(answer.xorAddress(Attribute.XOR_MAPPED_ADDRESS)).hasValue(Site.PEER6);
        assertThat(ipv6.last()).hasSize(44);
    }

    @Test
    void aBindingWithWhatIsNotUnderstoodIsRefused() {
        FakeClient ann = site.client("ann", 1);

        StunMessage answer = ann.answer(ann.plain(Method.BINDING, r -> r.uint32(0x0024, 1)));

        assertThat(error(answer)).isEqualTo(420);
        assertThat(answer.value(Attribute.UNKNOWN_ATTRIBUTES)).hasValue(new byte[] {0, 0x24});
    }

    /** Whatever it is asked, a stranger's answer is no lever against somebody else. */
    @Test
    void a401HasNoMoreThan140Bytes() {
        FakeClient ann = site.client("ann", 1);
        for (int method : new int[] {Method.ALLOCATE, Method.REFRESH, Method.CHANNEL_BIND, Method.CONNECT}) {
            assertThat(error(ann.answer(ann.plain(method, NOTHING)))).isEqualTo(401);
            assertThat(ann.last().length).isLessThanOrEqualTo(140);
        }
        ann.nonce = "old";
        assertThat(error(ann.allocate(NOTHING))).isEqualTo(438);
        assertThat(ann.last().length).isLessThanOrEqualTo(140);
    }

    /** RFC 8489 section 6.3: in silence. A challenge would say that a name and a password help. */
    @Test
    void aMethodThatThereIsNotIsAnsweredNothing() {
        FakeClient ann = site.client("ann", 1);
        ann.allocate(NOTHING);
        int before = ann.received().size();
        for (int method : new int[] {0x000, 0x002, 0x005, Method.SEND, Method.DATA, 0x00d, 0x0ff, 0xfff}) {
            ann.send(ann.plain(method, NOTHING));
            ann.send(ann.signed(method, newTransaction(), NOTHING));
        }
        assertThat(ann.received()).hasSize(before);
    }

    @Test
    void strangersLeaveNothingBehind() {
        for (int i = 0; i < 200; i++) {
            FakeClient ann = site.client("ann", i);
            ann.answer(ann.plain(Method.ALLOCATE, UDP_TRANSPORT));
        }

        assertThat(site.shards.getFirst().allocationCount()).isZero();
        assertThat(site.open()).isZero();
    }

    @Test
    void aNetworkOf256AddressesHasOneMeasure() {
        Site few = new Site(FEW);

        assertThat(answered(few, at(few, Site.ipv4(20, 0, 0, 1, 1)), 3)).isEqualTo(3);
        assertThat(answered(few, at(few, Site.ipv4(20, 0, 0, 255, 1)), 3)).isEqualTo(1);
        assertThat(answered(few, at(few, Site.ipv4(20, 0, 1, 1, 1)), 9)).isEqualTo(4);
        assertThat(few.dropped(Drop.UNANSWERED)).isEqualTo(2 + 5);
        few.pass(1);
        assertThat(answered(few, at(few, Site.ipv4(20, 0, 0, 7, 1)), 9)).isEqualTo(2);
        few.pass(1_000);
        assertThat(answered(few, at(few, Site.ipv4(20, 0, 0, 7, 1)), 9)).isEqualTo(4);
    }

    @Test
    void anIpv6NetworkOf56BitsHasOneMeasure() {
        Site few = new Site(FEW);

        assertThat(answered(few, at(few, new TransportAddress(0x2600_0000_0000_1100L, 1, 1)), 3))
                .isEqualTo(3);
        assertThat(answered(few, at(few, new TransportAddress(0x2600_0000_0000_11ffL, 9, 1)), 3))
                .isEqualTo(1);
        assertThat(answered(few, at(few, new TransportAddress(0x2600_0000_0000_1200L, 1, 1)), 9))
                .isEqualTo(4);
    }

    @Test
    void allOfThemTogetherHaveOne() {
        Site few = new Site(FEW);
        int answers = 0;
        for (int i = 0; i < 50; i++) {
            answers += answered(few, few.client("ann", i), 1);
        }
        assertThat(answers).isEqualTo(10);
        FakeClient tcp = few.client("ann", 60, 0, Client.Transport.TCP);
        assertThat(answered(few, tcp, 1)).as("its address is proved").isEqualTo(1);
        few.pass(1);
        assertThat(answered(few, few.client("ann", 70), 1)).isEqualTo(1);
    }

    @Test
    void bindingsCountToo() {
        Site few = new Site(FEW);
        FakeClient ann = few.client("ann", 1);
        for (int i = 0; i < 9; i++) {
            ann.send(ann.plain(Method.BINDING, NOTHING));
        }
        assertThat(few.toClients).hasSize(4);
    }

    @Test
    void whoeverIsKnownIsAlwaysAnswered() {
        Site few = new Site(FEW);
        FakeClient ann = few.client("ann", 1);
        ann.allocate();

        for (int i = 0; i < 50; i++) {
            assertThat(error(ann.refresh(600))).isZero();
        }
    }
}
