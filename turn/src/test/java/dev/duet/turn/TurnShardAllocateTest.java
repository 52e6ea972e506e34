package dev.duet.turn;

import static dev.duet.turn.FakeClient.NOTHING;
import static dev.duet.turn.FakeClient.UDP_TRANSPORT;
import static dev.duet.turn.FakeClient.error;
import static dev.duet.turn.FakeClient.newTransaction;
import static dev.duet.turn.FakeClient.succeeded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.stun.Attribute;
import dev.duet.stun.Method;
import dev.duet.stun.StunMessage;
import dev.duet.stun.StunWriter;
import dev.duet.stun.TransportAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Allocate, RFC 8656 section 7.2, in the order of its steps. */
final class TurnShardAllocateTest {
    private final Site site = new Site();
    private final FakeClient ann = site.client("ann", 1);

    private static Consumer<StunWriter> family(int number) {
        return request -> request.uint32(Attribute.REQUESTED_ADDRESS_FAMILY, number << 24);
    }

    private static Consumer<StunWriter> additional(int number) {
        return request -> request.uint32(Attribute.ADDITIONAL_ADDRESS_FAMILY, number << 24);
    }

    private static Consumer<StunWriter> evenPort(int bits) {
        return request -> request.attribute(Attribute.EVEN_PORT, new byte[] {(byte) bits});
    }

    private static List<TransportAddress> relayed(StunMessage answer) {
        return succeeded(answer).xorAddresses(Attribute.XOR_RELAYED_ADDRESS);
    }

    private void nothingIsLeft() {
        assertThat(site.open()).isZero();
        assertThat(site.relays.count()).isZero();
        assertThat(site.user("ann").allocations()).isZero();
        assertThat(ann.shard().allocationCount()).isZero();
        assertThat(ann.wire().allocated()).isZero();
    }

    @Test
    void anAllocationHasARelayedAddressALifetimeAndTheClientsAddress() {
        StunMessage answer = ann.allocate(NOTHING);

        assertThat(relayed(answer)).singleElement().satisfies(address -> {
            assertThat(address.low()).isEqualTo(Site.HOST.low());
            assertThat(site.relays.isFree(Family.IPV4, address.port())).isFalse();
        });
        assertThat(answer.uint32(Attribute.LIFETIME)).hasValue(600);
        assertThat(answer.xorAddress(Attribute.XOR_MAPPED_ADDRESS)).hasValue(ann.address);
        assertThat(site.user("ann").allocations()).isEqualTo(1);
        assertThat(ann.wire().allocated()).isEqualTo(1);
    }

    @Test
    void step2AnotherAllocateOnTheSame5TupleIsAMismatch() {
        ann.allocate();

        assertThat(error(ann.allocate(NOTHING))).isEqualTo(437);
        assertThat(site.open()).isEqualTo(1);
    }

    @Test
    void step2ARetransmissionGetsTheSameAnswer() {
        ann.wire().exhausted.add(Family.IPV6);
        byte[] request = ann.signed(Method.ALLOCATE, newTransaction(), UDP_TRANSPORT.andThen(additional(2)));

        byte[] first = ann.answer(request).toBytes();
        byte[] second = ann.answer(request).toBytes();

        assertThat(second).isEqualTo(first);
        assertThat(site.open()).isEqualTo(1);
        assertThat(site.user("ann").allocations()).isEqualTo(1);
    }

    @Test
    void step2ARetransmissionLaterSaysWhatIsLeft() {
        byte[] request = ann.signed(Method.ALLOCATE, newTransaction(), UDP_TRANSPORT);
        ann.answer(request);
        site.pass(100);

        assertThat(ann.answer(request).uint32(Attribute.LIFETIME)).hasValue(500);
    }

    @Test
    void step3TheTransportIsUdp() {
        assertThat(error(ann.ask(Method.ALLOCATE, NOTHING))).isEqualTo(400);
        assertThat(error(ann.ask(Method.ALLOCATE, r -> r.attribute(Attribute.REQUESTED_TRANSPORT, new byte[] {17}))))
                .isEqualTo(400);
        for (int transport : new int[] {0, 6, 18, 255}) {
            assertThat(error(ann.ask(Method.ALLOCATE, r -> r.uint32(Attribute.REQUESTED_TRANSPORT, transport << 24))))
                    .as("%d; 6 is RFC 6062's", transport)
                    .isEqualTo(442);
        }
        nothingIsLeft();
    }

    @Test
    void step4WhatIsNotUnderstoodIsNamed() {
        StunMessage answer = ann.allocate(r -> r.empty(Attribute.DONT_FRAGMENT)
                .uint32(0x7ffe, 1)
                .uint32(0x7ffe, 1)
                .uint32(0xfffe, 1));

        assertThat(error(answer)).isEqualTo(420);
        assertThat(answer.value(Attribute.UNKNOWN_ATTRIBUTES).orElseThrow()).containsExactly(0x00, 0x1a, 0x7f, 0xfe);
        nothingIsLeft();
    }

    /** RFC 8489 section 6.3. */
    @Test
    void whatIsKnownAndOfNoUseHereIsIgnored() {
        assertThat(error(ann.allocate(r -> r.xorAddress(Attribute.XOR_MAPPED_ADDRESS, Site.PEER)
                        .xorAddress(Attribute.XOR_RELAYED_ADDRESS, Site.PEER)
                        .address(Attribute.MAPPED_ADDRESS, Site.PEER)
                        .uint32(Attribute.CHANNEL_NUMBER, 1)
                        .text(Attribute.SOFTWARE, "a client"))))
                .isZero();
    }

    @Test
    void step5NothingIsEverReserved() {
        Consumer<StunWriter> token = r -> r.attribute(Attribute.RESERVATION_TOKEN, new byte[8]);

        assertThat(error(ann.allocate(token))).isEqualTo(508);
        assertThat(error(ann.allocate(token.andThen(evenPort(0))))).isEqualTo(400);
        assertThat(error(ann.allocate(token.andThen(family(1))))).isEqualTo(400);
        assertThat(error(ann.allocate(token.andThen(additional(2))))).isEqualTo(400);
        nothingIsLeft();
    }

    @Test
    void step6OneFamilyOrBoth() {
        assertThat(error(ann.allocate(family(1).andThen(additional(2))))).isEqualTo(400);
        assertThat(error(ann.allocate(family(3)))).isEqualTo(440);
        assertThat(error(ann.allocate(r -> r.attribute(Attribute.REQUESTED_ADDRESS_FAMILY, new byte[] {1}))))
                .isEqualTo(440);
        nothingIsLeft();
    }

    @Test
    void step7WhatIsAdditionalIsIpv6() {
        assertThat(error(ann.allocate(additional(1)))).isEqualTo(400);
        assertThat(error(ann.allocate(additional(3)))).isEqualTo(400);
        assertThat(error(ann.allocate(additional(2).andThen(evenPort(0x80))))).isEqualTo(400);
        nothingIsLeft();
    }

    @Test
    void step8AnEvenPortIsEvenAndTheNextIsNotReserved() {
        for (int i = 0; i < 4; i++) {
            FakeClient client = site.client("ann", 10 + i);

            assertThat(relayed(client.allocate(evenPort(0))).getFirst().port() % 2)
                    .isZero();
        }
        assertThat(error(site.client("bob", 2).allocate(evenPort(0x80)))).isEqualTo(508);
        assertThat(error(site.client("bob", 2).allocate(r -> r.attribute(Attribute.EVEN_PORT, new byte[0]))))
                .isEqualTo(508);
        assertThat(site.user("bob").allocations()).isZero();
    }

    @Test
    void step9AUserHasItsQuota() {
        for (int i = 0; i < 4; i++) {
            site.client("ann", 10 + i, i % 2, Client.Transport.UDP).allocate();
        }

        assertThat(error(ann.allocate(NOTHING))).isEqualTo(486);
        assertThat(site.open()).isEqualTo(4);
        assertThat(error(site.client("bob", 2).allocate(NOTHING))).isZero();
    }

    @Test
    void aUserThatEndedGetsNone() {
        site.user("ann").end();

        assertThat(error(ann.allocate(NOTHING))).isEqualTo(486);
        nothingIsLeft();
    }

    @Test
    void aShardHasItsLimit() {
        Site small = new Site(new TurnOptions("duet", 64, 32, 1, 100, 1_000, 10_000));
        small.client("ann", 1).allocate();

        assertThat(error(small.client("ann", 2).allocate(NOTHING))).isEqualTo(508);
        assertThat(error(small.client("ann", 2, 1, Client.Transport.UDP).allocate(NOTHING)))
                .isZero();
        assertThat(small.user("ann").allocations()).isEqualTo(2);
    }

    @Test
    void step10WhoDrainsSendsElsewhere() {
        FakeClient old = site.client("bob", 2);
        old.allocate();
        ann.shard().drain(Optional.of(Site.PEER));

        StunMessage answer = ann.allocate(NOTHING);

        assertThat(error(answer)).isEqualTo(300);
        assertThat(answer.address(Attribute.ALTERNATE_SERVER)).hasValue(Site.PEER);
        assertThat(error(old.refresh(600))).isZero();
        ann.shard().drain(Optional.empty());
        assertThat(error(ann.allocate(NOTHING))).isEqualTo(508);
        assertThat(site.user("ann").allocations()).isZero();
    }

    // ---- families ----

    @Test
    void anIpv6AddressIsHadByAskingForIt() {
        assertThat(relayed(ann.allocate(family(2))))
                .singleElement()
                .satisfies(address -> assertThat(address.isIpv4()).isFalse());
        assertThat(relayed(site.client("bob", 2).allocate(family(1))))
                .singleElement()
                .satisfies(address -> assertThat(address.isIpv4()).isTrue());
    }

    @Test
    void aFamilyThatIsNotThereIsNotSupported() {
        ann.wire().families.remove(Family.IPV6);

        assertThat(error(ann.allocate(family(2)))).isEqualTo(440);
        nothingIsLeft();
    }

    @Test
    void bothFamiliesAreOneAllocation() {
        List<TransportAddress> both = relayed(ann.allocate(additional(2)));

        assertThat(both).extracting(TransportAddress::isIpv4).containsExactly(true, false);
        assertThat(site.open()).isEqualTo(2);
        assertThat(site.relays.count()).isEqualTo(2);
        assertThat(site.user("ann").allocations()).isEqualTo(1);
        ann.refresh(0);
        nothingIsLeft();
    }

    @ParameterizedTest
    @CsvSource({"true, 8", "false, 40"})
    void whyTheAdditionalFamilyIsMissingIsSaid(boolean exhausted, int rest) {
        if (exhausted) {
            ann.wire().exhausted.add(Family.IPV6);
        } else {
            ann.wire().families.remove(Family.IPV6);
        }

        StunMessage answer = ann.allocate(additional(2));

        assertThat(relayed(answer)).hasSize(1);
        byte[] why = answer.value(Attribute.ADDRESS_ERROR_CODE).orElseThrow();
        assertThat(new int[] {why[0], why[2], why[3]}).containsExactly(2, exhausted ? 5 : 4, rest);
    }

    @Test
    void withoutAFreePortThereIsNoCapacity() {
        ann.wire().exhausted.add(Family.IPV4);

        assertThat(error(ann.allocate(NOTHING))).isEqualTo(508);
        assertThat(error(ann.allocate(additional(2)))).isEqualTo(508);
        nothingIsLeft();
    }

    // ---- lifetime ----

    @ParameterizedTest
    @CsvSource({"0, 600", "1, 600", "599, 600", "601, 601", "3600, 3600", "3601, 3600", "-1, 3600"})
    void theLifetimeIsAtLeastTheDefaultAndAtMostAnHour(int asked, int given) {
        StunMessage answer = ann.allocate(r -> r.uint32(Attribute.LIFETIME, asked));

        assertThat(answer.uint32(Attribute.LIFETIME)).hasValue(given);
        site.pass(given - 1);
        site.tick();
        assertThat(site.open()).isEqualTo(1);
        site.pass(1);
        site.tick();
        nothingIsLeft();
    }

    @Test
    void afterItsEndTheSame5TupleMayHaveAnother() {
        TransportAddress first = ann.allocate();
        site.pass(600);

        TransportAddress second = ann.allocate();

        assertThat(second).isNotEqualTo(first);
        assertThat(site.open()).isEqualTo(1);
        assertThat(site.user("ann").allocations()).isEqualTo(1);
        assertThat(ann.wire().allocated()).isEqualTo(1);
    }

    /** RFC 6062 is not offered. */
    @Test
    void thereAreNoTcpAllocations() {
        ann.allocate();

        assertThat(error(ann.ask(Method.CONNECT, r -> r.xorAddress(Attribute.XOR_PEER_ADDRESS, Site.PEER))))
                .isEqualTo(403);
        assertThat(error(ann.ask(Method.CONNECTION_BIND, NOTHING))).isEqualTo(403);
    }
}
