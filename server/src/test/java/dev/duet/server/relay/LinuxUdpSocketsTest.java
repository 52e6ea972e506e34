package dev.duet.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.duet.stun.TransportAddress;
import dev.duet.turn.Datagram;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What only Linux's own calls do. */
@EnabledOnOs(OS.LINUX)
final class LinuxUdpSocketsTest {
    private static final int UNKNOWN_OPTION = 9999;
    private static final int PORT_UNREACHABLE_TYPE = 3;
    private static final int PORT_UNREACHABLE_CODE = 3;
    private static final int PORT_UNREACHABLE_TYPE_IPV6 = 1;
    private static final int PORT_UNREACHABLE_CODE_IPV6 = 4;

    private static InetSocketAddress any(String host) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(host), 0);
    }

    private static void send(UdpSockets sockets, int from, InetSocketAddress to, int length) {
        TransportAddress address = TransportAddress.of(to);
        Datagram datagram = sockets.spare().payload(Datagram.HEADROOM, length);
        sockets.send(from, address.high(), address.low(), address.port(), datagram);
    }

    /** An address where nobody listens. */
    private static InetSocketAddress deserted(UdpSockets sockets, String host) throws IOException {
        int socket = sockets.open(any(host), false);
        InetSocketAddress address = sockets.local(socket);
        sockets.close(socket);
        return address;
    }

    private static void expectRefusal(String host, int type, int code) throws IOException {
        try (UdpSockets sockets = new LinuxUdpSockets()) {
            int from = sockets.open(any(host), false);
            InetSocketAddress to = deserted(sockets, host);
            Inbox inbox = new Inbox();

            send(sockets, from, to, 100);
            sockets.flush();
            inbox.receiveUntil(sockets, () -> !inbox.refused.isEmpty());

            assertThat(inbox.refused).containsExactly(new Inbox.Refused(from, to, type, code));
        }
    }

    @Test
    void aRefusalByIcmpIsToldWithItsDestination() throws IOException {
        expectRefusal("127.0.0.1", PORT_UNREACHABLE_TYPE, PORT_UNREACHABLE_CODE);
        expectRefusal("::1", PORT_UNREACHABLE_TYPE_IPV6, PORT_UNREACHABLE_CODE_IPV6);
    }

    @Test
    void afterARefusalTheSocketIsQuietAgain() throws IOException {
        try (UdpSockets sockets = new LinuxUdpSockets()) {
            int from = sockets.open(any("127.0.0.1"), false);
            Inbox inbox = new Inbox();
            send(sockets, from, deserted(sockets, "127.0.0.1"), 100);
            sockets.flush();
            inbox.receiveUntil(sockets, () -> !inbox.refused.isEmpty());

            long began = System.nanoTime();
            sockets.receive(30_000_000, inbox);

            // It was not woken by the error again.
            assertThat(System.nanoTime() - began).isGreaterThan(29_000_000);
            assertThat(inbox.refused).hasSize(1);
        }
    }

    @Test
    void refusedDatagramsNeverCostOthersTheirs() throws IOException {
        try (UdpSockets sockets = new LinuxUdpSockets()) {
            int from = sockets.open(any("127.0.0.1"), false);
            int to = sockets.open(any("127.0.0.1"), false);
            InetSocketAddress deserted = deserted(sockets, "127.0.0.1");
            Inbox inbox = new Inbox();

            for (int round = 0; round < 20; round++) {
                // Lengths that join no run, so that each waits behind an error of the one before.
                send(sockets, from, deserted, 100 + round);
                send(sockets, from, sockets.local(to), 300 + round);
            }
            sockets.flush();
            inbox.receiveUntil(sockets, () -> inbox.received.size() == 20 && inbox.refused.size() >= 20);

            assertThat(inbox.of(to)).hasSize(20);
            assertThat(inbox.refused).hasSize(20);
            assertThat(sockets.dropped()).isZero();
        }
    }

    @Test
    void sharedSocketsHearNothingOfIcmp() throws IOException {
        try (UdpSockets sockets = new LinuxUdpSockets()) {
            int from = sockets.open(any("127.0.0.1"), true);
            Inbox inbox = new Inbox();

            send(sockets, from, deserted(sockets, "127.0.0.1"), 100);
            sockets.flush();
            sockets.receive(20_000_000, inbox);

            assertThat(inbox.refused).isEmpty();
        }
    }

    @Test
    void whatWaitsOnASocketThatClosesIsNotSent() throws IOException {
        try (UdpSockets sockets = new LinuxUdpSockets()) {
            int from = sockets.open(any("127.0.0.1"), false);
            int to = sockets.open(any("127.0.0.1"), false);
            Inbox inbox = new Inbox();

            send(sockets, from, sockets.local(to), 100);
            sockets.close(from);
            // The number's next owner sends nothing that is not its own.
            assertThat(sockets.open(any("127.0.0.1"), false)).isEqualTo(from);
            sockets.flush();
            inbox.receiveRest(sockets);

            assertThat(inbox.received).isEmpty();
        }
    }

    private static UdpSockets afterRuns(int segmentOption, int runs, int length) throws IOException {
        UdpSockets sockets = new LinuxUdpSockets(segmentOption);
        int from = sockets.open(any("127.0.0.1"), false);
        int to = sockets.open(any("127.0.0.1"), false);
        Inbox inbox = new Inbox();
        for (int run = 0; run < runs; run++) {
            for (int datagram = 0; datagram < 8; datagram++) {
                send(sockets, from, sockets.local(to), length);
            }
            sockets.flush();
            inbox.receive(sockets, 8 * (run + 1));
        }
        assertThat(inbox.received).hasSize(8 * runs);
        assertThat(sockets.dropped()).isZero();
        return sockets;
    }

    @Test
    void runsRestAfterAFewRefusalsAndAreTriedAgain() throws IOException {
        try (UdpSockets taken = afterRuns(LinuxSocketCalls.UDP_SEGMENT, 20, 1000)) {
            assertThat(taken.name()).isEqualTo("recvmmsg, UDP GSO");
        }
        try (UdpSockets refused = afterRuns(UNKNOWN_OPTION, LinuxSender.REFUSALS_MAX - 1, 1000)) {
            assertThat(refused.name()).isEqualTo("recvmmsg, UDP GSO");
        }
        try (UdpSockets refused = afterRuns(UNKNOWN_OPTION, LinuxSender.REFUSALS_MAX, 1000)) {
            assertThat(refused.name()).isEqualTo("recvmmsg");
        }
        int rest = LinuxSender.REST_DATAGRAMS / 8;
        try (UdpSockets refused = afterRuns(UNKNOWN_OPTION, LinuxSender.REFUSALS_MAX + rest + 1, 10)) {
            assertThat(refused.name()).isEqualTo("recvmmsg, UDP GSO");
        }
    }

    @Test
    void longPartsThatAreRefusedSayNothingOfShorterOnes() throws IOException {
        try (UdpSockets refused = afterRuns(UNKNOWN_OPTION, 2 * LinuxSender.REFUSALS_MAX, 1300)) {
            assertThat(refused.name()).isEqualTo("recvmmsg, UDP GSO");
        }
    }

    @Test
    void aDestinationThatTakesNothingAtAllDoesNotStopRuns() throws IOException {
        try (UdpSockets sockets = new LinuxUdpSockets()) {
            int from = sockets.open(any("127.0.0.1"), false);

            for (int run = 0; run < 2 * LinuxSender.REFUSALS_MAX; run++) {
                for (int datagram = 0; datagram < 8; datagram++) {
                    send(sockets, from, any("127.0.0.1"), 1000);
                }
                sockets.flush();
            }

            assertThat(sockets.name()).isEqualTo("recvmmsg, UDP GSO");
            assertThat(sockets.dropped()).isEqualTo(16L * LinuxSender.REFUSALS_MAX);
        }
    }

    @Test
    void relayingAllocatesNothing() throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (UdpSockets sockets = new LinuxUdpSockets()) {
            int ping = sockets.open(any("127.0.0.1"), true);
            int pong = sockets.open(any("127.0.0.1"), true);
            Relay relay = new Relay(sockets);
            // Several senders take turns, so that no run is endless and no address is the previous one.
            for (int datagram = 0; datagram < 32; datagram++) {
                send(sockets, ping, sockets.local(pong), 100 + datagram / 8);
            }
            sockets.flush();
            relay.run(300_000);

            long before = threads.getCurrentThreadAllocatedBytes();
            long relayed = relay.run(100_000);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;

            assertThat(sockets.dropped()).isZero();
            assertThat(allocated / (double) relayed).isLessThan(1);
        }
    }

    /** Sends what comes back to where it came from. */
    private static final class Relay implements UdpSockets.Receiver {
        private final UdpSockets sockets;
        private long relayed;

        Relay(UdpSockets sockets) {
            this.sockets = sockets;
        }

        long run(long datagrams) {
            long began = relayed;
            while (relayed - began < datagrams) {
                int count = sockets.receive(10_000_000_000L, this);
                if (count == 0) {
                    throw new AssertionError("datagrams were lost");
                }
                sockets.flush();
            }
            return relayed - began;
        }

        @Override
        public void received(int socket, Datagram datagram) {
            relayed++;
            sockets.send(socket, datagram.sourceHigh(), datagram.sourceLow(), datagram.sourcePort(), datagram);
        }

        @Override
        public void refused(int socket, InetSocketAddress destination, int type, int code) {}
    }

    @Test
    void theWayIsChosenByThePlatform() throws IOException {
        try (UdpSockets linux = UdpSocketsFactory.best("Linux", "amd64").sockets();
                UdpSockets asked =
                        UdpSocketsFactory.open(UdpSocketsFactory.Way.NIO).sockets()) {
            assertThat(List.of(linux.name(), asked.name())).containsExactly("recvmmsg, UDP GSO", "java.nio");
        }
        UdpSocketsFactory.Choice mac = UdpSocketsFactory.best("Mac OS X", "aarch64");
        try (UdpSockets sockets = mac.sockets()) {
            assertThat(sockets.name()).isEqualTo("java.nio");
            assertThat(mac.why()).isEqualTo("no Linux calls on Mac OS X aarch64");
        }
    }
}
