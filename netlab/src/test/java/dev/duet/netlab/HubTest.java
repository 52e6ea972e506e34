package dev.duet.netlab;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HubTest {
    private static final long MS = 1_000_000;

    private final Hub hub = new Hub(1);
    private final List<String> delivered = new ArrayList<>();
    private long nowNanos;
    private boolean deviceTakes = true;

    @BeforeEach
    void twoHosts() throws Exception {
        assertThat(hub.add(InetAddress.getByName("10.77.0.1"), InetAddress.getByName("fd77::1")))
                .isZero();
        assertThat(hub.add(InetAddress.getByName("10.77.0.2"), InetAddress.getByName("fd77::2")))
                .isOne();
    }

    @Test
    void aPacketGoesToTheHostThatOwnsItsAddress() throws Exception {
        hub.accept(0, packet("10.77.0.2", 1), nowNanos);
        hub.accept(1, packet("10.77.0.1", 2), nowNanos);
        hub.accept(0, packet("fd77::2", 3), nowNanos);
        advance(0);

        assertThat(delivered).containsExactly("0 ms: 1 to host 1", "0 ms: 2 to host 0", "0 ms: 3 to host 1");
    }

    @Test
    void theDelaysOfBothEndsAddUp() throws Exception {
        hub.up(0).impairment = Impairment.NONE.withDelay(50 * MS);
        hub.down(1).impairment = Impairment.NONE.withDelay(7 * MS);

        hub.accept(0, packet("10.77.0.2", 1), nowNanos);
        assertThat(hub.nextDeadlineNanos()).isEqualTo(50 * MS);
        advance(50);
        assertThat(hub.nextDeadlineNanos()).isEqualTo(57 * MS);
        advance(56);
        assertThat(delivered).isEmpty();
        advance(57);

        assertThat(delivered).containsExactly("57 ms: 1 to host 1");
        assertThat(hub.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aLateThreadDoesNotAddToTheDelayOfTheSecondLane() throws Exception {
        hub.up(0).impairment = Impairment.NONE.withDelay(10 * MS);
        hub.down(1).impairment = Impairment.NONE.withDelay(10 * MS);

        hub.accept(0, packet("10.77.0.2", 1), nowNanos);
        advance(18);

        assertThat(hub.nextDeadlineNanos()).isEqualTo(20 * MS);
    }

    @Test
    void packetsOfTheSameInstantKeepTheirOrder() throws Exception {
        for (int i = 0; i < 100; i++) {
            hub.accept(0, packet("10.77.0.2", i), nowNanos);
        }
        advance(0);

        assertThat(delivered).hasSize(100);
        assertThat(delivered.getFirst()).contains(": 0 to");
        assertThat(delivered.getLast()).contains(": 99 to");
    }

    @Test
    void aBlackoutAlsoSwallowsWhatIsOnItsWay() throws Exception {
        hub.down(1).impairment = Impairment.NONE.withDelay(50 * MS);
        hub.accept(0, packet("10.77.0.2", 1), nowNanos);
        advance(10);

        hub.down(1).impairment = hub.down(1).impairment.withBlackout(true);
        hub.accept(0, packet("10.77.0.2", 2), nowNanos);
        advance(100);
        hub.down(1).impairment = hub.down(1).impairment.withBlackout(false);
        hub.accept(0, packet("10.77.0.2", 3), nowNanos);
        advance(200);

        assertThat(delivered).containsExactly("200 ms: 3 to host 1");
        assertThat(hub.counters(1).down()).isEqualTo(new Counters.Lane(3, 1, 0, 0, 2, 0));
    }

    @Test
    void outsidePacketsAreCountedByDestinationAndDropped() throws Exception {
        hub.accept(0, packet("192.0.2.9", 1), nowNanos);
        hub.accept(0, packet("192.0.2.9", 2), nowNanos);
        hub.accept(0, packet("10.77.0.3", 3), nowNanos);
        hub.accept(0, packet("2001:db8::1", 4), nowNanos);
        advance(0);

        assertThat(delivered).isEmpty();
        assertThat(hub.counters(0).outside())
                .isEqualTo(Map.of(
                        new Counters.Destination("192.0.2.9", "udp", 4242), 2L,
                        new Counters.Destination("10.77.0.3", "udp", 4242), 1L,
                        new Counters.Destination("2001:db8:0:0:0:0:0:1", "udp", 4242), 1L));
        assertThat(hub.counters(1).outside()).isEmpty();
    }

    @Test
    void outsideDestinationsAreToldApartUpToALimit() throws Exception {
        for (int i = 0; i < Counters.OUTSIDE_MAX + 10; i++) {
            hub.accept(0, packet("192.168." + i / 256 + "." + i % 256, 1), nowNanos);
        }

        Map<Counters.Destination, Long> outside = hub.counters(0).outside();
        assertThat(outside).hasSize(Counters.OUTSIDE_MAX + 1);
        assertThat(outside).containsEntry(new Counters.Destination("other", "ip", 0), 10L);
    }

    @Test
    void aFullLaneDropsAndCounts() throws Exception {
        hub.up(0).impairment = Impairment.NONE.withDelay(50 * MS);
        for (int i = 0; i < Lane.IN_FLIGHT_MAX + 5; i++) {
            hub.accept(0, packet("10.77.0.2", i), nowNanos);
        }
        advance(60);

        assertThat(delivered).hasSize(Lane.IN_FLIGHT_MAX);
        assertThat(hub.counters(0).up().overflowed()).isEqualTo(5);
    }

    @Test
    void whatTheDeviceDoesNotTakeIsCounted() throws Exception {
        deviceTakes = false;
        hub.accept(0, packet("10.77.0.2", 1), nowNanos);
        advance(0);

        assertThat(hub.counters(1).down()).isEqualTo(new Counters.Lane(1, 0, 0, 0, 0, 1));
    }

    @Test
    void whatIsNoIpPacketIsIgnored() {
        hub.accept(0, new byte[0], nowNanos);
        hub.accept(0, new byte[] {0x45, 0}, nowNanos);
        hub.accept(0, new byte[60], nowNanos);

        assertThat(hub.counters(0))
                .isEqualTo(new Counters(
                        new Counters.Lane(0, 0, 0, 0, 0, 0), new Counters.Lane(0, 0, 0, 0, 0, 0), Map.of()));
    }

    @Test
    void theBooksBalanceWhateverHappens() throws Exception {
        hub.up(0).impairment = new Impairment(5 * MS, 3 * MS, 0.2, 0.3, false);
        hub.down(1).impairment = new Impairment(2 * MS, 2 * MS, 0.1, 0.1, false);
        for (int i = 0; i < 2_000; i++) {
            hub.accept(0, packet("10.77.0.2", i), nowNanos);
            advance(i);
        }
        advance(10_000);

        for (Counters.Lane lane : List.of(hub.counters(0).up(), hub.counters(1).down())) {
            assertThat(lane.entered() + lane.duplicated())
                    .isEqualTo(lane.passed() + lane.lost() + lane.blackedOut() + lane.overflowed());
        }
        assertThat(hub.counters(1).down().entered())
                .isEqualTo(hub.counters(0).up().passed());
        assertThat((long) delivered.size()).isEqualTo(hub.counters(1).down().passed());
    }

    private void advance(long nowMs) {
        nowNanos = nowMs * MS;
        hub.advance(nowNanos, (host, packet) -> {
            if (deviceTakes) {
                int tag = ((packet[packet.length - 2] & 0xff) << 8) | (packet[packet.length - 1] & 0xff);
                delivered.add(nowMs + " ms: " + tag + " to host " + host);
            }
            return deviceTakes;
        });
    }

    /** A UDP datagram to port 4242 that carries a number of two bytes. */
    private static byte[] packet(String to, int tag) throws Exception {
        byte[] address = InetAddress.getByName(to).getAddress();
        boolean v4 = address.length == 4;
        int header = v4 ? 20 : 40;
        byte[] packet = new byte[header + 10];
        packet[0] = (byte) (v4 ? 0x45 : 0x60);
        packet[v4 ? 9 : 6] = 17;
        System.arraycopy(address, 0, packet, v4 ? 16 : 24, address.length);
        packet[header + 2] = (byte) (4242 >> 8);
        packet[header + 3] = (byte) 4242;
        packet[header + 8] = (byte) (tag >> 8);
        packet[header + 9] = (byte) tag;
        return packet;
    }
}
