package dev.duet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A page is not told why its WebSocket did not open; a plain GET of the same address tells it. */
final class RefusedUpgradeTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final DuetServer server =
            DuetServer.start(DuetConfig.builder().httpPort(0).build());
    private final int port = server.http().orElseThrow().getPort();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aPageOfAnotherOriginIsToldSo() throws Exception {
        HttpResponse<String> answer = get("/ws?origin=" + encoded("https://elsewhere.example"));

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).startsWith("origin-refused").contains("--allow-origin");
    }

    @Test
    void aPageOfAnotherServerIsToldBothWaysOut() throws Exception {
        HttpResponse<String> answer = get("/ws?origin=" + encoded("http://127.0.0.1:5500"));

        assertThat(answer.body())
                .contains("--allow-origin http://127.0.0.1:5500 ", "--pages", "http://localhost:" + port + "/ ");
        assertThat(answer.headers().firstValue("access-control-allow-origin"))
                .as("so that the page's browser shows it")
                .contains("*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "file://", "file:///lesson"})
    void aPageOpenedFromDiskIsToldToBeServed(String origin) throws Exception {
        HttpResponse<String> answer = get("/ws?origin=" + encoded(origin));

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body())
                .startsWith("origin-refused")
                .contains("opened from disk", "磁盘", "--pages", "http://localhost:" + port + "/ ")
                .doesNotContain("--allow-origin");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://évil.example",
                "https://a b",
                "a\r\nb: c",
                "https://a;b",
                "https://$(x)",
                "https://a/b",
                ""
            })
    void whatCannotBeShownIsNotRepeated(String origin) throws Exception {
        HttpResponse<String> answer = get("/ws?origin=" + encoded(origin));

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("pages of another origin", "--allow-origin ORIGIN ");
    }

    @Test
    void aPageThatWouldBeTakenIsToldThatTheUpgradeIsMissing() throws Exception {
        assertThat(get("/ws?origin=" + encoded("http://localhost:" + port)).statusCode())
                .isEqualTo(426);
        assertThat(get("/ws").statusCode()).isEqualTo(426);
    }

    @Test
    void moreThanOneOriginIsNone() throws Exception {
        assertThat(get("/ws?origin=a&origin=b").statusCode()).isEqualTo(400);
    }

    private static String encoded(String origin) {
        return URLEncoder.encode(origin, StandardCharsets.UTF_8);
    }

    private HttpResponse<String> get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
