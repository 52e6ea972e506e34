package dev.duet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A page is not told why its WebSocket did not open; a plain GET of the same address tells it. */
final class RefusedUpgradeTest {
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
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://localhost:" + port + path);
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
