package dev.duet.examples.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.server.SocketIoServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over polling, which any HTTP client can speak. */
final class SocketIoServerExampleTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final SocketIoServer server = SocketIoServerExample.start(
            SocketIoServerExample.options(new String[] {"--port", "0", "--max-payload", "1000"})
                    .orElseThrow());

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return HTTP.send(request(path).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(10));
    }

    private String open(String path) throws Exception {
        String handshake = get(path + "?EIO=4&transport=polling").body();
        return path + "?EIO=4&transport=polling&sid=" + handshake.split("\"")[3];
    }

    @Test
    void engineIoEchoes() throws Exception {
        String session = open("/engine.io/");

        assertThat(post(session, "4hello\u001ebAQID").body()).isEqualTo("ok");
        assertThat(get(session).body()).isEqualTo("4hello\u001ebAQID");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/custom,"})
    void socketIoAnswersInBothNamespaces(String namespace) throws Exception {
        String session = open("/socket.io/");
        post(session, "40" + namespace + "{\"token\":\"t\"}");
        assertThat(get(session).body())
                .matches("40" + namespace + "\\{\"sid\":\"[^\"]+\"}\u001e42" + namespace
                        + "\\[\"auth\",\\{\"token\":\"t\"}]");
        post(session, "42" + namespace + "[\"message\",1,\"2\"]\u001e42" + namespace + "7[\"message-with-ack\",3]");

        assertThat(get(session).body())
                .isEqualTo("42" + namespace + "[\"message-back\",1,\"2\"]\u001e43" + namespace + "7[3]");
    }

    @Test
    void anUnknownNamespaceIsRefused() throws Exception {
        String session = open("/socket.io/");
        post(session, "40/other");

        assertThat(get(session).body()).isEqualTo("44/other,{\"message\":\"Invalid namespace\"}");
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() throws Exception {
        assertThat(post(open("/engine.io/"), "4" + "x".repeat(1_000)).statusCode())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port", "--port x", "--colour 1"})
    void wrongOptionsAreRefused(String line) {
        assertThat(SocketIoServerExample.options(line.split(" "))).isEmpty();
    }

    @Test
    void optionsHaveDefaults() {
        assertThat(SocketIoServerExample.options(new String[0]))
                .hasValueSatisfying(options -> assertThat(options).isNotEqualTo(Map.of()));
    }
}
