package dev.duet.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.server.access.Interfaces;
import dev.duet.server.relay.IceServer;
import dev.duet.server.relay.RelayServer;
import dev.duet.server.relay.TurnClient;
import dev.duet.stun.TransportAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A seat brings credentials for the relay, and its end takes them back. */
final class SeatRelayTest {
    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
    private static final Pattern LOGIN = Pattern.compile("\"username\":\"([^\"]+)\",\"credential\":\"([^\"]+)\"");

    private final DuetServer server = DuetServer.start(DuetConfig.builder()
            .httpPort(0)
            .eventLoops(2)
            .seatGrace(Duration.ofMillis(500))
            .relay(RelayConfig.DEFAULT.withUdpPort(0))
            .build());
    private final RelayServer relay = server.relay().orElseThrow();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theAnswerToAJoinNamesTheRelayWithCredentials() {
        try (TestClient ann = TestClient.open(server)) {
            String joined = ann.join("r");

            int udp = relay.udpPort();
            assertThat(joined)
                    .contains("\"iceServers\":[{\"urls\":[\"stun:")
                    .containsPattern("turn:[^\"]+:" + udp + "\\?transport=udp")
                    .doesNotContain("transport=tcp")
                    .contains("\"iceServersLifeMs\":600000")
                    .doesNotContain("turns:");
            String again = ann.send("{\"type\":\"ice-servers\",\"id\":7}").expect("ice-servers");
            assertThat(again)
                    .contains("\"id\":7", "\"iceServersLifeMs\":600000")
                    .containsPattern(LOGIN);
        }
    }

    /** Where it listens is its own affair: a server that a proxy on this machine hides is still found by UDP. */
    @Test
    void theRelayListensEverywhereWhateverTheHostOfTheServer() {
        List<InetAddress> others = Interfaces.addresses().stream()
                .filter(address -> !address.isLoopbackAddress())
                .toList();
        assertThat(server.http().orElseThrow().getAddress().isLoopbackAddress()).isTrue();
        assertThat(relay.listeners()).containsAll(others);
        assertThat(relay.advertised()).allMatch(address -> others.isEmpty() || !address.isLoopbackAddress());
    }

    @Test
    void aServerThatListensEverywhereIsARelayByTcpToo() {
        try (DuetServer open = DuetServer.start(DuetConfig.builder()
                        .host("0.0.0.0")
                        .httpPort(0)
                        .relay(RelayConfig.DEFAULT.withUdpPort(0))
                        .build());
                TestClient ann = TestClient.open(open)) {
            assertThat(ann.join("r"))
                    .containsPattern("turn:[^\"]+:" + open.http().orElseThrow().getPort() + "\\?transport=tcp");
        }
    }

    @Test
    void aLibraryRelaysUnlessItIsSwitchedOffAndTwoServersOfOneMachineDoNotDisturbEachOther() {
        DuetConfig asItComes =
                DuetConfig.builder().host("localhost").httpPort(0).build();
        try (DuetServer one = DuetServer.start(asItComes);
                DuetServer two = DuetServer.start(asItComes);
                DuetServer off = DuetServer.start(
                        DuetConfig.builder().httpPort(0).relay(RelayConfig.OFF).build())) {
            assertThat(one.relay().orElseThrow().udpPort())
                    .isNotEqualTo(two.relay().orElseThrow().udpPort());
            assertThat(off.relay()).isEmpty();
        }
    }

    @Test
    void outsideARoomThereAreNone() {
        try (TestClient ann = TestClient.open(server)) {
            assertThat(ann.send("{\"type\":\"ice-servers\",\"id\":1}").expect("error"))
                    .contains("not-in-room");
        }
    }

    @Test
    void theySpeakByItAndItsBytesAreCounted() throws Exception {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            String annJoined = ann.join("r");
            String boJoined = bo.join("r");
            try (TurnClient annRelayed = client(annJoined);
                    TurnClient boRelayed = client(boJoined)) {
                TransportAddress annAt = annRelayed.allocate();
                TransportAddress boAt = boRelayed.allocate();
                annRelayed.permit(boAt);
                boRelayed.permit(annAt);
                annRelayed.send(boAt, new byte[1_000]);
                assertThat(boRelayed.receive(2_000)).contains(new byte[1_000]);

                assertThat(relay.relayed(id(annJoined))).contains(new RelayServer.Relayed(1_000, 0));
                assertThat(relay.relayed(id(boJoined))).contains(new RelayServer.Relayed(0, 1_000));
            }
        }
    }

    @Test
    void whoLeavesIsRelayedNoMore() throws Exception {
        try (TestClient ann = TestClient.open(server)) {
            String joined = ann.join("r");
            try (TurnClient relayed = client(joined);
                    TurnClient later = client(joined)) {
                relayed.allocate();
                ann.send("{\"type\":\"leave\",\"id\":2}").expect("left");

                awaitNoRelay(Duration.ofSeconds(2));
                assertThat(later.tryAllocate().errorCode())
                        .as("the credential is nobody's now")
                        .hasValue(401);
            }
        }
    }

    @Test
    void whoseConnectionIsLostIsRelayedAsLongAsTheCallGoesOn() throws Exception {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            String annJoined = ann.join("r");
            try (TurnClient annRelayed = client(annJoined);
                    TurnClient boRelayed = client(bo.join("r"))) {
                TransportAddress annAt = annRelayed.allocate();
                TransportAddress boAt = boRelayed.allocate();
                annRelayed.permit(boAt);
                boRelayed.permit(annAt);
                ann.abort();
                for (int i = 0; i < 30; i++) { // The seat ends after half a second.
                    annRelayed.send(boAt, new byte[10]);
                    assertThat(boRelayed.receive(1_000)).isPresent();
                    Thread.sleep(100);
                }
                assertThat(relay.relayed(id(annJoined)))
                        .as("the seat has ended")
                        .isEmpty();
                assertThat(relay.relayCount()).isEqualTo(2);
                assertThat(boRelayed.refresh(0).errorCode()).isEmpty();

                awaitNoRelay(Duration.ofSeconds(14));
            }
        }
    }

    @Test
    void anotherTurnServerIsNamedWithTheSameConvention(@TempDir Path directory) throws Exception {
        Path secrets = Files.writeString(directory.resolve("secrets"), "0123456789abcdef\n");
        RelayConfig elsewhere = RelayConfig.DEFAULT
                .withSecrets(secrets)
                .withExternal(java.util.List.of("stun:turn.example.org", "turn:turn.example.org?transport=udp"));
        try (DuetServer other = DuetServer.start(
                        DuetConfig.builder().httpPort(0).relay(elsewhere).build());
                TestClient ann = TestClient.open(other)) {
            String joined = ann.join("r");

            assertThat(other.relay()).isEmpty();
            assertThat(joined)
                    .contains("[{\"urls\":[\"stun:turn.example.org\"]},")
                    .contains("{\"urls\":[\"turn:turn.example.org?transport=udp\"],")
                    .containsPattern("\"username\":\"[0-9]{10}:");
        }
    }

    private void awaitNoRelay(Duration patience) throws InterruptedException {
        for (long waited = 0; relay.relayCount() > 0 && waited < patience.toMillis(); waited += 20) {
            Thread.sleep(20);
        }
        assertThat(relay.relayCount()).isZero();
    }

    private static String id(String joined) {
        Matcher matcher = Pattern.compile("\"you\":\\{\"id\":\"([^\"]+)\"").matcher(joined);
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    private TurnClient client(String joined) throws java.io.IOException {
        Matcher matcher = LOGIN.matcher(joined);
        assertThat(matcher.find()).as(joined).isTrue();
        return new TurnClient(
                TurnClient.udp(HERE, new InetSocketAddress(HERE, relay.udpPort())),
                new IceServer.Login(matcher.group(1), matcher.group(2)));
    }
}
