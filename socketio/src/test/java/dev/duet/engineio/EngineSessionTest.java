package dev.duet.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Polling, heartbeats and endings, beyond what the official suites ask. */
final class EngineSessionTest {
    private static final String POLLING3 = "EIO=3&transport=polling";
    private static final String POLLING = "EIO=4&transport=polling";
    private static final String WEBSOCKET = "EIO=4&transport=websocket";

    private final FakeEcho echo = new FakeEcho();
    private final FakeWire wire = echo.wire;

    private static Packet message(String text) {
        return Packet.text(text.getBytes(StandardCharsets.UTF_8));
    }

    private FakeWebSocket connected(int revision) {
        FakeWebSocket webSocket = wire.webSocket("EIO=" + revision + "&transport=websocket");
        webSocket.next();
        return webSocket;
    }

    // ---- who may ask ----

    @ParameterizedTest
    @ValueSource(strings = {"3", "4"})
    void aSessionOfOneRevisionIsUnknownToTheOther(String revision) {
        String session = echo.open("EIO=" + revision + "&transport=polling");
        String other = session.replace("EIO=" + revision, revision.equals("3") ? "EIO=4" : "EIO=3");

        assertThat(wire.get(other).error()).contains(EngineError.SESSION_UNKNOWN);
        assertThat(wire.post(other, "4x").error()).contains(EngineError.SESSION_UNKNOWN);
        assertThat(wire.webSocket(other.replace("polling", "websocket")).refusal())
                .contains(EngineError.SESSION_UNKNOWN);
        assertThat(wire.get(session).isWaiting()).isTrue();
    }

    @Test
    void anUnknownSessionIsRefused() {
        assertThat(wire.get(POLLING + "&sid=none").error()).contains(EngineError.SESSION_UNKNOWN);
        assertThat(wire.post(POLLING + "&sid=none", "4x").error()).contains(EngineError.SESSION_UNKNOWN);
        assertThat(wire.webSocket(WEBSOCKET + "&sid=none").refusal()).contains(EngineError.SESSION_UNKNOWN);
    }

    @Test
    void aSessionOfAWebSocketTakesNoPollAndNoPost() {
        FakeWebSocket webSocket = wire.webSocket(WEBSOCKET);
        String session = POLLING + "&sid=" + FakeWire.sidIn(webSocket.next());

        assertThat(wire.get(session).error()).contains(EngineError.BAD_REQUEST);
        assertThat(wire.post(session, "4x").error()).contains(EngineError.BAD_REQUEST);
        assertThat(webSocket.isShut()).isFalse();
    }

    // ---- polling ----

    @Test
    void whatIsSentMeanwhileWaitsForTheNextPollInOrder() {
        String session = echo.open(POLLING);
        for (int i = 0; i < 3; i++) {
            echo.sessions.getFirst().send(message("m" + i));
        }

        assertThat(wire.get(session).text()).isEqualTo("4m0\u001e4m1\u001e4m2");
        assertThat(wire.get(session).isWaiting()).isTrue();
    }

    @Test
    void aPostIsProcessedBeforeItsOk() {
        String session = echo.open(POLLING);
        FakeRequest poll = wire.get(session);

        FakeRequest post = wire.post(session, "4a\u001e4b");

        assertThat(poll.text()).isEqualTo("4a\u001e4b");
        assertThat(post.text()).isEqualTo("ok");
    }

    @Test
    void aPostOfBytesIsNoPayloadOfRevision4() {
        String session = echo.open(POLLING);

        assertThat(wire.post(session, new byte[] {'4', 'a'}).status()).isEqualTo(400);
        assertThat(echo.ended).containsExactly(CloseReason.PARSE_ERROR);
    }

    @Test
    void theAnswerToAnAbortedPollIsNotGivenToAnybody() {
        String session = echo.open(POLLING);
        FakeRequest poll = wire.get(session);

        wire.abort("id0", poll);
        wire.advanceMs(10_000);

        assertThat(poll.isWaiting()).isTrue();
        assertThat(echo.ended).containsExactly(CloseReason.TRANSPORT_CLOSE);
        assertThat(echo.server.sessionCount()).isZero();
    }

    @Test
    void aPollThatWasAnsweredCanBreakWithoutHarm() {
        String session = echo.open(POLLING);
        FakeRequest poll = wire.get(session);
        wire.post(session, "4a");

        wire.abort("id0", poll);

        assertThat(wire.get(session).isWaiting()).isTrue();
        assertThat(echo.ended).isEmpty();
    }

    @Test
    void packetsBehindTheOneThatEndsTheSessionAreNotTaken() {
        String session = echo.open(POLLING);
        FakeRequest poll = wire.get(session);

        assertThat(wire.post(session, "4a\u001e1\u001e4b").text()).isEqualTo("ok");

        assertThat(poll.text()).isEqualTo("6");
        assertThat(echo.ended).containsExactly(CloseReason.TRANSPORT_CLOSE);
    }

    // ---- limits ----

    @Test
    void aClientThatDoesNotPollIsTooSlowBeyondItsQueueOfPackets() {
        FakeEcho small = new FakeEcho(limited(10, 1_000));
        small.open(POLLING);

        for (int i = 0; i < 10; i++) {
            small.sessions.getFirst().send(message("m"));
        }
        assertThat(small.ended).isEmpty();
        small.sessions.getFirst().send(message("m"));

        assertThat(small.ended).containsExactly(CloseReason.TOO_SLOW);
        assertThat(small.server.sessionCount()).isZero();
    }

    @Test
    void aClientThatDoesNotPollIsTooSlowBeyondItsQueueOfBytes() {
        FakeEcho small = new FakeEcho(limited(10, 1_000));
        small.open(POLLING);

        small.sessions.getFirst().send(message("m".repeat(1_000)));
        assertThat(small.ended).isEmpty();
        small.sessions.getFirst().send(message("m"));

        assertThat(small.ended).containsExactly(CloseReason.TOO_SLOW);
    }

    @Test
    void whatWasPolledDoesNotCountAgainstTheQueue() {
        FakeEcho small = new FakeEcho(limited(10, 1_000));
        String session = small.open(POLLING);

        for (int i = 0; i < 100; i++) {
            small.sessions.getFirst().send(message("m".repeat(900)));
            small.wire.get(session);
        }

        assertThat(small.ended).isEmpty();
    }

    private static EngineOptions limited(int packets, int bytes) {
        Duration second = Duration.ofSeconds(1);
        return new EngineOptions(second, second, second, 1_000, packets, bytes);
    }

    // ---- heartbeat ----

    @Test
    void aRevision3PingIsAnsweredWithWhatItCarries() {
        FakeWebSocket webSocket = connected(3);

        webSocket.send("2hé");

        assertThat(webSocket.next()).isEqualTo("3hé");
    }

    @Test
    void aRevision3ClientDoesNotPong() {
        FakeWebSocket webSocket = connected(3);

        webSocket.send("3");

        assertThat(webSocket.closed()).contains(CloseReason.TRANSPORT_ERROR);
    }

    @Test
    void aRevision4ClientDoesNotPing() {
        FakeWebSocket webSocket = connected(4);

        webSocket.send("2");

        assertThat(webSocket.closed()).contains(CloseReason.TRANSPORT_ERROR);
    }

    @Test
    void aRevision4ServerPingsOneIntervalAfterThePong() {
        FakeWebSocket webSocket = connected(4);

        wire.advanceMs(300);
        assertThat(webSocket.next()).isEqualTo("2");
        wire.advanceMs(199);
        webSocket.send("3");
        wire.advanceMs(299);
        assertThat(webSocket.isQuiet()).isTrue();
        wire.advanceMs(1);

        assertThat(webSocket.next()).isEqualTo("2");
    }

    @Test
    void aPongMayTakeAsLongAsTheTimeout() {
        FakeWebSocket webSocket = connected(4);

        wire.advanceMs(499);
        assertThat(webSocket.isShut()).isFalse();
        wire.advanceMs(1);

        assertThat(webSocket.closed()).contains(CloseReason.PING_TIMEOUT);
        assertThat(echo.ended).containsExactly(CloseReason.PING_TIMEOUT);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4})
    void whoeverIsHeardIsNotDead(int revision) {
        FakeWebSocket webSocket = connected(revision);

        for (int i = 0; i < 20; i++) {
            wire.advanceMs(150);
            webSocket.beat();
        }
        assertThat(webSocket.isShut()).isFalse();
        wire.advanceMs(500);

        assertThat(webSocket.closed()).contains(CloseReason.PING_TIMEOUT);
    }

    @ParameterizedTest
    @ValueSource(strings = {POLLING3, POLLING})
    void aSessionThatNobodyEverPollsDiesByTheTimer(String query) {
        echo.open(query);
        assertThat(echo.server.sessionCount()).isEqualTo(1);

        wire.advanceMs(500);

        assertThat(echo.server.sessionCount()).isZero();
        assertThat(echo.ended).containsExactly(CloseReason.PING_TIMEOUT);
        assertThat(echo.server.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aWaitingPollOfASilentClientIsAnsweredWithAClose() {
        String session = echo.open(POLLING3);
        FakeRequest poll = wire.get(session);

        wire.advanceMs(500);

        assertThat(poll.text()).isEqualTo("1:1");
    }

    @Test
    void aProbeOfLifeIsAPingFrameOrTheEndOfThePoll() {
        FakeWebSocket webSocket = connected(4);
        String session = echo.open(POLLING);
        FakeRequest poll = wire.get(session);

        echo.sessions.forEach(EngineSession::probeLife);

        assertThat(webSocket.pings()).isEqualTo(1);
        assertThat(poll.text()).isEqualTo("6");
        assertThat(wire.get(session).isWaiting()).isTrue();
    }

    // ---- endings ----

    @Test
    void theApplicationClosesAWebSocket() {
        FakeWebSocket webSocket = connected(4);

        echo.sessions.getFirst().send(message("last"));
        echo.sessions.getFirst().close(CloseReason.FORCED_CLOSE);
        echo.sessions.getFirst().close(CloseReason.FORCED_CLOSE);

        assertThat(webSocket.next()).isEqualTo("4last");
        assertThat(webSocket.closed()).contains(CloseReason.FORCED_CLOSE);
        assertThat(echo.ended).containsExactly(CloseReason.FORCED_CLOSE);
    }

    @Test
    void theApplicationClosesAWaitingPoll() {
        String session = echo.open(POLLING);
        FakeRequest poll = wire.get(session);

        echo.sessions.getFirst().close(CloseReason.FORCED_CLOSE);

        assertThat(poll.text()).isEqualTo("1");
        assertThat(wire.get(session).error()).contains(EngineError.SESSION_UNKNOWN);
        assertThat(echo.server.sessionCount()).isZero();
    }

    @Test
    void aClientWithoutAWaitingPollIsToldOfTheEndWhenItNextAsks() {
        String session = echo.open(POLLING);

        echo.sessions.getFirst().send(message("last"));
        echo.sessions.getFirst().close(CloseReason.FORCED_CLOSE);
        echo.sessions.getFirst().send(message("too late"));

        assertThat(echo.ended).containsExactly(CloseReason.FORCED_CLOSE);
        assertThat(wire.post(session, "4x").error()).contains(EngineError.BAD_REQUEST);
        assertThat(wire.get(session).text()).isEqualTo("4last\u001e1");
        assertThat(wire.get(session).error()).contains(EngineError.SESSION_UNKNOWN);
        assertThat(echo.ended).hasSize(1);
    }

    @Test
    void aClosedSessionWithoutPollIsForgottenAfterTheTimeout() {
        echo.open(POLLING);

        echo.sessions.getFirst().close(CloseReason.FORCED_CLOSE);
        wire.advanceMs(200);

        assertThat(echo.server.sessionCount()).isZero();
        assertThat(echo.ended).hasSize(1);
    }

    @Test
    void aSessionThatIsClosedAfterALongSilenceOfTheServerIsToldToo() {
        FakeEcho slow = new FakeEcho(EngineOptions.DEFAULT);
        String session = slow.open(POLLING);
        slow.wire.advanceMs(9_000);

        slow.server.at(slow.wire.now());
        slow.sessions.getFirst().close(CloseReason.FORCED_CLOSE);
        slow.wire.advanceMs(4_999);

        assertThat(slow.wire.get(session).text()).isEqualTo("1");
    }

    @ParameterizedTest
    @EnumSource(CloseReason.class)
    void theServerClosesEverybody(CloseReason why) {
        connected(3);
        connected(4);
        echo.open(POLLING);

        echo.server.close(why, wire.now());
        wire.advanceMs(200);

        assertThat(echo.ended).containsExactly(why, why, why);
        assertThat(echo.server.sessionCount()).isZero();
    }

    @Test
    void aBrokenWebSocketEndsTheSessionOnce() {
        FakeWebSocket webSocket = connected(4);

        webSocket.disconnect();
        webSocket.disconnect();
        webSocket.send("4late");

        assertThat(echo.ended).containsExactly(CloseReason.TRANSPORT_CLOSE);
        assertThat(webSocket.closed()).as("closed by the server too").isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {POLLING, WEBSOCKET})
    void anApplicationMayCloseTheSessionThatItIsJustGiven(String query) {
        List<CloseReason> ended = new ArrayList<>();
        EngineServer server = new EngineServer(FakeEcho.OPTIONS, () -> "id", (session, _) -> {
            session.close(CloseReason.FORCED_CLOSE);
            return new Recorder(session, ended);
        });
        FakeWire refusing = new FakeWire(server);

        if (query.equals(POLLING)) {
            assertThat(refusing.get(query).text()).startsWith("0{").endsWith("\u001e1");
        } else {
            assertThat(refusing.webSocket(query).closed()).contains(CloseReason.FORCED_CLOSE);
        }

        assertThat(ended).containsExactly(CloseReason.FORCED_CLOSE);
        assertThat(server.sessionCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"4text", "bAAAA"})
    void anApplicationThatClosesWhenItHearsIsGivenNothingMore(String packet) {
        List<CloseReason> ended = new ArrayList<>();
        EngineServer server =
                new EngineServer(FakeEcho.OPTIONS, () -> "id", (session, _) -> new Recorder(session, ended));
        FakeWebSocket webSocket = new FakeWire(server).webSocket(WEBSOCKET);

        webSocket.send(packet);

        assertThat(ended).containsExactly(CloseReason.FORCED_CLOSE);
        assertThat(webSocket.closed()).contains(CloseReason.FORCED_CLOSE);
    }

    /** Closes at the first sign of life, and wants to hear nothing after the end. */
    private record Recorder(EngineSession session, List<CloseReason> ended) implements Application {
        @Override
        public void text(byte[] utf8, int from, int to) {
            assertThat(ended).as("text after the end").isEmpty();
        }

        @Override
        public void binary(byte[] bytes, int from, int to) {
            assertThat(ended).as("bytes after the end").isEmpty();
        }

        @Override
        public void heard() {
            session.close(CloseReason.FORCED_CLOSE);
        }

        @Override
        public void closed(CloseReason why) {
            ended.add(why);
        }
    }
}
