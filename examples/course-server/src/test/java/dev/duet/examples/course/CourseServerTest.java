package dev.duet.examples.course;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.server.SocketIoServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CourseServerTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path pages;

    private SocketIoServer server;

    @BeforeEach
    void start() {
        server = CourseServer.start(0, pages);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** A browser of 2.x: whatever events it hears. */
    private final class Browser implements WebSocket.Listener {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final WebSocket socket = HTTP.newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + server.port() + "/socket.io/?EIO=3&transport=websocket"), this)
                .orTimeout(10, TimeUnit.SECONDS)
                .join();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            if (data.toString().startsWith("42")) {
                heard.add(data.toString().substring(2));
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }

        Browser emit(String json) {
            socket.sendText("42" + json, true).orTimeout(10, TimeUnit.SECONDS).join();
            return this;
        }

        String next() throws InterruptedException {
            String event = heard.poll(10, TimeUnit.SECONDS);
            return event == null ? "nothing" : event;
        }

        /** Joins, and forgets the answer. */
        Browser join(String room) throws InterruptedException {
            emit("[\"join\",\"" + room + "\"]");
            assertThat(next()).startsWith("[\"joined\",\"" + room + "\",");
            return this;
        }
    }

    @Test
    void threeMeetAndTheFourthIsTurnedAway() throws InterruptedException {
        Browser ann = new Browser().join("r");
        Browser bo = new Browser().join("r");
        assertThat(ann.next()).startsWith("[\"otherjoin\",\"r\",");
        new Browser().join("r");
        assertThat(ann.next()).startsWith("[\"otherjoin\"");
        assertThat(bo.next()).startsWith("[\"otherjoin\"");
        Browser late = new Browser().emit("[\"join\",\"r\"]");

        assertThat(late.next()).startsWith("[\"full\",\"r\",");
        late.emit("[\"message\",\"r\",\"let me in\"]").emit("[\"leave\",\"r\"]");
        assertThat(late.next()).startsWith("[\"leaved\",\"r\"");
        ann.emit("[\"message\",\"r\",\"hello\"]");
        assertThat(bo.next()).isEqualTo("[\"message\",\"r\",\"hellofrom server!\"]");
    }

    @Test
    void textsGetTheSuffixAndDescriptionsStay() throws InterruptedException {
        Browser ann = new Browser().join("r");
        Browser bo = new Browser().join("r");
        ann.next();
        bo.emit("[\"message\",\"r\",{\"type\":\"offer\",\"sdp\":\"v=0\"}]");
        assertThat(ann.next()).isEqualTo("[\"message\",\"r\",{\"type\":\"offer\",\"sdp\":\"v=0\"}]");

        bo.emit("[\"message\",\"r\"]").emit("[\"join\",\"__proto__\"]").emit("[\"join\",[\"r\",\"s\"]]");
        bo.emit("[\"message\",\"r\",\"still there\"]");
        assertThat(ann.next()).isEqualTo("[\"message\",\"r\"]");
        assertThat(ann.next()).isEqualTo("[\"message\",\"r\",\"still therefrom server!\"]");
    }

    @Test
    void whoLeavesAndWhoVanishesIsMissedOnce() throws InterruptedException {
        Browser ann = new Browser().join("r");
        Browser bo = new Browser().join("r");
        ann.next();
        bo.emit("[\"leave\",\"r\"]");
        assertThat(bo.next()).startsWith("[\"leaved\",\"r\",");
        assertThat(ann.next()).startsWith("[\"bye\",\"r\",");
        bo.join("r");
        assertThat(ann.next()).startsWith("[\"otherjoin\"");
        bo.socket.abort();
        assertThat(ann.next()).startsWith("[\"bye\",\"r\",");
        assertThat(ann.heard.poll(200, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void pagesAndTheirClientComeFromHere() throws IOException, InterruptedException {
        Files.writeString(pages.resolve("index.html"), "<p>hello");
        URI here = URI.create("http://127.0.0.1:" + server.port() + "/");
        var page = get(here);
        var client = get(here.resolve("/socket.io/socket.io.js"));

        assertThat(page.body()).isEqualTo("<p>hello");
        // Which are built by npm; without them it is said how.
        assertThat(client.body()).containsAnyOf("socket.io", "npm");
    }

    private static HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
        return HTTP.send(request, BodyHandlers.ofString());
    }

    @Test
    void theServerFitsOnAPage() throws IOException {
        Path source = Path.of("src/main/java/dev/duet/examples/course/CourseServer.java");

        assertThat(Files.readAllLines(source)).hasSizeLessThanOrEqualTo(150);
    }
}
