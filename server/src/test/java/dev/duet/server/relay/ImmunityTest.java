package dev.duet.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.server.RelayConfig;
import dev.duet.server.RelayLimits;
import dev.duet.stun.Attribute;
import dev.duet.stun.MessageClass;
import dev.duet.stun.Method;
import dev.duet.stun.StunMessage;
import dev.duet.stun.StunWriter;
import dev.duet.stun.TransportAddress;
import dev.duet.turn.TurnCounters;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What went wrong with other TURN servers, and does not here; which addresses cannot be reached is e2e's {@code immunity}. */
final class ImmunityTest {
    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
    private static final byte[] SECRET = "a secret of the tests".getBytes(StandardCharsets.UTF_8);
    private static final int ALLOCATE_BYTES = 28;
    private static final int NETWORKS = 200;
    private static final long MEMORY_GROWTH_MAX = 1 << 20;

    @TempDir
    private Path directory;

    private RelayServer relay;

    @BeforeEach
    void start() throws IOException {
        start(RelayLimits.DEFAULT);
    }

    private void start(RelayLimits limits) throws IOException {
        Path secrets = Files.write(directory.resolve("secrets"), SECRET);
        relay = RelayServer.start(
                RelayConfig.DEFAULT
                        .withHost(HERE)
                        .withUdpPort(0)
                        .withSecrets(secrets)
                        .withLimits(limits),
                1);
    }

    @AfterEach
    void stop() {
        relay.close();
    }

    /** State before authentication: 18 KB for each forged Allocate in one server, and answers larger than questions. */
    @Test
    @Timeout(120)
    void forgedRequestsCostNoMemoryAndAreNoAmplifier() throws Exception {
        int requests = 1_000_000;
        List<DatagramChannel> senders = new ArrayList<>();
        try {
            for (int i = 0; i < NETWORKS; i++) { // Each in a /24 of its own.
                InetAddress from = InetAddress.ofLiteral("127.0." + i + ".9");
                senders.add(DatagramChannel.open()
                        .bind(new InetSocketAddress(from, 0))
                        .connect(server()));
            }
            // The pages of the path are touched and the code is compiled before it is measured.
            forge(senders, 50_000);
            settle();
            long before = heapAndNative();
            long answeredBefore = bytesAnswered();
            long handledBefore = handled();

            forge(senders, requests);
            settle();

            long handled = handled() - handledBefore;
            long out = bytesAnswered() - answeredBefore;
            long growth = heapAndNative() - before;
            System.out.printf(
                    "forged: %,d requests of %,d handled, %,d bytes in, %,d bytes out, heap and native %+,d bytes%n",
                    handled, requests, handled * ALLOCATE_BYTES, out, growth);
            assertThat(handled).as("the flood reached the relay").isGreaterThan(requests / 2);
            assertThat(relay.relayCount()).isZero();
            assertThat(relay.userCount()).isZero();
            assertThat(growth).isLessThan(MEMORY_GROWTH_MAX);
            assertThat(out).isLessThan(handled * ALLOCATE_BYTES * 3 / 2);
        } finally {
            for (DatagramChannel sender : senders) {
                sender.close();
            }
        }
    }

    private void forge(List<DatagramChannel> senders, int count) throws Exception {
        ByteBuffer request = ByteBuffer.wrap(new StunWriter()
                .start(Method.ALLOCATE, MessageClass.REQUEST, TurnClient.transactionId())
                .uint32(Attribute.REQUESTED_TRANSPORT, 17 << 24)
                .toBytes());
        long start = handled();
        for (int i = 0; i < count; i++) {
            request.putInt(8, i).rewind();
            senders.get(i % senders.size()).write(request);
            if (i % 1_000 == 999) { // No faster than it is taken, so that each is looked at.
                for (int wait = 0; wait < 200 && handled() - start < i - 500; wait++) {
                    Thread.sleep(1);
                }
            }
        }
    }

    /** The quota of one server was parsed and never enforced, that of another was given back too early. */
    @Test
    @Timeout(120)
    void oneCredentialGetsItsQuotaAndNoMore() throws Exception {
        relay.close();
        RelayLimits usual = RelayLimits.DEFAULT;
        start(new RelayLimits(usual.allocationsMax(), 64, 32, 0, usual.credentialLife(), 1_000_000));
        int tries = 100_000;
        IceServer.Login login = login("greedy");
        Set<TransportAddress> relayed = new HashSet<>();
        int refused = 0;
        try (TurnClient first = client(login)) {
            relayed.add(first.allocate());
            // A client for each hundred tries: a socket that has an allocation is told 437, one that has none 486.
            for (int i = 0; i < tries / 100; i++) {
                try (TurnClient client = client(login)) {
                    for (int n = 0; n < 100; n++) {
                        StunMessage answer = client.tryAllocate();
                        Optional<TransportAddress> address = answer.xorAddress(Attribute.XOR_RELAYED_ADDRESS);
                        address.ifPresent(relayed::add);
                        refused += address.isPresent() ? 0 : 1;
                    }
                }
            }
            assertThat(relayed).hasSize(usual.allocationsMax());
            assertThat(refused).isEqualTo(tries + 1 - usual.allocationsMax());
            assertThat(relay.relayCount()).isEqualTo(usual.allocationsMax());
        }
        relay.close();
        assertThat(relay.relayCount()).as("ports in use afterwards").isZero();
        for (TransportAddress address : relayed) {
            try (DatagramSocket free = new DatagramSocket(address.toInetSocketAddress())) {
                assertThat(free.isBound()).isTrue();
            }
        }
    }

    /** RFC 5766's relay port followed the one before it in one server (CVE-2025-69217). */
    @Test
    void relayedPortsCannotBeGuessed() throws Exception {
        Set<Integer> steps = new HashSet<>();
        // All stay open: a port that is free again may be the next one's, and its allocation is still there then.
        List<TurnClient> clients = new ArrayList<>();
        int last = 0;
        for (int i = 0; i < 20; i++) {
            TurnClient client = client(login("user" + i));
            clients.add(client);
            int port = client.allocate().port();
            assertThat(port).isBetween(RelayConfig.PORT_MIN, 0xffff);
            steps.add(port - last);
            last = port;
        }
        for (TurnClient client : clients) {
            client.close();
        }
        assertThat(steps).hasSizeGreaterThan(15);
    }

    /** Deny lists that forgot 0.0.0.0 and its like (CVE-2020-26262), or mapped forms (CVE-2026-27624). */
    @Test
    void nobodyIsSentToTheServersOwnServices() throws Exception {
        try (DatagramSocket service = new DatagramSocket(new InetSocketAddress("0.0.0.0", 0));
                TurnClient client = client(login("curious"))) {
            service.setSoTimeout(300);
            client.allocate();
            int channel = 0x4000;
            for (String name : new String[] {"127.0.0.1", "127.1.2.3", "0.0.0.0", "192.168.0.1", "169.254.169.254"}) {
                TransportAddress peer =
                        TransportAddress.of(InetAddress.ofLiteral(name).getAddress(), service.getLocalPort());
                if (!name.equals("127.0.0.1")) { // The relay's own address: a permission succeeds, data goes nowhere.
                    assertThat(client.permit(peer)).as(name).isEqualTo(403);
                    assertThat(client.bind(++channel, peer)).as(name).isEqualTo(403);
                } else {
                    assertThat(client.permit(peer)).isZero();
                    assertThat(client.bind(0x4000, peer)).isZero();
                    client.send(0x4000, new byte[10]);
                }
                client.send(peer, new byte[10]);
            }
            assertThat(received(service)).isFalse();
        }
    }

    /** Data of one who has no permission, and of a peer that nobody asked for. */
    @Test
    void withoutAPermissionNothingPassesEitherWay() throws Exception {
        try (TurnClient ann = client(login("ann"));
                TurnClient bo = client(login("bo"))) {
            TransportAddress annAt = ann.allocate();
            TransportAddress boAt = bo.allocate();
            ann.send(boAt, new byte[10]);
            assertThat(bo.receive(100)).isEmpty();
            assertThat(ann.permit(boAt)).isZero();
            ann.send(boAt, new byte[10]);
            assertThat(bo.receive(100))
                    .as("the other side has not permitted it")
                    .isEmpty();
            assertThat(bo.permit(annAt)).isZero();
            ann.send(boAt, new byte[10]);
            assertThat(bo.receive(1_000)).isPresent();
        }
    }

    /** Credentials that are good for hours after the call. */
    @Test
    void anExpiredCredentialAllocatesNothing() throws Exception {
        String username = (System.currentTimeMillis() / 1_000 - 2) + ":late";
        try (TurnClient client = client(new IceServer.Login(username, RestCredential.password(SECRET, username)))) {
            assertThat(client.tryAllocate().errorCode()).hasValue(401);
        }
    }

    /** A 401 is no longer than it must be, and carries no name of the software. */
    @Test
    void strangersLearnLittle() throws Exception {
        try (TurnClient stranger = client(new IceServer.Login("0:nobody", "nothing"))) {
            StunMessage answer = stranger.tryAllocate();
            assertThat(answer.errorCode()).hasValue(401);
            assertThat(answer.has(Attribute.SOFTWARE)).isFalse();
            assertThat(answer.toBytes().length).isLessThanOrEqualTo(140);
            StunMessage binding = stranger.request(Method.BINDING, writer -> writer);
            assertThat(binding.toBytes()).hasSize(32);
        }
    }

    private static boolean received(DatagramSocket service) throws IOException {
        try {
            service.receive(new DatagramPacket(new byte[100], 100));
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private InetSocketAddress server() {
        return new InetSocketAddress(HERE, relay.udpPort());
    }

    private TurnClient client(IceServer.Login login) throws IOException {
        return new TurnClient(TurnClient.udp(HERE, server()), login);
    }

    private static IceServer.Login login(String user) {
        String username = (System.currentTimeMillis() / 1_000 + 60) + ":" + user;
        return new IceServer.Login(username, RestCredential.password(SECRET, username));
    }

    private long handled() {
        return relay.sum(counters -> counters.answered() + counters.dropped(TurnCounters.Drop.UNANSWERED));
    }

    private long bytesAnswered() {
        return relay.sum(TurnCounters::answeredBytes);
    }

    private static void settle() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(50);
        }
    }

    /** Live heap after a collection, and what the process holds beside it in buffers. */
    private static long heapAndNative() {
        long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        long buffers = java.lang.management.ManagementFactory.getPlatformMXBeans(
                        java.lang.management.BufferPoolMXBean.class)
                .stream()
                .mapToLong(java.lang.management.BufferPoolMXBean::getMemoryUsed)
                .sum();
        return heap + buffers;
    }
}
