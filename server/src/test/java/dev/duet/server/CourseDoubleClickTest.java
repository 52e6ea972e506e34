package dev.duet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A course page whose Connect is clicked twice has two sessions. The bytes are those of socket.io-client 2.x. */
final class CourseDoubleClickTest {
    private static final DuetServer SERVER =
            DuetServer.start(DuetConfig.builder().httpPort(0).eventLoops(2).build());
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String ADDRESS =
            "127.0.0.1:" + SERVER.http().orElseThrow().getPort();

    @AfterAll
    static void stop() {
        // An orderly end would wait for WebSockets that are open.
        HTTP.shutdownNow();
        SERVER.close();
    }

    /** An exception that the page's handler throws at it ends polling, but no WebSocket. */
    @Test
    void theSecondJoinedComesByWebSocket() throws Exception {
        Session first = Session.open("a page");
        first.join("one");
        assertThat(first.poll().get(5, TimeUnit.SECONDS)).contains("joined");

        Session second = Session.open("a page");
        second.join("one");
        CompletableFuture<String> polled = second.poll();
        assertThatThrownBy(() -> polled.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        second.upgrade(polled);

        assertThat(second.next()).startsWith("42[\"joined\",\"one\"");
        Session friend = Session.open("another page");
        friend.join("one");
        assertThat(friend.poll().get(5, TimeUnit.SECONDS)).contains("joined");
        assertThat(second.next()).startsWith("42[\"otherjoin\",\"one\"");
    }

    /** Two joins at once may overtake each other, and then the page speaks by the session whose join came first. */
    @Test
    void whatThePageSaysByItsFirstSessionCountsAllTheSame() throws Exception {
        Session first = Session.open("a page");
        first.join("three");
        assertThat(first.poll().get(5, TimeUnit.SECONDS)).contains("joined");
        Session second = Session.open("a page");
        second.join("three");
        assertThat(second.poll().get(5, TimeUnit.SECONDS)).contains("joined");
        Session friend = Session.open("another page");
        friend.join("three");
        assertThat(friend.poll().get(5, TimeUnit.SECONDS)).contains("joined");
        assertThat(second.poll().get(5, TimeUnit.SECONDS)).contains("otherjoin");

        first.emit("[\"message\",\"three\",\"hello\"]");
        assertThat(friend.poll().get(5, TimeUnit.SECONDS)).endsWith("42[\"message\",\"three\",\"hello\"]");
        first.emit("[\"leave\",\"three\"]");
        assertThat(second.poll().get(5, TimeUnit.SECONDS)).contains("leaved");
        assertThat(friend.poll().get(5, TimeUnit.SECONDS)).contains("bye");
    }

    @Test
    void aPageWithoutWebSocketsGetsInAllTheSame() throws Exception {
        Session first = Session.open("a page");
        first.join("two");
        assertThat(first.poll().get(5, TimeUnit.SECONDS)).contains("joined");
        Session second = Session.open("a page");
        second.join("two");

        assertThat(second.poll().get(5, TimeUnit.SECONDS)).contains("joined");
        Session friend = Session.open("another page");
        friend.join("two");
        assertThat(friend.poll().get(5, TimeUnit.SECONDS)).contains("joined");
    }

    private static <T> T soon(CompletableFuture<T> future) {
        return future.orTimeout(5, TimeUnit.SECONDS).join();
    }

    /** One session of one page. */
    private static final class Session implements WebSocket.Listener {
        private final String page;
        private final String query;
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

        private Session(String page, String query) {
            this.page = page;
            this.query = query;
        }

        static Session open(String page) throws IOException, InterruptedException {
            String handshake = soon(new Session(page, "").poll());
            int start = handshake.indexOf("\"sid\":\"") + "\"sid\":\"".length();
            return new Session(page, "&sid=" + handshake.substring(start, handshake.indexOf('"', start)));
        }

        private HttpRequest.Builder request() {
            return HttpRequest.newBuilder(
                            URI.create("http://" + ADDRESS + "/socket.io/?EIO=3&transport=polling" + query))
                    .timeout(Duration.ofSeconds(10))
                    .header("Referer", "http://" + ADDRESS + '/' + page.replace(' ', '-') + ".html");
        }

        CompletableFuture<String> poll() {
            return HTTP.sendAsync(request().GET().build(), BodyHandlers.ofString())
                    .thenApply(HttpResponse::body);
        }

        void join(String room) throws IOException, InterruptedException {
            emit("[\"join\",\"" + room + "\"]");
        }

        void emit(String event) throws IOException, InterruptedException {
            String packet = "42" + event;
            String body = packet.length() + ":" + packet;
            var posted = HTTP.send(request().POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
            assertThat(posted.body()).isEqualTo("ok");
        }

        void upgrade(CompletableFuture<String> polled) throws InterruptedException {
            URI uri = URI.create("ws://" + ADDRESS + "/socket.io/?EIO=3&transport=websocket" + query);
            WebSocket opened = soon(HTTP.newWebSocketBuilder().buildAsync(uri, this));
            soon(opened.sendText("2probe", true));
            assertThat(next()).isEqualTo("3probe");
            assertThat(soon(polled)).isEqualTo("1:6");
            soon(opened.sendText("5", true));
        }

        String next() throws InterruptedException {
            return String.valueOf(received.poll(5, TimeUnit.SECONDS));
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            received.add(data.toString());
            from.request(1);
            return null;
        }
    }
}
