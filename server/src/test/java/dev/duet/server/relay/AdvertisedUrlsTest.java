package dev.duet.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.server.DuetConfig;
import dev.duet.server.DuetServer;
import dev.duet.server.RelayConfig;
import dev.duet.server.relay.AdvertisedUrl.State;
import dev.duet.server.tls.LocalAuthority;
import dev.duet.server.tls.LocalNames;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A relay that asks for itself where clients are told to find it. */
final class AdvertisedUrlsTest {
    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

    private final DuetServer server;
    private final DuetServer other = DuetServer.start(DuetConfig.builder()
            .httpPort(0)
            .relay(RelayConfig.DEFAULT.withUdpPort(0))
            .build());

    AdvertisedUrlsTest(@TempDir Path directory) {
        LocalNames names = new LocalNames("localhost", Set.of("localhost"), Set.of(HERE));
        server = DuetServer.start(DuetConfig.builder()
                .httpPort(0)
                .httpsPort(0)
                .certificates(new LocalAuthority(directory, InstantSource.system(), new SecureRandom(), () -> names))
                .relay(RelayConfig.DEFAULT.withUdpPort(0))
                .build());
    }

    @AfterEach
    void stop() {
        server.close();
        other.close();
    }

    private State state(String url) {
        RelayServer relay = server.relay().orElseThrow();
        return new RelayProbe(relay.visitorLogin("probe")).ask(url).state();
    }

    @Test
    void itAnswersByEveryTransport() {
        int udp = server.relay().orElseThrow().udpPort();
        int http = server.http().orElseThrow().getPort();
        int https = server.https().orElseThrow().getPort();

        assertThat(state("turn:127.0.0.1:" + udp)).isEqualTo(State.ANSWERS);
        assertThat(state("turn:localhost:" + udp + "?transport=udp")).isEqualTo(State.ANSWERS);
        assertThat(state("turn:127.0.0.1:" + http + "?transport=tcp")).isEqualTo(State.ANSWERS);
        assertThat(state("turns:localhost:" + https + "?transport=tcp")).isEqualTo(State.ANSWERS);
        assertThat(state("turns:127.0.0.1:" + https)).isEqualTo(State.ANSWERS);
    }

    @Test
    void anotherRelayIsSomebodyElse() {
        assertThat(state("turn:127.0.0.1:" + other.relay().orElseThrow().udpPort()))
                .isEqualTo(State.SOMEBODY_ELSE);
        assertThat(state("turn:127.0.0.1:" + other.http().orElseThrow().getPort() + "?transport=tcp"))
                .isEqualTo(State.SOMEBODY_ELSE);
    }

    @Test
    void whatIsWrongIsSaidByItsName() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, HERE)) {
            closed = socket.getLocalPort();
        }
        assertThat(state("turns:127.0.0.1:" + other.http().orElseThrow().getPort()))
                .isEqualTo(State.NO_TLS);
        assertThat(state("turns:127.0.0.1:" + closed)).isEqualTo(State.REFUSED);
        assertThat(state("turn:127.0.0.1:" + closed + "?transport=tcp")).isEqualTo(State.REFUSED);
        assertThat(state("turn:nowhere.invalid:3478")).isEqualTo(State.UNKNOWN_HOST);
        assertThat(state("https://127.0.0.1")).isEqualTo(State.UNREADABLE);
        try (DatagramSocket mute = new DatagramSocket(0, HERE)) {
            assertThat(state("turn:127.0.0.1:" + mute.getLocalPort())).isEqualTo(State.SILENT);
        }
    }

    @Test
    void whatCannotWorkIsNotToldUntilItDoes() {
        int udp = server.relay().orElseThrow().udpPort();
        String good = "turn:127.0.0.1:" + udp + "?transport=udp";
        AdvertisedUrls urls = new AdvertisedUrls(
                server.relay().orElseThrow(), List.of(good, "turns:nowhere.invalid:443?transport=tcp"));
        urls.ask();

        assertThat(urls.usable()).containsExactly(good);
        assertThat(urls.all()).extracting(AdvertisedUrl::state).containsExactly(State.ANSWERS, State.UNKNOWN_HOST);
    }
}
