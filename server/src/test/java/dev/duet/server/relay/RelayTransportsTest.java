package dev.duet.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.server.DuetConfig;
import dev.duet.server.DuetServer;
import dev.duet.server.RelayConfig;
import dev.duet.server.tls.LocalAuthority;
import dev.duet.server.tls.LocalNames;
import dev.duet.stun.TransportAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each transport of one client with each of the other, each way of doing UDP; the shards are two, so that clients meet across them. */
@ParameterizedClass
@EnumSource(
        value = RelayConfig.Mode.class,
        names = {"ON", "PORTABLE"})
final class RelayTransportsTest {
    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
    private static final String SECRET = "a secret of the tests";
    private static final int CHANNEL = 0x4001;
    private static final int PATIENCE_MS = 5_000;

    private final DuetServer server;

    enum Transport {
        UDP,
        TCP,
        TLS
    }

    record Pair(Transport one, Transport other) {}

    static List<Pair> pairs() {
        List<Pair> pairs = new ArrayList<>();
        for (Transport one : Transport.values()) {
            for (Transport other : Transport.values()) {
                pairs.add(new Pair(one, other));
            }
        }
        return pairs;
    }

    RelayTransportsTest(RelayConfig.Mode mode, @TempDir Path directory) throws IOException {
        Path secrets = Files.writeString(directory.resolve("secrets"), SECRET + "\n");
        LocalNames names = new LocalNames("localhost", Set.of("localhost"), Set.of(HERE));
        server = DuetServer.start(DuetConfig.builder()
                .httpPort(0)
                .httpsPort(0)
                .certificates(new LocalAuthority(
                        directory.resolve("tls"), InstantSource.system(), new SecureRandom(), () -> names))
                .eventLoops(2)
                .relay(RelayConfig.DEFAULT.withMode(mode).withUdpPort(0).withSecrets(secrets))
                .build());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void dataGoesFromOneToTheOtherByChannelsAndByIndications(Pair pair) throws Exception {
        // Several of each, so that some pairs are of one shard and some of two.
        for (int i = 0; i < 4; i++) {
            try (TurnClient ann = client(pair.one);
                    TurnClient bo = client(pair.other)) {
                TransportAddress annAt = ann.allocate();
                TransportAddress boAt = bo.allocate();
                assertThat(ann.permit(boAt)).isZero();
                assertThat(bo.permit(annAt)).isZero();

                ann.send(boAt, bytes(700, i));
                assertThat(bo.receive(PATIENCE_MS)).contains(bytes(700, i));

                assertThat(ann.bind(CHANNEL, boAt)).isZero();
                ann.send(CHANNEL, bytes(1_201, i));
                assertThat(bo.receive(PATIENCE_MS)).contains(bytes(1_201, i));

                assertThat(bo.bind(CHANNEL + 7, annAt)).isZero();
                for (int size = 1; size < 40; size++) {
                    bo.send(CHANNEL + 7, bytes(size, size));
                    assertThat(ann.receive(PATIENCE_MS)).contains(bytes(size, size));
                }
                assertThat(ann.refresh(0).errorCode()).isEmpty();
                bo.send(CHANNEL + 7, bytes(10, 10));
                assertThat(ann.receive(50)).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoIsGoneLeavesNothing(Transport transport) throws Exception {
        RelayServer relay = server.relay().orElseThrow();
        try (TurnClient ann = client(transport)) {
            ann.allocate();
            assertThat(relay.relayCount()).isPositive();
            if (transport == Transport.UDP) {
                ann.refresh(0);
            }
        }
        for (int i = 0; i < 100 && relay.relayCount() > 0; i++) {
            Thread.sleep(20);
        }
        assertThat(relay.relayCount()).isZero();
    }

    private static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + seed);
        }
        return bytes;
    }

    private TurnClient client(Transport transport) throws IOException {
        long later = System.currentTimeMillis() / 1_000 + 60;
        String username = later + ":" + new SecureRandom().nextLong();
        byte[] secret = SECRET.getBytes(StandardCharsets.UTF_8);
        var login = new IceServer.Login(username, RestCredential.password(secret, username));
        TurnClient.Link link = switch (transport) {
            case UDP ->
                TurnClient.udp(
                        HERE,
                        new InetSocketAddress(HERE, server.relay().orElseThrow().udpPort()));
            case TCP -> TurnClient.stream(new Socket(HERE, port(server.http())));
            case TLS -> TurnClient.stream(tls().getSocketFactory().createSocket(HERE, port(server.https())));
        };
        return new TurnClient(link, login);
    }

    private static int port(Optional<InetSocketAddress> address) {
        return address.orElseThrow().getPort();
    }

    private static SSLContext tls() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
