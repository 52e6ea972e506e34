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

    @Test
    void aMessageThatIsTooLargeIsNamedBeforeTheConnectionEnds() throws IOException {
        start(ConnectionLimits.DEFAULT);
        RawWebSocket socket = open();
        socket.send(RawWebSocket.frame(0x80 | RawWebSocket.TEXT, new byte[200_000]));

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
