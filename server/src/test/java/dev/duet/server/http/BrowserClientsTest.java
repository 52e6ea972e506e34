package dev.duet.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The clients as web/ builds them; without that build these fail. */
final class BrowserClientsTest {
    private final BrowserClients clients = new BrowserClients();
    private final HttpHeaders request = new DefaultHttpHeaders();

    private FullHttpResponse get(String path) {
        return clients.answer(path, request).orElseThrow();
    }

    private static String body(FullHttpResponse answer) {
        return answer.content().toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({
        "/socket.io/socket.io.js, 2.5.0",
        "/socket.io/socket.io.slim.js, 2.5.0",
        "/socket.io/socket.io.dev.js, 2.5.0",
        "/socket.io/2/socket.io.js, 2.5.0",
        "/socket.io/3/socket.io.js, 3.1.3",
        "/socket.io/3/socket.io.min.js, 3.1.3",
        "/socket.io/4/socket.io.js, 4.8.4",
        "/socket.io/4/socket.io.min.js, 4.8.4",
        "/socket.io/4/socket.io.esm.min.js, 4.8.4"
    })
    void aClientSaysWhichVersionItIs(String path, String version) {
        FullHttpResponse answer = get(path);

        assertThat(answer.status().code()).isEqualTo(200);
        assertThat(answer.headers().get("x-socket.io-client")).isEqualTo(version);
        assertThat(answer.headers().get("content-type")).isEqualTo("text/javascript; charset=utf-8");
        assertThat(answer.headers().get("cross-origin-resource-policy")).isEqualTo("cross-origin");
        assertThat(body(answer).substring(0, 200)).contains("Socket.IO v" + version);
    }

    @ParameterizedTest
    @CsvSource({"/socket.io/socket.io.js, socket.io.js.map", "/socket.io/4/socket.io.min.js, socket.io.min.js.map"})
    void itsMapIsWhereItSays(String path, String map) {
        assertThat(body(get(path)).stripTrailing()).endsWith("//# sourceMappingURL=" + map);
        assertThat(get(path + ".map").headers().get("content-type")).startsWith("application/json");
    }

    @Test
    void theStandardClientIsThatOfItsMajorVersion() {
        assertThat(body(get("/socket.io/socket.io.js"))).isEqualTo(body(get("/socket.io/2/socket.io.js")));
    }

    @Test
    void clientsAreSentCompressed() throws IOException {
        String plain = body(get("/socket.io/socket.io.js"));
        request.set("Accept-Encoding", "gzip");
        FullHttpResponse answer = get("/socket.io/socket.io.js");
        byte[] bytes = new byte[answer.content().readableBytes()];
        answer.content().readBytes(bytes);

        assertThat(answer.headers().get("content-encoding")).isEqualTo("gzip");
        assertThat(bytes.length).isLessThan(plain.length() / 2);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes())
                .isEqualTo(plain.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/socket.io/socketio.js",
                "/socket.io/5/socket.io.js",
                "/socket.io/2/../4/socket.io.js",
                "/socket.io/2/socket.io.min.js",
                "/socket.io//socket.io.js",
                "/socket.io/.js"
            })
    void aNameThatIsNotThereIsAnsweredWithThoseThatAre(String path) {
        FullHttpResponse answer = get(path);

        assertThat(answer.status().code()).isEqualTo(404);
        assertThat(body(answer))
                .contains(
                        "/socket.io/socket.io.js (2.5.0", "/socket.io/3/socket.io.min.js", "/socket.io/4/socket.io.js")
                .doesNotContain(".map", ".br");
    }

    /** A page that got it would connect and be understood by nobody. */
    @ParameterizedTest
    @ValueSource(strings = {"/socket.io/3/socket.io.msgpack.min.js", "/socket.io/4/socket.io.msgpack.min.js"})
    void aClientThatIsNotUnderstoodIsNotServed(String path) {
        FullHttpResponse answer = get(path);

        assertThat(answer.status().code()).isEqualTo(404);
        assertThat(body(answer)).contains("without .msgpack", "不支持 msgpack");
    }

    @Test
    void theAdapterAndTheLicencesAreInTheLibrary() {
        assertThat(body(get(BrowserClients.ADAPTER))).contains("adapter");
        assertThat(body(get("/duet/lib/licenses.txt")))
                .contains(
                        "socket.io-client 2.5.0 (MIT)",
                        "Guillermo Rauch",
                        "webrtc-adapter",
                        "Redistributions of source");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/socket.io/", "/socket.io", "/", "/duet/lib/nothing.js", "/versions.properties", "/2/a.js"})
    void otherPathsAreNotItsBusiness(String path) {
        assertThat(clients.answer(path, request)).isEmpty();
    }

    /** One file for everybody: a cache between may keep it, since the number is drawn where the page is loaded. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/socket.io/socket.io.js",
                "/socket.io/2/socket.io.slim.dev.js",
                "/socket.io/3/socket.io.min.js",
                "/socket.io/4/socket.io.js",
                "/socket.io/4/socket.io.esm.min.js"
            })
    void aClientDrawsANumberForEachLoadAndIsTheSameForEverybody(String path) {
        FullHttpResponse answer = get(path);

        assertThat(body(answer)).contains("getRandomValues", "duetPage=");
        assertThat(answer.headers().get("cache-control")).isEqualTo("no-cache");
        assertThat(get(path).headers().get("etag")).isEqualTo(answer.headers().get("etag"));
    }
}
