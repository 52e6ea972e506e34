package dev.duet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may join, as told by those in front of the server. */
final class ProxyTest {
    private static final String PUBLIC = "8.8.8.8";

    @SuppressWarnings("NullAway.Init") // Every test starts one.
    private DuetServer server;

    private void start(List<Cidr> trusted) {
        server = DuetServer.start(DuetConfig.builder()
                .httpPort(0)
                .eventLoops(2)
                .trustedProxies(trusted)
                .build());
    }

    private void startBehindAProxy() {
        start(List.of(Cidr.parse("127.0.0.1/32")));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** What a client that sends this before and in its request is answered to its join. */
    private String join(byte[] before, String... headers) throws IOException {
        try (RawWebSocket socket = new RawWebSocket(server.http().orElseThrow().getPort())) {
            socket.send(before);
            assertThat(socket.handshake(headers)).startsWith("HTTP/1.1 101");
            socket.readText();
            socket.sendText("{\"type\":\"join\",\"room\":\"r\"}");
            return socket.readText();
        }
    }

    private String join(String... headers) throws IOException {
        return join(new byte[0], headers);
    }

    @Test
    void whoIsOnTheServersOwnNetworkMayJoin() throws IOException {
        start(List.of());

        assertThat(join()).contains("\"joined\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: 127.0.0.1",
                "X-Forwarded-For: 8.8.8.8",
                "Forwarded: for=10.0.0.1",
                "Via: 1.1 tunnel",
                "X-Real-IP: ::1"
            })
    void whoeverAStrangerForwardsMayNotJoinAndIsToldTheOption(String header) throws IOException {
        start(List.of());

        assertThat(join(header))
                .contains("anonymous-refused")
                .contains("--anonymous")
                .contains("--trusted-proxy");
    }

    @Test
    void whomATrustedProxyForwardsFromThePublicNetworkMayNotJoin() throws IOException {
        startBehindAProxy();

        assertThat(join("X-Forwarded-For: " + PUBLIC)).contains("anonymous-refused");
    }

    @Test
    void whomATrustedProxyForwardsFromThePrivateNetworkMayJoin() throws IOException {
        startBehindAProxy();

        assertThat(join("X-Forwarded-For: 192.168.1.20")).contains("\"joined\"");
    }

    @Test
    void theProxyProtocolVersion1IsBelievedFromATrustedProxy() throws IOException {
        startBehindAProxy();

        assertThat(join(ascii("PROXY TCP4 " + PUBLIC + " 192.0.2.1 4711 443\r\n")))
                .contains("anonymous-refused");
        assertThat(join(ascii("PROXY TCP6 fd12:3456::77 fd12:3456::2 4711 443\r\n")))
                .contains("\"joined\"");
        assertThat(join(ascii("PROXY UNKNOWN\r\n")))
                .contains("anonymous-refused")
                .contains("PROXY header");
    }

    @Test
    void theProxyProtocolVersion2IsBelievedFromATrustedProxy() throws IOException {
        startBehindAProxy();

        assertThat(join(version2(new int[] {8, 8, 8, 8}))).contains("anonymous-refused");
        assertThat(join(version2(new int[] {192, 168, 1, 20}))).contains("\"joined\"");
    }

    /** LOCAL, which a proxy says of its own checks, and an address family that has no addresses. */
    @ParameterizedTest
    @ValueSource(ints = {0x2011, 0x2100, 0x2000})
    void aProxyHeaderWithoutAnAddressNamesNobody(int commandAndFamily) throws IOException {
        startBehindAProxy();
        byte[] header = version2(new int[] {127, 0, 0, 1});
        header[12] = (byte) (commandAndFamily >> 8);
        header[13] = (byte) commandAndFamily;

        assertThat(join(header)).contains("anonymous-refused").contains("PROXY header");
    }

    @Test
    void aTrustedProxyThatHidesItsClientsIsTold() throws IOException {
        startBehindAProxy();

        assertThat(join("Forwarded: for=unknown")).contains("anonymous-refused").contains("X-Forwarded-For");
        assertThat(join("X-Forwarded-Proto: https"))
                .contains("anonymous-refused")
                .contains("X-Forwarded-For");
        assertThat(join("X-Forwarded-For: 8.8.8.8, 192.168.1.20"))
                .contains("anonymous-refused")
                .contains("every proxy");
        assertThat(join("X-Forwarded-For: 192.168.1.20", "X-Real-IP: 8.8.8.8"))
                .contains("anonymous-refused")
                .contains("X-Real-IP");
    }

    @Test
    void besideAProxyOnThisMachineOnlyThisMachinesNamesAreAskedFor() throws IOException {
        startBehindAProxy();

        assertThat(join()).contains("\"joined\"");
        try (RawHttp http = RawHttp.plain(server.http().orElseThrow())) {
            http.send("GET /ws HTTP/1.1\r\nHost: rebound.evil\r\n" + RawHttp.UPGRADE + "\r\n");
            assertThat(http.read().status()).isEqualTo(421);
        }
    }

    @Test
    void aProxyHeaderMayComeInPieces() throws Exception {
        startBehindAProxy();
        try (RawHttp http = RawHttp.plain(server.http().orElseThrow())) {
            for (byte b : version2(new int[] {192, 168, 1, 20})) {
                http.send(new byte[] {b});
                Thread.sleep(1);
            }
            assertThat(http.get("/healthz").status()).isEqualTo(200);
        }
    }

    @Test
    void theProxyProtocolOfAStrangerIsNotHttp() throws IOException {
        start(List.of());
        for (byte[] header :
                List.of(ascii("PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n"), version2(new int[] {127, 0, 0, 1}))) {
            try (RawHttp http = RawHttp.plain(server.http().orElseThrow())) {
                http.send(header).send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");

                assertThat(http.read().status()).isEqualTo(400);
                assertThat(http.isClosed()).isTrue();
            }
        }
    }

    @Test
    void aBrokenProxyHeaderEndsTheConnection() throws IOException {
        startBehindAProxy();
        try (RawHttp http = RawHttp.plain(server.http().orElseThrow())) {
            http.send("PROXY TCP4 not an address\r\n\r\n");

            assertThat(http.isClosed()).isTrue();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Section 2.2 of the PROXY protocol: signature, version and command, TCP over IPv4, 12 bytes of addresses. */
    private static byte[] version2(int[] source) {
        byte[] header = new byte[28];
        System.arraycopy(
                new byte[] {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n', 0x21, 0x11, 0, 12},
                0,
                header,
                0,
                16);
        for (int i = 0; i < 4; i++) {
            header[16 + i] = (byte) source[i];
            header[20 + i] = 1;
        }
        header[24] = 0x12;
        header[26] = 0x1F;
        return header;
    }
}
