package dev.duet.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.server.relay.RelayAddresses.Change;
import dev.duet.stun.TransportAddress;
import dev.duet.turn.Family;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A machine that gets and loses addresses. */
final class RelayAddressesTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress WIRE = InetAddress.ofLiteral("192.168.1.23");
    private static final InetAddress PUBLIC = InetAddress.ofLiteral("8.8.4.4");
    private static final InetAddress LATER = InetAddress.ofLiteral("8.8.8.8");

    private final List<InetAddress> machine = new ArrayList<>(List.of(WIRE, LOOPBACK));
    private final Set<InetAddress> bindable = new HashSet<>();
    private final RelayAddresses all = of(Optional.empty());

    private RelayAddresses of(Optional<InetAddress> host) {
        return new RelayAddresses(host, List.of(PUBLIC), () -> List.copyOf(machine), bindable::contains);
    }

    private static boolean isOwn(RelayAddresses addresses, InetAddress address) {
        TransportAddress it = TransportAddress.of(address.getAddress(), 0);
        return addresses.contain(it.high(), it.low());
    }

    private static boolean isOwnNow(RelayAddresses addresses, InetAddress address) {
        TransportAddress it = TransportAddress.of(address.getAddress(), 0);
        return addresses.containNow(it.high(), it.low());
    }

    @Test
    void itsOwnAreThoseOfTheMachineAndThoseItIsKnownUnder() {
        assertThat(isOwn(all, WIRE)).isTrue();
        assertThat(isOwn(all, PUBLIC)).isTrue();
        assertThat(isOwn(all, LOOPBACK)).isFalse();
        assertThat(isOwn(all, LATER)).isFalse();
        assertThat(all.advertised()).containsExactly(PUBLIC);
    }

    @Test
    void nothingChangesWhileTheMachineStaysAsItIs() {
        assertThat(all.refresh()).isEmpty();
    }

    @Test
    void anAddressThatComesLaterIsListenedOnAndItsOwn() {
        machine.add(0, LATER);

        assertThat(all.refresh()).contains(List.of(new Change(2, LATER)));
        assertThat(all.listeners()).containsExactly(WIRE, LOOPBACK, LATER);
        assertThat(all.listener(LATER)).isEqualTo(2);
        assertThat(all.relay(2, Family.IPV4)).contains(LATER);
        assertThat(isOwn(all, LATER)).isTrue();
        assertThat(all.refresh()).isEmpty();
    }

    @Test
    void anAddressIsItsOwnBeforeAnybodyHasLooked() {
        assertThat(isOwnNow(all, LATER)).isFalse();
        bindable.add(LATER);
        assertThat(isOwnNow(all, LATER)).isTrue();
        assertThat(isOwn(all, LATER)).isFalse();
    }

    @Test
    void anAddressThatGoesIsNoLongerRelayedFromAndKeepsItsNumber() {
        machine.add(LATER);
        all.refresh();
        machine.remove(WIRE);

        assertThat(all.refresh()).contains(List.of());
        assertThat(isOwn(all, WIRE)).isFalse();
        assertThat(all.relay(0, Family.IPV4)).contains(LATER);
        machine.add(WIRE);
        assertThat(all.refresh()).contains(List.of());
        assertThat(all.listener(WIRE)).isZero();
        assertThat(all.relay(0, Family.IPV4)).contains(WIRE);
    }

    @Test
    void aMachineThatWandersThroughAHundredNetworksIsStillListenedOn() {
        for (int i = 1; i <= 100; i++) {
            machine.removeFirst();
            InetAddress here = InetAddress.ofLiteral("10.0.0." + i);
            machine.addFirst(here);
            all.refresh();

            assertThat(all.listeners()).contains(here).hasSizeLessThanOrEqualTo(RelayAddresses.LISTENERS_MAX);
            assertThat(all.relay(all.listener(here), Family.IPV4)).contains(here);
        }
    }

    @Test
    void moreAddressesThanCanBeListenedOnAreTheServersOwnAllTheSame() {
        for (int i = 1; i <= 40; i++) {
            machine.add(InetAddress.ofLiteral("10.0.1." + i));
        }
        all.refresh();

        assertThat(all.listeners()).hasSize(RelayAddresses.LISTENERS_MAX);
        assertThat(isOwn(all, InetAddress.ofLiteral("10.0.1.40"))).isTrue();
    }

    @Test
    void theOnlyAddressThatIsMeantIsListenedOnAndTheOthersAreStillItsOwn() {
        RelayAddresses one = of(Optional.of(LOOPBACK));
        machine.add(LATER);

        assertThat(one.refresh()).contains(List.of());
        assertThat(one.listeners()).containsExactly(LOOPBACK);
        assertThat(isOwn(one, LATER)).isTrue();
        assertThat(isOwn(one, LOOPBACK)).isTrue();
    }

    /** All of 127.0.0.0/8 can be bound to: whether an address there is a peer says --relay-allow. */
    @Test
    void loopbackIsNotItsOwnBecauseItCanBeBoundTo() {
        RelayAddresses bindable =
                new RelayAddresses(Optional.empty(), List.of(), () -> List.of(WIRE), RelayAddresses.bindable());

        assertThat(isOwnNow(bindable, InetAddress.ofLiteral("127.1.2.4"))).isFalse();
        assertThat(isOwnNow(bindable, InetAddress.ofLiteral("::1"))).isFalse();
    }
}
