package dev.duet.server;

import static dev.duet.server.TestClient.field;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to clients that ask for too much. */
final class ConnectionLimitsTest {
    private final List<RawWebSocket> sockets = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // Every test starts one.
    private DuetServer server;

    private void start(ConnectionLimits limits) {
        server = DuetServer.start(
                DuetConfig.builder().httpPort(0).eventLoops(2).limits(limits).build());
    }

    @AfterEach
    void stop() throws IOException {
        for (RawWebSocket socket : sockets) {
            socket.close();
        }
        server.close();
    }

    private int port() {
        return server.http().orElseThrow().getPort();
    }

    private RawWebSocket open() throws IOException {
        RawWebSocket socket = RawWebSocket.open(port());
        sockets.add(socket);
        return socket;
    }

    private String knock() throws IOException {
        try (RawWebSocket socket = new RawWebSocket(port())) {
            return socket.handshake();
        }
    }

    @Test
    void theTwentyFirstConnectionWithoutASeatIsTurnedAway() throws IOException {
        start(ConnectionLimits.DEFAULT);
        for (int i = 0; i < 20; i++) {
            open();
        }

        assertThat(knock()).startsWith("HTTP/1.1 429");
    }

    @Test
    void connectionsWithASeatDoNotCount() throws IOException {
        start(ConnectionLimits.DEFAULT);
        for (int i = 0; i < 60; i++) {
            RawWebSocket socket = open();
            socket.sendText("{\"type\":\"join\",\"room\":\"r" + i + "\"}");
            assertThat(socket.readText()).contains("\"joined\"");
        }

        assertThat(knock()).startsWith("HTTP/1.1 101");
    }

    @Test
    void whoLeavesTheRoomCountsAgain() throws IOException {
        start(ConnectionLimits.DEFAULT);
        for (int i = 0; i < 20; i++) {
            RawWebSocket socket = open();
            socket.sendText("{\"type\":\"join\",\"room\":\"r" + i + "\"}");
            socket.readText();
            socket.sendText("{\"type\":\"leave\"}");
            assertThat(socket.readText()).contains("\"left\"");
        }

        assertThat(knock()).startsWith("HTTP/1.1 429");
    }

    @Test
    void whenOneOfThemEndsAnotherMayCome() throws Exception {
        start(ConnectionLimits.DEFAULT);
        for (int i = 0; i < 20; i++) {
            open();
        }
        sockets.removeFirst().close();

        String answer = knock();
        for (int i = 0; i < 100 && !answer.startsWith("HTTP/1.1 101"); i++) {
            Thread.sleep(20);
            answer = knock();
        }
        assertThat(answer).startsWith("HTTP/1.1 101");
    }

    @Test
    void beyondTheBurstMessagesAreDroppedAndTheSenderTold() throws IOException {
        long startNanos = System.nanoTime();
        start(ConnectionLimits.DEFAULT.with(ConnectionLimits.Name.MESSAGES_PER_SECOND, 1));
        RawWebSocket socket = open();
        List<String> answers = new ArrayList<>();
        byte[] pings = repeated("{\"type\":\"ping\"}", 300);
        socket.send(pings);
        for (int i = 0; i < 300; i++) {
            answers.add(socket.readText());
        }

        // However long this takes, the bucket has got one token more in a second.
        int gained = (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos) + 1;
        assertThat(answers).filteredOn(answer -> answer.contains("pong")).hasSizeBetween(200, 200 + gained);
        assertThat(answers)
                .filteredOn(answer -> !answer.contains("pong"))
                .allMatch(answer -> answer.contains("rate-limited"));
    }

    @Test
    void tenBurstsTooManyEndTheConnection() throws IOException {
        start(ConnectionLimits.DEFAULT.with(ConnectionLimits.Name.MESSAGES_PER_SECOND, 1));
        RawWebSocket socket = open();
        socket.send(repeated("{\"type\":\"ping\"}", 3_000));

        assertThat(socket.readCloseCode()).isEqualTo(1008);
    }

    private static byte[] repeated(String text, int count) {
        byte[] one =
                RawWebSocket.frame(0x80 | RawWebSocket.TEXT, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        byte[] all = new byte[one.length * count];
        for (int i = 0; i < count; i++) {
            System.arraycopy(one, 0, all, i * one.length, one.length);
        }
        return all;
    }

    /** A description that is refused ends nothing: the call goes on with the one before it. */
    @Test
    void whatIsTooLargeIsRefusedByNumberAndTheConnectionStays() {
        start(ConnectionLimits.DEFAULT);
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            String annId = field(ann.joinNumbered("r"), "\"you\":", "id");
            String boId = field(bo.joinNumbered("r"), "\"you\":", "id");
            ann.expect("participant-joined");
            String to = "{\"type\":\"signal\",\"id\":9,\"to\":\"" + boId + "\",\"epoch\":1,\"seq\":1,";

            ann.send(to + "\"data\":\"" + "x".repeat(65_535) + "\"}");
            assertThat(ann.next()).contains("\"message-too-large\"", "\"refused\":1", "\"id\":9");
            ann.send(to + "\"description\":" + sdpOfLines(300_000) + "}");
            assertThat(ann.next()).contains("\"description-too-large\"", "\"refused\":1", "\"id\":9");
            ann.send("{\"type\":\"ping\",\"id\":4,\"padding\":\"" + "x".repeat(900_000) + "\"}");
            assertThat(ann.next()).contains("\"message-too-large\"", "\"id\":4");
            ann.send(to + "\"description\":" + sdpOfLines(258_000) + "}");
            assertThat(bo.next())
                    .contains("\"from\":\"" + annId + "\",\"seq\":1,\"description\":")
                    .hasSizeGreaterThan(262_144);
        }
    }

    /** However small the limit is: what JSON adds to a text is not the text's. */
    @Test
    void aDescriptionIsMeasuredAsText() {
        start(ConnectionLimits.DEFAULT.with(ConnectionLimits.Name.DESCRIPTION_BYTES, 16_384));
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.join("r");
            String to =
                    "{\"type\":\"signal\",\"to\":\"" + field(bo.join("r"), "\"you\":", "id") + "\",\"description\":";
            ann.expect("participant-joined");
            String fits = sdpOfLines(16_200);

            assertThat(fits).hasSizeGreaterThan(16_384);
            ann.send(to + fits + "}");
            assertThat(bo.next()).contains(fits);
            ann.send(to + sdpOfLines(16_400) + "}");
            assertThat(ann.next()).contains("description-too-large");
        }
    }

    /** A laptop with eleven container networks has more addresses than a flood has messages. */
    @Test
    void candidatesAreNoFlood() {
        start(ConnectionLimits.DEFAULT
                .with(ConnectionLimits.Name.MESSAGES_PER_SECOND, 1)
                .with(ConnectionLimits.Name.MESSAGE_BURST, 20));
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.join("r");
            String to = "{\"type\":\"signal\",\"to\":\"" + field(bo.join("r"), "\"you\":", "id") + "\",";
            ann.expect("participant-joined");
            ann.send(to + "\"description\":{\"type\":\"offer\",\"sdp\":\"v=0\"}}");
            bo.next();
            for (int i = 0; i < 512; i++) {
                ann.send(to + "\"candidate\":{\"candidate\":\"candidate:" + i + " 1 udp 1 192.0.2.1 9 typ host\"}}");
                assertThat(bo.next()).contains("candidate:" + i + " ");
            }

            ann.send(to + "\"candidate\":{\"candidate\":\"candidate:512 1 udp 1 192.0.2.1 9 typ host\"}}");
            assertThat(ann.next()).contains("too-many-candidates");
            // What leads out of a network is never what is cut.
            ann.send(to + "\"candidate\":{\"candidate\":\"candidate:513 1 udp 1 192.0.2.1 9 typ relay\"}}");
            assertThat(bo.next()).contains("candidate:513 ");
        }
    }

    /** A description with so many bytes of SDP. */
    private static String sdpOfLines(int bytes) {
        String line = "a=fmtp:96 level-asymmetry-allowed=1\\r\\n";
        return "{\"type\":\"offer\",\"sdp\":\"" + line.repeat(bytes / (line.length() - 2)) + "\"}";
    }

    @Test
    void aMessageThatIsTooLargeIsNamedBeforeTheConnectionEnds() throws IOException {
        start(ConnectionLimits.DEFAULT);
        RawWebSocket socket = open();
        socket.send(RawWebSocket.frame(0x80 | RawWebSocket.TEXT, new byte[(1 << 20) + 1]));

        assertThat(socket.readText()).contains("message-too-large");
        assertThat(socket.readCloseCode()).isEqualTo(1009);
    }

    /** Ann sends without end to Bo, who does not read. */
    @Test
    void whoDoesNotReadPausesTheSenderThenIsClosedAndKeepsTheSeat() throws Exception {
        start(ConnectionLimits.DEFAULT.unthrottled());
        try (TestClient cy = TestClient.open(server)) {
            RawWebSocket ann = open();
            RawWebSocket bo = open();
            bo.sendText("{\"type\":\"join\",\"room\":\"r\"}");
            String boJoined = bo.readText();
            ann.sendText("{\"type\":\"join\",\"room\":\"r\"}");
            ann.readText();
            String boId = field(boJoined, "\"you\":", "id");
            byte[] signal = RawWebSocket.frame(
                    0x80 | RawWebSocket.TEXT,
                    ("{\"type\":\"signal\",\"to\":\"" + boId + "\",\"data\":\"" + "x".repeat(60_000) + "\"}")
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            CompletableFuture<Integer> sent = CompletableFuture.supplyAsync(() -> {
                int count = 0;
                try {
                    for (; count < 2_000; count++) {
                        ann.send(signal);
                    }
                } catch (IOException e) {
                    return -1;
                }
                return count;
            });

            assertThat(ann.readText()).contains("participant-away").contains(boId);
            cy.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"resume\":\"" + field(boJoined, "token") + "\"}");
            assertThat(cy.expect("joined")).contains(boId);
            assertThat(sent.get(30, TimeUnit.SECONDS)).isEqualTo(2_000);
        }
    }
}
