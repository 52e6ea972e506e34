package dev.duet.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.server.RawHttp.Answer;
import dev.duet.server.tls.CertificateSource;
import dev.duet.server.tls.KeyMaterial;
import dev.duet.server.tls.LocalAuthority;
import dev.duet.server.tls.LocalNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One server with an https and an http port, and clients that come to the right and to the wrong one. */
final class PortsTest {
    @TempDir
    private Path data;

    @SuppressWarnings("NullAway.Init") // Every test starts one.
    private DuetServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    private static CertificateSource authority(Path data) {
        LocalNames names = LocalNames.of("kitchen", List.of(InetAddress.ofLiteral("192.0.2.7")));
        return new LocalAuthority(data, InstantSource.system(), new SecureRandom(), () -> names);
    }

    private void start(HttpMode mode, CertificateSource certificates) {
        server = DuetServer.start(DuetConfig.builder()
                .httpPort(0)
                .httpsPort(0)
                .httpMode(mode)
                .certificates(certificates)
                .eventLoops(2)
                .build());
    }

    private InetSocketAddress https() {
        return server.https().orElseThrow();
    }

    private InetSocketAddress http() {
        return server.http().orElseThrow();
    }

    @Test
    void whoComesByTlsToTheHttpsPortIsServed() throws IOException {
        start(HttpMode.REDIRECT, authority(data));
        try (RawHttp client = RawHttp.tls(https())) {
            assertThat(client.get("/ws", RawHttp.UPGRADE.split("\r\n")).status())
                    .isEqualTo(101);
        }
    }

    @Test
    void whoComesPlainToTheHttpsPortIsToldTheRightAddress() throws IOException {
        start(HttpMode.REDIRECT, authority(data));
        try (RawHttp client = RawHttp.plain(https())) {
            Answer page = client.get("/r/room?x=1");
            assertThat(page.status()).isEqualTo(308);
            assertThat(page.header("location")).isEqualTo("https://127.0.0.1:" + https().getPort() + "/r/room?x=1");

            Answer socket = client.get("/ws", RawHttp.UPGRADE.split("\r\n"));
            assertThat(socket.status()).isEqualTo(400);
            assertThat(socket.body()).contains("wss://127.0.0.1:" + https().getPort() + "/ws");
        }
    }

    @Test
    void whoComesByTlsToTheHttpPortIsToldTheRightAddress() throws IOException {
        start(HttpMode.SERVE, authority(data));
        try (RawHttp client = RawHttp.tls(http())) {
            assertThat(client.get("/").header("location")).isEqualTo("https://127.0.0.1:" + https().getPort() + "/");
        }
    }

    @Test
    void otherMachinesAreRedirectedFromHttpToHttps() throws IOException {
        start(HttpMode.REDIRECT, authority(data));
        try (RawHttp client = RawHttp.plain(http())) {
            Answer answer = client.send("GET /x HTTP/1.1\r\nHost: kitchen.local:80\r\n\r\n")
                    .read();

            assertThat(answer.status()).isEqualTo(308);
            assertThat(answer.header("location")).isEqualTo("https://kitchen.local:" + https().getPort() + "/x");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /", "GET /ws", "GET /socket.io/?EIO=4&transport=polling"})
    void whatCameThroughATunnelIsToldTheOptionAndNotSentToAnotherPort(String request) throws IOException {
        start(HttpMode.REDIRECT, authority(data));
        try (RawHttp http = RawHttp.plain(http())) {
            http.send(request + " HTTP/1.1\r\nHost: abc.tunnel.example\r\nX-Forwarded-For: 8.8.8.8\r\n\r\n");
            RawHttp.Answer answer = http.read();

            assertThat(answer.status()).isEqualTo(421);
            assertThat(answer.body()).contains("--trusted-proxy 127.0.0.1 --anonymous");
        }
    }

    @Test
    void thisMachineIsServedByHttp() throws IOException {
        start(HttpMode.REDIRECT, authority(data));
        try (RawHttp client = RawHttp.plain(http())) {
            assertThat(client.get("/ws", RawHttp.UPGRADE.split("\r\n")).status())
                    .isEqualTo(101);
        }
    }

    @Test
    void everybodyIsServedByHttpWhenItIsSaidSo() throws IOException {
        start(HttpMode.SERVE, authority(data));
        try (RawHttp client = RawHttp.plain(http())) {
            Answer answer = client.send("GET /ws HTTP/1.1\r\nHost: kitchen.local\r\n" + RawHttp.UPGRADE + "\r\n")
                    .read();

            assertThat(answer.status()).isEqualTo(101);
        }
    }

    @Test
    void healthIsToldOnBothPortsUnderAnyName() throws IOException {
        start(HttpMode.REDIRECT, authority(data));
        try (RawHttp plain = RawHttp.plain(http());
                RawHttp tls = RawHttp.tls(https())) {
            for (RawHttp client : List.of(plain, tls)) {
                assertThat(client.send("GET /healthz HTTP/1.1\r\nHost: 198.51.100.1\r\n\r\n")
                                .read()
                                .body())
                        .isEqualTo("ok\n");
                assertThat(client.get("/readyz").body()).isEqualTo("ready\n");
            }
        }
    }

    @Test
    void theAuthorityIsOfferedByPlainHttpToo() throws Exception {
        start(HttpMode.REDIRECT, authority(data));
        try (RawHttp client = RawHttp.plain(http())) {
            Answer page = client.send("GET /trust HTTP/1.1\r\nHost: kitchen.local\r\n\r\n")
                    .read();
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.header("content-security-policy")).contains("default-src 'none'");
            assertThat(page.header("permissions-policy")).contains("camera=(self)");
            assertThat(client.get("/trust/trust.css").header("content-type")).startsWith("text/css");

            Answer pem = client.get("/trust/ca.pem");
            assertThat(pem.header("content-disposition")).isEqualTo("attachment; filename=\"duet-ca.pem\"");
            assertThat(pem.body()).startsWith("-----BEGIN CERTIFICATE-----\n");
            assertThat(client.get("/trust/ca.crt").header("content-type")).isEqualTo("application/x-x509-ca-cert");
        }
    }

    /** Gives out whatever certificate lies there now, as one that is renewed on disk. */
    private static final class ChangingSource implements CertificateSource {
        private volatile KeyMaterial now;

        ChangingSource(KeyMaterial first) {
            now = first;
        }

        @Override
        public KeyMaterial current() {
            return now;
        }

        @Override
        public Optional<X509Certificate> authority() {
            return Optional.empty();
        }
    }

    @Test
    void aRenewedCertificateServesNewConnectionsWhileTheOldOnesGoOn() throws Exception {
        KeyMaterial first = authority(data.resolve("first")).current();
        KeyMaterial renewed = authority(data.resolve("renewed")).current();
        ChangingSource source = new ChangingSource(first);
        start(HttpMode.REDIRECT, source);
        try (RawHttp old = RawHttp.tls(https())) {
            assertThat(old.get("/healthz").status()).isEqualTo(200);
            assertThat(old.certificate()).isEqualTo(first.chain().getFirst());

            source.now = renewed;
            assertThat(awaitCertificate(renewed.chain().getFirst())).isTrue();
            assertThat(old.get("/healthz").status()).isEqualTo(200);
        }
    }

    private boolean awaitCertificate(X509Certificate expected) throws Exception {
        for (int i = 0; i < 100; i++) {
            try (RawHttp client = RawHttp.tls(https())) {
                client.get("/healthz");
                if (client.certificate().equals(expected)) {
                    return true;
                }
            }
            Thread.sleep(100);
        }
        return false;
    }
}
