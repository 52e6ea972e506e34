package dev.duet.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Requests to {@code /socket.io/} as they stand on the wire: what is taken, what is refused, and in which words. */
@Timeout(30)
final class SocketIoDoorTest {
    private static final String ALLOWED = "https://pages.example.org";
    private static final String OPEN = "/socket.io/?EIO=4&transport=polling";

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.duet");
    private final DuetServer server = DuetServer.start(DuetConfig.builder()
            .httpPort(0)
            .eventLoops(3)
            .allowedOrigins(List.of(ALLOWED))
            .build());
    private final InetSocketAddress address = server.http().orElseThrow();

    @BeforeEach
    void listen() {
        log.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(log);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        logger.setLevel(null);
        server.close();
    }

    private RawHttp connect() throws IOException {
        return RawHttp.plain(address);
    }

    /** Opens a session by polling, and gives the path of its further requests. */
    private String session() throws IOException {
        try (RawHttp http = connect()) {
            return OPEN + "&sid=" + http.get(OPEN).body().split("\"")[3];
        }
    }

    private static RawHttp post(RawHttp http, String path, String body, String... headers) throws IOException {
        String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return http.send("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + http.socket.getPort()
                + "\r\nContent-Length: " + body.length() + "\r\n" + more + "\r\n" + body);
    }

    private long logged(String words) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getFormattedMessage().contains(words))
                .count();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /socket.io/?EIO=2&transport=polling | 400 | /socket.io/socket.io.js
            /socket.io/?transport=polling       | 400 | /socket.io/socket.io.js
            /socket.io/                         | 400 | /socket.io/socket.io.js
            /socket.io/1/?t=1                   | 400 | too old
            /chat/?EIO=4&transport=polling      | 404 | io({path: '/socket.io/'})
            /app/socket.io/?EIO=3               | 404 | io({path: '/socket.io/'})
            /socket.io/?EIO=4&transport=polling&sid=nobody | 400 | Session ID unknown
            /socket.io/?EIO=4&transport=polling&sid=00xx   | 400 | Session ID unknown
            /socket.io/?EIO=4&transport=polling&j=0        | 400 | Bad request
            """)
    void whoComesTheWrongWayIsToldTheRightOne(String path, int status, String words) throws IOException {
        try (RawHttp http = connect()) {
            RawHttp.Answer answer = http.get(path);

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.body()).contains(words);
        }
    }

    @Test
    void aWrongClientIsALineInTheLogOnce() throws IOException {
        for (int i = 0; i < 5; i++) {
            try (RawHttp http = connect()) {
                http.get("/socket.io/?EIO=2&transport=polling");
            }
        }

        assertThat(logged("event=wrong-client about=\"EIO=2\"")).isEqualTo(1);
    }

    @Test
    void aJoinIsALineInTheLog() {
        try (CourseClient ann = CourseClient.openOld(address.getPort())) {
            ann.join("a room that logs must not tell");

            assertThat(logged("event=joined room=")).isEqualTo(1);
            assertThat(logged("dialect=course transport=websocket")).isEqualTo(1);
            assertThat(logged("must not tell")).isZero();
        }
    }

    @Test
    void aBodyMayHoldWhatAHeaderMayNotAndTheConnectionIsKept() throws IOException {
        String session = session();
        try (RawHttp http = connect()) {
            assertThat(post(http, session, "40").read().body()).isEqualTo("ok");
            assertThat(post(http, session, "42[\"join\",\n \"r\"]").read().body())
                    .isEqualTo("ok");
            // The room is on another loop than the session: its answer may come with a later poll.
            String polled = http.get(session).body();
            assertThat(polled).startsWith("40{\"sid\":");
            assertThat(polled.contains("joined") ? polled : http.get(session).body())
                    .contains("[\"joined\",\"r\",");
            http.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n 2\r\n\r\n");
            assertThat(http.read().status()).isEqualTo(400);
        }
    }

    @Test
    void bodiesHaveAMaximumAndOneLength() throws IOException {
        String session = session();
        try (RawHttp http = connect()) {
            // Answered before the body comes: it would be read for nothing.
            http.send("POST " + session + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n");
            assertThat(http.read().status()).isEqualTo(413);
        }
        try (RawHttp http = connect()) {
            assertThat(post(http, session, "40", "Content-Length: 2").read().status())
                    .isEqualTo(400);
        }
        try (RawHttp http = connect()) {
            http.send("POST " + session + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
            assertThat(http.read().status()).isEqualTo(411);
        }
        try (RawHttp http = connect()) {
            assertThat(post(http, "/readyz", "40").read().status()).isEqualTo(405);
        }
    }

    @Test
    void textThatIsNotUtf8IsRefused() throws IOException {
        String session = session();
        try (RawHttp http = connect()) {
            http.send("POST " + session + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n");
            http.send(new byte[] {'4', (byte) 0xC0});
            assertThat(http.read().status()).isEqualTo(400);
        }
    }

    @Test
    void asManyAsWaitIsOneOnAConnection() throws IOException {
        String session = session();
        try (RawHttp http = connect()) {
            String request = "GET " + session + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
            http.send(request + request);

            assertThat(http.isClosed()).isTrue();
        }
    }

    @Test
    void aPollThatIsGivenUpEndsTheSessionAtOnce() throws IOException, InterruptedException {
        try (CourseClient ann = CourseClient.open(address.getPort())) {
            ann.join("given-up");
            String session = session();
            try (RawHttp http = connect()) {
                post(http, session, "40\u001e42[\"join\",\"given-up\"]").read();
                http.get(session);
                ann.expect("otherjoin");
                http.send("GET " + session + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
                Thread.sleep(50);
            }
            assertThat(ann.next()).startsWith("[\"bye\"");
        }
    }

    @Test
    void onlyAllowedOriginsMayReadTheAnswers() throws IOException {
        try (RawHttp http = connect()) {
            RawHttp.Answer answer = http.get(OPEN, "Origin: " + ALLOWED);
            assertThat(answer.header("access-control-allow-origin")).isEqualTo(ALLOWED);
            assertThat(answer.header("access-control-allow-credentials")).isEqualTo("true");
            assertThat(answer.status()).isEqualTo(200);
        }
        try (RawHttp http = connect()) {
            RawHttp.Answer answer = http.get(OPEN, "Origin: https://elsewhere.example.org");
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body()).contains("--allow-origin https://elsewhere.example.org");
            assertThat(answer.header("access-control-allow-credentials")).isEmpty();
        }
        assertThat(logged("event=origin-refused")).isEqualTo(1);
    }

    @Test
    void bytesOfAnotherOriginAreAskedForFirst() throws IOException {
        try (RawHttp http = connect()) {
            http.send("OPTIONS " + OPEN + " HTTP/1.1\r\nHost: 127.0.0.1:" + address.getPort() + "\r\nOrigin: " + ALLOWED
                    + "\r\nAccess-Control-Request-Method: POST"
                    + "\r\nAccess-Control-Request-Headers: content-type\r\n\r\n");
            RawHttp.Answer answer = http.read();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("access-control-allow-headers")).isEqualTo("content-type");
            assertThat(answer.header("access-control-allow-methods")).contains("POST");
        }
    }

    @Test
    void connectionsWithoutASeatAreLimitedAndGivenBack() throws IOException {
        for (int i = 0; i < ConnectionLimits.DEFAULT.unjoinedPerSourceMax(); i++) {
            session();
        }
        try (RawHttp http = connect()) {
            assertThat(http.get(OPEN).status()).isEqualTo(429);
        }
    }
}
