package dev.duet.server.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.stun.TransportAddress;
import dev.duet.turn.Datagram;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds however the sockets are done. Loopback loses a datagram only when a receiver's buffer is full, and no test fills one. */
final class UdpSocketsTest {
    private static final String IPV4 = "127.0.0.1";
    private static final String IPV6 = "::1";
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private static InetSocketAddress any(String host) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(host), 0);
    }

    /** Bytes that say which datagram they are, and of which each has its place. */
    private static byte[] payload(int number, int length) {
        byte[] payload = new byte[length];
        new Random(number).nextBytes(payload);
        return payload;
    }

    private static Datagram spare(UdpSockets sockets, byte[] payload) {
        Datagram datagram = sockets.spare().payload(Datagram.HEADROOM, payload.length);
        datagram.buffer().put(Datagram.HEADROOM, payload);
        return datagram;
    }

    private static void send(UdpSockets sockets, int from, int to, byte[] payload) {
        TransportAddress destination = TransportAddress.of(sockets.local(to));
        sockets.send(from, destination.high(), destination.low(), destination.port(), spare(sockets, payload));
    }

    /** Sends the payloads, and expects them in order. */
    private static void expectInOrder(UdpSockets sockets, String host, List<byte[]> payloads) throws IOException {
        int from = sockets.open(any(host), false);
        int to = sockets.open(any(host), false);
        Inbox inbox = new Inbox();

        for (byte[] payload : payloads) {
            send(sockets, from, to, payload);
        }
        sockets.flush();
        inbox.receive(sockets, payloads.size());

        assertThat(inbox.of(to)).containsExactlyElementsOf(payloads);
        assertThat(sockets.dropped()).isZero();
    }

    private static List<byte[]> payloads(int... lengths) {
        List<byte[]> payloads = new ArrayList<>();
        for (int length : lengths) {
            payloads.add(payload(payloads.size(), length));
        }
        return payloads;
    }

    private static List<byte[]> equal(int count, int length) {
        List<byte[]> payloads = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            payloads.add(payload(number, length));
        }
        return payloads;
    }

    @ParameterizedTest
    @EnumSource
    void whatComesIsSentBackFromWhereItLies(RelaySocketsOf way) throws IOException {
        for (String host : List.of(IPV4, IPV6)) {
            try (UdpSockets sockets = way.open()) {
                int client = sockets.open(any(host), false);
                int echo = sockets.open(any(host), false);
                byte[] sent = payload(1, 700);
                List<byte[]> back = new ArrayList<>();
                Inbox inbox = new Inbox();

                send(sockets, client, echo, sent);
                sockets.flush();
                long end = System.nanoTime() + PATIENCE_NANOS;
                while (back.isEmpty() && System.nanoTime() < end) {
                    sockets.receive(10_000_000, new UdpSockets.Receiver() {
                        @Override
                        public void received(int socket, Datagram datagram) {
                            inbox.received(socket, datagram);
                            if (socket == echo) {
                                // As the relay does: a header is taken off, or put before what came.
                                datagram.payload(datagram.offset() - 4, datagram.length() + 4);
                                datagram.buffer().putInt(datagram.offset(), 0x40000001);
                                sockets.send(
                                        echo,
                                        datagram.sourceHigh(),
                                        datagram.sourceLow(),
                                        datagram.sourcePort(),
                                        datagram);
                            } else {
                                back.add(inbox.received.getLast().payload());
                            }
                        }

                        @Override
                        public void refused(int socket, InetSocketAddress destination, int type, int code) {}
                    });
                    sockets.flush();
                }

                assertThat(inbox.received.getFirst().source()).isEqualTo(TransportAddress.of(sockets.local(client)));
                assertThat(back).hasSize(1);
                assertThat(back.getFirst())
                        .hasSize(704)
                        .startsWith(0x40, 0, 0, 1)
                        .endsWith(sent);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRunArrivesWholeAndInOrder(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open()) {
            expectInOrder(sockets, IPV4, equal(9, 1100));
            expectInOrder(sockets, IPV6, equal(9, 1100));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRunLongerThanAMessageArrivesWholeAndInOrder(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open()) {
            expectInOrder(sockets, IPV4, equal(200, 150));
            expectInOrder(sockets, IPV4, equal(40, 3900));
        }
    }

    @ParameterizedTest
    @EnumSource
    void mixedLengthsKeepTheirOrder(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open()) {
            expectInOrder(sockets, IPV4, payloads(100, 1200, 100, 100, 1200, 1200, 1, 1200, 1199, 1200, 0, 0, 7, 7, 0));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLastOfARunMayBeShorter(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open()) {
            expectInOrder(sockets, IPV4, payloads(1100, 1100, 1100, 314, 1100, 1100));
        }
    }

    @ParameterizedTest
    @EnumSource
    void interleavedDestinationsKeepTheirOrders(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open()) {
            int from = sockets.open(any(IPV4), false);
            List<Integer> to = new ArrayList<>();
            List<List<byte[]>> sent = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                to.add(sockets.open(any(IPV4), false));
                sent.add(new ArrayList<>());
            }
            Random random = new Random(11);
            Inbox inbox = new Inbox();

            // Fewer than a queue holds, more than are looked back at.
            for (int number = 0; number < 300; number++) {
                int destination = random.nextInt(number < 100 ? 2 : to.size());
                byte[] payload = payload(number, random.nextInt(4) == 0 ? random.nextInt(1100) : 1100);
                sent.get(destination).add(payload);
                send(sockets, from, to.get(destination), payload);
            }
            sockets.flush();
            inbox.receive(sockets, 300);

            for (int i = 0; i < to.size(); i++) {
                assertThat(inbox.of(to.get(i))).containsExactlyElementsOf(sent.get(i));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void manySocketsEachGetTheirOwn(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open()) {
            int from = sockets.open(any(IPV4), true);
            Inbox inbox = new Inbox();
            List<Integer> to = new ArrayList<>();
            for (int number = 0; number < 200; number++) {
                to.add(sockets.open(any(IPV4), false));
            }

            for (int number = 0; number < 600; number++) {
                send(sockets, from, to.get(number % 200), payload(number, 200));
            }
            sockets.flush();
            inbox.receive(sockets, 600);

            assertThat(new HashSet<>(to)).hasSize(200);
            for (int number = 0; number < 200; number++) {
                assertThat(inbox.of(to.get(number)))
                        .containsExactly(payload(number, 200), payload(number + 200, 200), payload(number + 400, 200));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsLeftOfABatchComesWithTheNext(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open()) {
            int from = sockets.open(any(IPV4), true);
            List<Integer> to = new ArrayList<>();
            for (int number = 0; number < 10; number++) {
                to.add(sockets.open(any(IPV4), false));
            }
            Inbox inbox = new Inbox();

            for (int number = 0; number < 1000; number++) {
                send(sockets, from, to.get(number % 10), payload(number, 20));
            }
            sockets.flush();
            inbox.receive(sockets, 1000);

            assertThat(inbox.received).hasSize(1000);
            assertThat(inbox.largestBatch).isGreaterThan(64).isLessThanOrEqualTo(256);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLargestIsReceivedAndALargerOneIsCounted(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open()) {
            int from = sockets.open(any(IPV4), false);
            int to = sockets.open(any(IPV4), false);
            Inbox inbox = new Inbox();

            send(sockets, from, to, payload(1, Datagram.PAYLOAD_BYTES_MAX + 1));
            send(sockets, from, to, payload(2, Datagram.PAYLOAD_BYTES_MAX));
            sockets.flush();
            inbox.receive(sockets, 1);

            assertThat(inbox.of(to)).containsExactly(payload(2, Datagram.PAYLOAD_BYTES_MAX));
            assertThat(sockets.dropped()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void twoShareAnAddressAndBothGetTraffic(RelaySocketsOf way) throws IOException {
        try (UdpSockets one = way.open();
                UdpSockets other = way.open();
                UdpSockets clients = way.open()) {
            InetSocketAddress shared = one.local(one.open(any(IPV4), true));
            other.open(shared, true);
            TransportAddress to = TransportAddress.of(shared);
            Inbox first = new Inbox();
            Inbox second = new Inbox();

            for (int number = 0; number < 100; number++) {
                int client = clients.open(any(IPV4), false);
                clients.send(client, to.high(), to.low(), to.port(), spare(clients, payload(number, 10)));
                clients.flush();
            }
            first.receiveRest(one);
            second.receiveRest(other);

            assertThat(first.received).isNotEmpty();
            assertThat(second.received).isNotEmpty();
            assertThat(first.received.size() + second.received.size()).isEqualTo(100);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAddressThatIsTakenCannotBeOpened(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open()) {
            InetSocketAddress taken = sockets.local(sockets.open(any(IPV4), false));

            assertThatThrownBy(() -> sockets.open(taken, false))
                    .isInstanceOf(BindException.class)
                    .hasMessageStartingWith("127.0.0.1:" + taken.getPort());
            assertThat(sockets.open(any(IPV4), false)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closingASocketLeavesWhatOthersSend(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open()) {
            int leaving = sockets.open(any(IPV4), false);
            int staying = sockets.open(any(IPV4), false);
            int to = sockets.open(any(IPV4), false);
            Inbox inbox = new Inbox();

            send(sockets, staying, to, payload(1, 100));
            send(sockets, leaving, to, payload(2, 100));
            send(sockets, staying, to, payload(3, 100));
            TransportAddress left = TransportAddress.of(sockets.local(leaving));
            sockets.close(leaving);
            sockets.flush();
            inbox.receiveUntil(
                    sockets,
                    () -> inbox.received.stream().anyMatch(one -> Arrays.equals(one.payload(), payload(3, 100))));

            assertThat(inbox.received.stream()
                            .filter(one -> !one.source().equals(left))
                            .map(Inbox.Received::payload))
                    .containsExactly(payload(1, 100), payload(3, 100));
            assertThatThrownBy(() -> sockets.local(leaving)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> send(sockets, leaving, to, payload(4, 1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReceiverMayCloseTheSocketItIsToldOf(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open()) {
            int from = sockets.open(any(IPV4), false);
            int to = sockets.open(any(IPV4), false);
            List<Integer> told = new ArrayList<>();

            for (byte[] payload : equal(8, 100)) {
                send(sockets, from, to, payload);
            }
            sockets.flush();
            long end = System.nanoTime() + PATIENCE_NANOS;
            while (told.isEmpty() && System.nanoTime() < end) {
                sockets.receive(10_000_000, new UdpSockets.Receiver() {
                    @Override
                    public void received(int socket, Datagram datagram) {
                        told.add(socket);
                        sockets.close(socket);
                        try {
                            // The same number, but nothing that came for the one before.
                            assertThat(sockets.open(any(IPV4), false)).isEqualTo(socket);
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    }

                    @Override
                    public void refused(int socket, InetSocketAddress destination, int type, int code) {}
                });
            }
            Inbox inbox = new Inbox();
            inbox.receiveRest(sockets);

            assertThat(told).containsExactly(to);
            assertThat(inbox.received).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theNumberOfAClosedSocketIsGivenAgainAndWorks(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open()) {
            int from = sockets.open(any(IPV4), false);
            Set<Integer> numbers = new HashSet<>();
            Inbox inbox = new Inbox();

            for (int time = 0; time < 50; time++) {
                int to = sockets.open(any(IPV4), false);
                numbers.add(to);
                send(sockets, from, to, payload(time, 30));
                sockets.flush();
                inbox.receive(sockets, time + 1);
                sockets.close(to);
            }

            assertThat(numbers).hasSize(1);
            assertThat(inbox.received).hasSize(50);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherThreadEndsTheWait(RelaySocketsOf way) throws Exception {
        try (UdpSockets sockets = way.open()) {
            for (int time = 0; time < 20; time++) {
                long began = System.nanoTime();
                Thread waking = Thread.ofPlatform().start(sockets::wakeUp);
                sockets.receive(PATIENCE_NANOS, new Inbox());
                waking.join();

                assertThat(System.nanoTime() - began).isLessThan(PATIENCE_NANOS / 2);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void nobodyWaitsLongerThanAsked(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open()) {
            long began = System.nanoTime();
            int received = sockets.receive(20_000_000, new Inbox());

            assertThat(received).isZero();
            assertThat(System.nanoTime() - began).isBetween(19_000_000L, PATIENCE_NANOS / 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDestinationOfTheOtherFamilyIsDroppedAndCounted(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open()) {
            int from = sockets.open(any(IPV4), false);
            int to = sockets.open(any(IPV6), false);

            send(sockets, from, to, payload(1, 10));
            sockets.flush();

            assertThat(sockets.dropped()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatTheKernelNeverTakesIsCountedAndTheRestIsSent(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open()) {
            int from = sockets.open(any(IPV4), false);
            int to = sockets.open(any(IPV4), false);
            // Nothing can be sent to port 0.
            TransportAddress nowhere = TransportAddress.of(new byte[] {127, 0, 0, 1}, 0);
            Inbox inbox = new Inbox();

            send(sockets, from, to, payload(1, 100));
            for (int number = 0; number < 3; number++) {
                sockets.send(from, nowhere.high(), nowhere.low(), nowhere.port(), spare(sockets, payload(9, 100)));
            }
            send(sockets, from, to, payload(2, 200));
            sockets.flush();
            inbox.receive(sockets, 2);

            assertThat(inbox.of(to)).containsExactly(payload(1, 100), payload(2, 200));
            assertThat(sockets.dropped()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSpareMayBeAskedForAtAnyTime(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open()) {
            expectInOrder(sockets, IPV4, equal(150, 60));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDatagramOfOtherSocketsIsRefused(RelaySocketsOf way) throws IOException {
        try (UdpSockets sockets = way.open();
                UdpSockets others = way.open()) {
            int from = sockets.open(any(IPV4), false);

            assertThatThrownBy(() -> sockets.send(from, 0, 0, 9, Datagram.allocate()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> sockets.send(from, 0, 0, 9, others.spare()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closingTwiceAndWakingAfterwardsDoNoHarm(RelaySocketsOf way) throws IOException {
        UdpSockets sockets = way.open();
        InetSocketAddress local = sockets.local(sockets.open(any(IPV4), false));

        sockets.close();
        sockets.close();
        sockets.wakeUp();

        try (UdpSockets others = way.open()) {
            assertThat(others.local(others.open(local, false))).isEqualTo(local);
        }
    }
}
