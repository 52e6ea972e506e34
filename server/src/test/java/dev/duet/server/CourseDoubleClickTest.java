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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A course page whose Connect is clicked twice has two sessions, and is one person; two people are two, whatever they have in common. The
 * bytes are those of socket.io-client 2.x.
 */
final class CourseDoubleClickTest {
    private static final DuetServer SERVER = DuetServer.start(DuetConfig.builder()
            .httpPort(0)
            .eventLoops(2)
            .relay(RelayConfig.OFF)
            .build());
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String ADDRESS =
            "127.0.0.1:" + SERVER.http().orElseThrow().getPort();

    /** What the Socket.IO script of a page draws at each load. */
    private static final String PAGE = "&duetPage=00112233445566778899aabbccddeeff";

    private static final String ANOTHER = "&duetPage=ffeeddccbbaa99887766554433221100";

    @AfterAll
    static void stop() {
        // An orderly end would wait for WebSockets that are open.
        HTTP.shutdownNow();
        SERVER.close();
    }

    /** An exception that the page's handler throws at it ends polling, but no WebSocket. */
    @Test
    void theSecondJoinedComesByWebSocket() throws Exception {
        Session first = Session.open(PAGE);
        first.join("one");
        assertThat(first.poll().get(5, TimeUnit.SECONDS)).contains("joined");

        Session second = Session.open(PAGE);
        second.join("one");
        CompletableFuture<String> polled = second.poll();
        assertThatThrownBy(() -> polled.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        second.upgrade(polled);

        assertThat(second.next()).startsWith("42[\"joined\",\"one\"");
        Session friend = Session.open(ANOTHER);
        friend.join("one");
        assertThat(friend.poll().get(5, TimeUnit.SECONDS)).contains("joined");
        assertThat(second.next()).startsWith("42[\"otherjoin\",\"one\"");
    }

    /** Two joins at once may overtake each other, and then the page speaks by the session whose join came first. */
    @Test
    void whatThePageSaysByItsFirstSessionCountsAllTheSame() throws Exception {
        Session first = Session.open(PAGE);
        first.join("three");
        assertThat(first.poll().get(5, TimeUnit.SECONDS)).contains("joined");
        Session second = Session.open(PAGE);
        second.join("three");
        assertThat(second.poll().get(5, TimeUnit.SECONDS)).contains("joined");
        Session friend = Session.open(ANOTHER);
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
        Session first = Session.open(PAGE);
        first.join("two");
        assertThat(first.poll().get(5, TimeUnit.SECONDS)).contains("joined");
        Session second = Session.open(PAGE);
        second.join("two");

        assertThat(second.poll().get(5, TimeUnit.SECONDS)).contains("joined");
        Session friend = Session.open(ANOTHER);
        friend.join("two");
        assertThat(friend.poll().get(5, TimeUnit.SECONDS)).contains("joined");
    }

    /** A classroom: one address, one browser, one page, all press Connect at once. What pages have in common says nothing. */
    @ParameterizedTest
    @CsvSource({
        "'', ''",
        PAGE + "," + ANOTHER,
        PAGE + ",''",
        // Not what the script draws: somebody copied it out, or a proxy cut it.
        "&duetPage=1,&duetPage=1",
        "&duetPage=,&duetPage=",
        "&duetPage=00112233445566778899AABBCCDDEEFF,&duetPage=00112233445566778899AABBCCDDEEFF"
    })
    void twoPeopleAreTwo(String oneOf, String otherOf) throws Exception {
        String room = "class" + oneOf + otherOf;
        Session one = Session.open(oneOf);
        Session other = Session.open(otherOf);
        one.join(room);
        other.join(room);

        assertThat(one.poll().get(5, TimeUnit.SECONDS)).contains("joined").doesNotContain("double-click");
        assertThat(other.poll().get(5, TimeUnit.SECONDS)).contains("joined");
        one.emit("[\"message\",\"" + room + "\",\"hello\"]");
        assertThat(other.poll().get(5, TimeUnit.SECONDS)).contains("hello");
    }

    @Test
    void theOneThatIsDroppedHearsWhy() throws Exception {
        Session first = Session.open(PAGE);
        first.join("four");
        assertThat(first.poll().get(5, TimeUnit.SECONDS)).contains("joined");
        Session second = Session.open(PAGE);
        second.join("four");

        assertThat(first.poll().get(5, TimeUnit.SECONDS)).contains("duet-error", "double-click", "later connection");
    }

    private static <T> T soon(CompletableFuture<T> future) {
        return future.orTimeout(5, TimeUnit.SECONDS).join();
    }

    /** One session of one page. */
    private static final class Session implements WebSocket.Listener {
        private final String query;
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

        private Session(String query) {
            this.query = query;
        }

        static Session open(String page) throws IOException, InterruptedException {
            String handshake = soon(new Session(page).poll());
            int start = handshake.indexOf("\"sid\":\"") + "\"sid\":\"".length();
            return new Session(page + "&sid=" + handshake.substring(start, handshake.indexOf('"', start)));
        }

        private HttpRequest.Builder request() {
            return HttpRequest.newBuilder(
                            URI.create("http://" + ADDRESS + "/socket.io/?EIO=3&transport=polling" + query))
                    .timeout(Duration.ofSeconds(10))
                    .header("User-Agent", "Mozilla/5.0 (one of a classroom)")
                    .header("Referer", "http://" + ADDRESS + "/room.html");
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
