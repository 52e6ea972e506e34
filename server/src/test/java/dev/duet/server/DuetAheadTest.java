package dev.duet.server;

import static dev.duet.server.TestClient.field;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/protocol.md, "Ahead of the WebSocket", said over real sockets. */
final class DuetAheadTest {
    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final String OFFER = "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"}";

    private final DuetServer server = DuetServer.start(DuetConfig.builder()
            .httpPort(0)
            .eventLoops(4)
            .relay(RelayConfig.DEFAULT.withUdpPort(0))
            .limits(ConnectionLimits.DEFAULT.with(ConnectionLimits.Name.UNJOINED_PER_SOURCE, 3))
            .build());

    @AfterEach
    void stop() {
        server.close();
    }

    private static String join(String instance) {
        return "{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"instance\":\"" + instance + "\",\"key\":\"secret-"
                + instance + "\",\"streams\":[],\"offer\":0}";
    }

    private static String resume(String instance, String joined, String streams) {
        return "{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"instance\":\"" + instance + "\",\"resume\":\""
                + field(joined, "token") + "\",\"streams\":[" + streams + "]}";
    }

    /** What somebody has heard who names the epoch and the number of another. */
    private static String position(String participant, String epoch, int received) {
        return "{\"participant\":\"" + participant + "\",\"epoch\":" + epoch + ",\"received\":" + received + "}";
    }

    private static String signal(String to, int seq) {
        return "{\"type\":\"signal\",\"to\":\"" + to + "\",\"epoch\":1,\"seq\":" + seq + ",\"data\":" + seq + "}";
    }

    private RawHttp.Answer post(String key, String body, String... headers) throws IOException {
        try (RawHttp http = RawHttp.plain(server.http().orElseThrow())) {
            return post(http, key, body, headers).read();
        }
    }

    private RawHttp post(RawHttp http, String key, String body, String... headers) throws IOException {
        String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        String all = key + "\n" + body;
        int length = all.getBytes(StandardCharsets.UTF_8).length;
        return http.send("POST /ws HTTP/1.1\r\nHost: 127.0.0.1:"
                + server.http().orElseThrow().getPort() + "\r\n" + more + "Content-Length: " + length + "\r\n\r\n"
                + all);
    }

    private static void eventually(BooleanSupplier what) throws InterruptedException {
        for (int i = 0; i < 200 && !what.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        assertThat(what.getAsBoolean()).isTrue();
    }

    @Test
    void theSeatIsThereBeforeTheWebSocketAndGoesOnWithIt() throws IOException {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.send(join("ann"));
            String annId = field(ann.expect("joined"), "\"you\":", "id");
            ann.send("{\"type\":\"park\",\"id\":6,\"description\":" + OFFER + "}");
            String offer = field(ann.expect("parked"), "offer");

            RawHttp.Answer joined = post(KEY, join("bo"));
            assertThat(joined.status()).isEqualTo(200);
            assertThat(joined.body()).contains("\"description\":" + OFFER);
            assertThat(field(joined.body(), "offer")).isEqualTo(offer);
            String boId = field(joined.body(), "\"you\":", "id");
            assertThat(field(ann.expect("participant-joined"), "id")).isEqualTo(boId);

            assertThat(post(KEY, signal(annId, 1) + "\n" + signal(annId, 2)).body())
                    .isEmpty();
            assertThat(ann.expect("signal")).contains("\"data\":1");
            assertThat(ann.expect("signal")).contains("\"data\":2");

            bo.send(resume("bo", joined.body(), position(annId, "1", 0)));
            String again = bo.expect("joined");
            assertThat(field(again, "recovered")).isEqualTo("true");
            assertThat(field(again, "\"you\":", "id")).isEqualTo(boId);
            assertThat(field(again, "accepted")).isEqualTo("2");
            assertThat(ann.expect("participant-back")).contains("\"recovered\":true");

            bo.send(signal(annId, 3));
            assertThat(ann.expect("signal")).contains("\"data\":3");
        }
    }

    @Test
    void whatIsSaidToItMeanwhileComesWithTheWebSocket() throws IOException {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.send(join("ann"));
            String annId = field(ann.expect("joined"), "\"you\":", "id");
            String joined = post(KEY, join("bo")).body();
            String boId = field(joined, "\"you\":", "id");
            ann.expect("participant-joined");
            ann.send(signal(boId, 1));

            bo.send(resume("bo", joined, position(annId, "1", 0)));
            bo.expect("joined");
            assertThat(bo.await(message -> message.contains("\"signal\""))).contains("\"data\":1");
        }
    }

    @Test
    void aPostThatComesLateTakesNothingFromItsWebSocket() throws IOException {
        try (TestClient bo = TestClient.open(server)) {
            bo.send(join("bo"));
            bo.expect("joined");

            assertThat(post(KEY, join("bo")).body()).isEmpty();
            bo.send("{\"type\":\"ping\",\"id\":9}");
            bo.expect("pong");
            assertThat(post(KEY, signal("x", 1)).status()).isEqualTo(409);
        }
    }

    @Test
    void theWebSocketFindsTheSeatAlsoWhenTheAnswerWasNeverHeard() throws IOException {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.send(join("ann"));
            ann.expect("joined");
            post(KEY, join("bo"));
            String boId = field(ann.expect("participant-joined"), "id");

            bo.send(join("bo"));
            assertThat(field(bo.expect("joined"), "\"you\":", "id")).isEqualTo(boId);
        }
    }

    @Test
    void whoLeavesAheadIsGone() throws IOException {
        try (TestClient ann = TestClient.open(server)) {
            ann.send(join("ann"));
            ann.expect("joined");
            post(KEY, join("bo"));
            ann.expect("participant-joined");

            post(KEY, "{\"type\":\"leave\"}");
            assertThat(field(ann.expect("participant-left"), "reason")).isEqualTo("left");
            assertThat(post(KEY, signal("x", 1)).status()).isEqualTo(409);
        }
    }

    @Test
    void withoutItsWebSocketItIsLostAfterTenSeconds() throws IOException {
        try (TestClient ann = TestClient.open(server)) {
            ann.send(join("ann"));
            ann.expect("joined");
            long startNanos = System.nanoTime();
            post(KEY, join("bo"));
            ann.expect("participant-joined");

            String away = ann.await(message -> message.contains("participant-away"));
            assertThat(field(away, "reason")).isEqualTo("connection-lost");
            assertThat(System.nanoTime() - startNanos).isBetween(9_900_000_000L, 14_000_000_000L);
            assertThat(post(KEY, signal("x", 1)).status()).isEqualTo(409);
        }
    }

    @Test
    void aFullRoomIsToldOfByTheWebSocketOnly() throws IOException {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.join("r");
            bo.join("r");

            RawHttp.Answer answer = post(KEY, join("cy"));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEmpty();
        }
    }

    @Test
    void aConnectionThatGoesBeforeTheAnswerLeavesNobodyBehind() throws IOException, InterruptedException {
        for (int i = 0; i < 50; i++) {
            try (RawHttp http = RawHttp.plain(server.http().orElseThrow())) {
                post(http, KEY + i, join("bo" + i));
            }
        }
        // All but two of them found the room full, or were too many at once; none is counted for ever.
        eventually(() -> {
            try (TestClient one = TestClient.open(server);
                    TestClient two = TestClient.open(server);
                    TestClient three = TestClient.open(server)) {
                return one != null && two != null && three != null;
            } catch (IllegalStateException refused) {
                return false;
            }
        });
    }

    @Test
    void oneSourceHasNotTooManyOfThemAndTheirWebSocketsAreCountedApart() throws IOException {
        for (int i = 0; i < 3; i++) {
            String room = "\"room\":\"r" + i + "\"";
            assertThat(post(KEY + i, join("bo" + i).replace("\"room\":\"r\"", room))
                            .status())
                    .isEqualTo(200);
        }
        assertThat(post(KEY + 3, join("bo3")).status()).isEqualTo(429);
        // Leaving does not make place for another: who does not wait for a WebSocket either could go on for ever.
        post(KEY + 0, "{\"type\":\"leave\",\"returning\":true}");
        assertThat(post(KEY + 3, join("bo3")).status()).isEqualTo(429);
        try (TestClient bo = TestClient.open(server)) {
            bo.send(join("bo1").replace("\"room\":\"r\"", "\"room\":\"r1\""));
            bo.expect("joined");
            assertThat(post(KEY + 3, join("bo3")).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "short",
                "not a key at all!",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0"
            })
    void theKeyIsLongEnoughToBeASecret(String key) throws IOException {
        assertThat(post(key, join("bo")).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"type\":\"look\",\"room\":\"r\"}",
                "{\"type\":\"join\",\"room\":\"r\"}",
                "{\"type\":\"join\",\"room\":\"\",\"streams\":[]}",
                "{\"type\":\"join\",\"room\":\"r\",\"streams\":[]}\n{\"type\":\"join\",\"room\":\"r\",\"streams\":[]}"
            })
    void theFirstIsOneJoinWithStreams(String body) throws IOException {
        assertThat(post(KEY, body).status()).isEqualTo(409);
    }

    @Test
    void onlyPagesThatMayOpenTheWebSocketMaySayAnythingAhead() throws IOException {
        assertThat(post(KEY, join("bo"), "Origin: https://evil.example").status())
                .isEqualTo(403);
        String own = "http://127.0.0.1:" + server.http().orElseThrow().getPort();
        RawHttp.Answer answer = post(KEY, join("bo"), "Origin: " + own);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("access-control-allow-origin")).isEqualTo(own);
    }

    @Test
    void nobodyElsesKeyAndNothingButSignalsHaveAnyEffect() throws IOException {
        try (TestClient ann = TestClient.open(server)) {
            ann.send(join("ann"));
            String annId = field(ann.expect("joined"), "\"you\":", "id");
            post(KEY, join("bo"));
            ann.expect("participant-joined");

            assertThat(post("f" + KEY.substring(1), signal(annId, 1)).status()).isEqualTo(409);
            post(
                    KEY,
                    "\n{\n{\"type\":\"park\",\"description\":" + OFFER + "}\n" + "x".repeat(70_000) + "\n"
                            + signal(annId, 1));
            assertThat(ann.expect("signal")).contains("\"data\":1");
        }
    }
}
