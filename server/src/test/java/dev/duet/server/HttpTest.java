package dev.duet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.server.RawHttp.Answer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain HTTP over real sockets, right and wrong, against one server. */
final class HttpTest {
    private static final DuetServer SERVER = DuetServer.start(
            DuetConfig.builder().httpPort(0).eventLoops(2).basePath("/video").build());

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    private static RawHttp connect() throws IOException {
        return RawHttp.plain(SERVER.http().orElseThrow());
    }

    // ---- smuggling: reliability notes, 2.1 ----

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
                "Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n",
                "Host: a\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\n",
                "Host: a\r\nContent-Length: 0\r\nContent-Length: 4\r\n\r\n",
                "Host: a\r\nContent-Length: 0, 4\r\n\r\n",
                "Host: a\r\nContent-Length: 4\r\n\r\n",
                "Host: a\r\nContent-Length: -1\r\n\r\n",
                "Host: a\r\nContent-Length: +0\r\n\r\n",
                "Host: a\r\nContent-Length: 0x0\r\n\r\n",
                "Host: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                "Host: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
                "Host: a\r\nTransfer-Encoding: identity\r\n\r\n",
                "Host: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
                "Host: a\r\nTransfer-Encoding : chunked\r\n\r\n",
                "Host: a\r\nTransfer-Encoding:\u000bchunked\r\n\r\n",
                "Host: a\r\nContent-Length : 4\r\n\r\n",
                "Host: a\nX: y\n\n",
                "Host: a\r\nX: y\nZ: w\r\n\r\n",
                "Host: a\r\nX: y\r\n folded\r\n\r\n",
                "Host: a\r\nX: y\r\n\tTransfer-Encoding: chunked\r\n\r\n",
                " Host: a\r\n\r\n",
                "Host: a\r\nHost: a\r\n\r\n",
                "Host: a\r\nHost: b\r\n\r\n",
                "X: y\r\n\r\n",
                "Host: a b\r\n\r\n",
                "Host: a/b\r\n\r\n",
                "Host: \r\n\r\n",
                "Host: a\r\nno colon\r\n\r\n",
                "Host: a\r\nX\0: y\r\n\r\n",
                "Host: a\r\nX: y\0\r\n\r\n"
            })
    void whatTwoReadersMightReadDifferentlyIsRefusedAndNothingBehindItIsRead(String headers) throws IOException {
        try (RawHttp http = connect()) {
            http.send("GET /video/healthz HTTP/1.1\r\n" + headers + "GET /video/healthz HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(http.read().status()).isEqualTo(400);
            assertThat(http.isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET / HTTP/1.1 x\r\nHost: a\r\n\r\n",
                "\0\0\0\0\r\n\r\n",
                "GET\r\n\r\n"
            })
    void whatIsNotHttpIsRefusedAndTheConnectionEnds(String bytes) throws IOException {
        try (RawHttp http = connect()) {
            http.send(bytes);

            assertThat(http.read().status()).isIn(400, 405);
            assertThat(http.isClosed()).isTrue();
        }
    }

    // ---- probes ----

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /healthz HTTP/1.0\r\n\r\n",
                "HEAD /healthz HTTP/1.0\r\n\r\n",
                "OPTIONS / HTTP/1.0\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
                "OPTIONS /healthz HTTP/1.0\r\n\r\n",
                "OPTIONS /video/readyz HTTP/1.1\r\nHost: rebound.evil\r\n\r\n",
                "GET http://10.0.0.7:8080/readyz HTTP/1.1\r\nHost: 10.0.0.7:8080\r\n\r\n",
                "GET http://10.0.0.7:8080/video/healthz HTTP/1.0\r\n\r\n",
                "GET /video/readyz HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 8.8.8.8\r\nOrigin: null\r\n\r\n",
                "GET /healthz?from=lb HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"
            })
    void aProbeIsAnsweredHoweverALoadBalancerAsks(String request) throws IOException {
        try (RawHttp http = connect()) {
            assertThat(http.send(request).read().status()).isEqualTo(200);
        }
    }

    @Test
    void whatIsNoProbeNeedsAHostInEveryVersion() throws IOException {
        try (RawHttp http = connect()) {
            assertThat(http.send("GET /video/ HTTP/1.0\r\n\r\n").read().status())
                    .isEqualTo(400);
        }
    }

    @Test
    void theHostOfAnAbsoluteAddressCountsAndTheHeaderDoesNot() throws IOException {
        try (RawHttp http = connect()) {
            Answer answer = http.send("GET http://rebound.evil/video/ws HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                    .read();
            assertThat(answer.status()).isEqualTo(421);
        }
    }

    private static String waiting(int length) {
        return "POST /video/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nContent-Length: " + length
                + "\r\n\r\n";
    }

    @Test
    void aBodyThatWaitsForLeaveGetsIt() throws IOException {
        try (RawHttp http = connect()) {
            http.send(waiting(5));
            assertThat(http.read().status()).isEqualTo(100);
            assertThat(http.send("short").read().status()).isEqualTo(400);
        }
    }

    @Test
    void aBodyThatWillBeRefusedIsNotAskedFor() throws IOException {
        try (RawHttp http = connect()) {
            http.send(waiting(9999999));
            assertThat(http.read().status()).isEqualTo(413);
        }
    }

    // ---- limits ----

    @Test
    void aRequestLineOfMoreThan4KilobytesIsRefused() throws IOException {
        try (RawHttp http = connect()) {
            assertThat(http.get("/" + "x".repeat(4_200)).status()).isEqualTo(414);
            assertThat(http.isClosed()).isTrue();
        }
    }

    @Test
    void moreThan16KilobytesOfHeadersAreRefused() throws IOException {
        try (RawHttp http = connect()) {
            assertThat(http.get("/video/healthz", "X: " + "x".repeat(16_500)).status())
                    .isEqualTo(431);
            assertThat(http.isClosed()).isTrue();
        }
    }

    @Test
    void sixtyFourHeadersAreTakenAndNoMore() throws IOException {
        try (RawHttp http = connect()) {
            assertThat(http.get("/video/healthz", headers(63)).status()).isEqualTo(200);
            assertThat(http.get("/video/healthz", headers(64)).status()).isEqualTo(431);
            assertThat(http.isClosed()).isTrue();
        }
    }

    private static String[] headers(int count) {
        String[] headers = new String[count];
        for (int i = 0; i < count; i++) {
            headers[i] = "X-" + i + ": y";
        }
        return headers;
    }

    @Test
    void headersThatDoNotComeWithinFiveSecondsAreNotWaitedFor() throws IOException {
        try (RawHttp http = connect()) {
            long start = System.nanoTime();
            http.send("GET /video/healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n");

            assertThat(http.isClosed()).isTrue();
            assertThat((System.nanoTime() - start) / 1e9).isBetween(4.5, 8.0);
        }
    }

    @Test
    void whoAsksAndAsksWithoutReadingIsClosed() throws IOException {
        try (RawHttp http = connect()) {
            http.socket.setSoTimeout(20_000);
            byte[] requests = "GET /video/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
                    .repeat(1_000)
                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII);

            assertThatThrownBy(() -> {
                        for (int i = 0; i < 200; i++) {
                            http.send(requests);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    // ---- methods, paths ----

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "TRACE", "CONNECT", "PATCH", "get"})
    void onlyGetAndHeadAreServed(String method) throws IOException {
        try (RawHttp http = connect()) {
            Answer answer = http.send(method + " /video/healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                    .read();

            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.header("allow")).isEqualTo("GET, HEAD");
        }
    }

    @Test
    void aHeadIsAGetWithoutItsBody() throws IOException {
        try (RawHttp http = connect()) {
            int length = http.get("/video/healthz").body().length();
            Answer head = http.send("HEAD /video/healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                    .read(false);

            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("content-length")).isEqualTo(String.valueOf(length));
            assertThat(http.get("/video/healthz").body()).isEqualTo("ok\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/healthz", "/video/healthz", "/readyz", "/video/readyz"})
    void healthIsToldWithAndWithoutTheBasePath(String path) throws IOException {
        try (RawHttp http = connect()) {
            assertThat(http.get(path).status()).isEqualTo(200);
        }
    }

    @Test
    void theBasePathWithoutItsSlashIsRedirected() throws IOException {
        try (RawHttp http = connect()) {
            Answer answer = http.get("/video");

            assertThat(answer.status()).isEqualTo(308);
            assertThat(answer.header("location")).isEqualTo("/video/");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/ws", "/videos/", "/video/nothing", "/video/../etc/passwd", "/video//", "/video/trust"})
    void whereNothingIsIsNothing(String path) throws IOException {
        try (RawHttp http = connect()) {
            assertThat(http.get(path).status()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/ws", "/video/socket"})
    void aWebSocketAtAnotherPathIsToldWhereItIs(String path) throws IOException {
        try (RawHttp http = connect()) {
            Answer answer = http.get(path, RawHttp.UPGRADE.split("\r\n"));

            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.body())
                    .contains("ws://127.0.0.1:" + SERVER.http().orElseThrow().getPort() + "/video/ws");
        }
    }

    @Test
    void everyAnswerIsProtected() throws IOException {
        try (RawHttp http = connect()) {
            for (String path : List.of("/video/healthz", "/nothing", "/video/ws")) {
                Answer answer = http.get(path);

                assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
                assertThat(answer.header("referrer-policy")).isEqualTo("no-referrer");
                assertThat(answer.header("cross-origin-resource-policy")).isEqualTo("same-origin");
            }
        }
    }

    // ---- the upgrade ----

    private static Answer upgrade(String... headers) throws IOException {
        try (RawHttp http = connect()) {
            return http.get("/video/ws", headers);
        }
    }

    @Test
    void theExampleOfTheRfcIsAccepted() throws IOException {
        Answer answer = upgrade(RawHttp.UPGRADE.split("\r\n"));

        assertThat(answer.status()).isEqualTo(101);
        assertThat(answer.header("sec-websocket-accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assertThat(answer.header("sec-websocket-protocol")).isEqualTo("duet.v1");
        assertThat(answer.headers()).doesNotContainKey("sec-websocket-extensions");
    }

    @Test
    void aPlainGetIsToldHowToUpgrade() throws IOException {
        Answer answer = upgrade();

        assertThat(answer.status()).isEqualTo(426);
        assertThat(answer.body()).contains("new WebSocket('ws://127.0.0.1:").contains("duet.v1");
    }

    @Test
    void anotherVersionIsToldTheRightOne() throws IOException {
        Answer answer =
                upgrade(RawHttp.UPGRADE.replace("Version: 13", "Version: 8").split("\r\n"));

        assertThat(answer.status()).isEqualTo(426);
        assertThat(answer.header("sec-websocket-version")).isEqualTo("13");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-WebSocket-Key: short",
                "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==",
                "X: y",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
            })
    void aHandshakeWithoutItsKeyIsRefused(String key) throws IOException {
        String headers = RawHttp.UPGRADE.replace("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", key);

        assertThat(upgrade(headers.split("\r\n")).status()).isEqualTo(400);
    }

    @Test
    void aPageOfAnotherOriginIsRefusedByName() throws IOException {
        Answer answer = upgrade((RawHttp.UPGRADE + "Origin: https://evil.example").split("\r\n"));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body())
                .startsWith("origin-refused")
                .contains("https://evil.example")
                .contains("--allow-origin");
    }

    @Test
    void aHostThatIsNoneOfItsNamesIsRefused() throws IOException {
        try (RawHttp http = connect()) {
            Answer answer = http.send("GET /video/ws HTTP/1.1\r\nHost: rebound.evil\r\n" + RawHttp.UPGRADE + "\r\n")
                    .read();

            assertThat(answer.status()).isEqualTo(421);
            assertThat(answer.body()).startsWith("host-refused");
        }
    }
}
