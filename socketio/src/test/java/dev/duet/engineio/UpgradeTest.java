package dev.duet.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way from polling to WebSocket. */
final class UpgradeTest {
    private final FakeEcho echo =
            new FakeEcho(FakeEcho.OPTIONS.withHeartbeat(Duration.ofMinutes(1), Duration.ofSeconds(30)));
    private final FakeWire wire = echo.wire;
    private final String session = echo.open("EIO=4&transport=polling");

    private FakeWebSocket webSocket() {
        return wire.webSocket(session.replace("polling", "websocket"));
    }

    private FakeWebSocket probed() {
        FakeWebSocket webSocket = webSocket();
        webSocket.send("2probe");
        assertThat(webSocket.next()).isEqualTo("3probe");
        return webSocket;
    }

    private void say(String text) {
        echo.sessions.getFirst().send(Packet.text(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aWaitingPollEndsAtTheProbe() {
        FakeRequest poll = wire.get(session);

        FakeWebSocket webSocket = probed();

        assertThat(poll.text()).isEqualTo("6");
        assertThat(webSocket.isQuiet()).isTrue();
    }

    @Test
    void aPollThatArrivesAfterTheProbeEndsAtOnce() {
        probed();

        assertThat(wire.get(session).text()).isEqualTo("6");
        assertThat(wire.get(session).text()).isEqualTo("6");
    }

    @Test
    void whatIsSentBeforeTheProbeComesByThePoll() {
        say("a");
        FakeWebSocket webSocket = webSocket();
        say("b");
        webSocket.send("2probe");

        assertThat(webSocket.next()).isEqualTo("3probe");
        assertThat(wire.get(session).text()).isEqualTo("4a\u001e4b");
        webSocket.send("5");
        assertThat(webSocket.isQuiet()).isTrue();
    }

    @Test
    void whatIsSentDuringTheSwitchComesOnceAndInOrder() {
        FakeRequest first = wire.get(session);
        FakeWebSocket webSocket = probed();
        say("a");
        say("b");
        FakeRequest second = wire.get(session);
        say("c");
        say("d");
        webSocket.send("5");
        say("e");

        assertThat(first.text()).isEqualTo("6");
        assertThat(second.text()).isEqualTo("4a\u001e4b");
        assertThat(webSocket.next()).isEqualTo("4c");
        assertThat(webSocket.next()).isEqualTo("4d");
        assertThat(webSocket.next()).isEqualTo("4e");
        assertThat(webSocket.isQuiet()).isTrue();
    }

    @Test
    void whatTheClientSendsDuringTheSwitchComesOnceAndInOrder() {
        wire.post(session, "4a");
        FakeWebSocket webSocket = probed();
        wire.post(session, "4b");
        FakeRequest poll = wire.get(session);
        wire.post(session, "4c");
        webSocket.send("5");
        webSocket.send("4d");

        assertThat(poll.text()).isEqualTo("4a\u001e4b");
        assertThat(webSocket.next()).isEqualTo("4c");
        assertThat(webSocket.next()).isEqualTo("4d");
        assertThat(webSocket.isQuiet()).isTrue();
    }

    @Test
    void theSessionTellsWhichTransportItIsOn() {
        assertThat(echo.sessions.getFirst().transport()).isEqualTo("polling");
        FakeWebSocket webSocket = probed();
        assertThat(echo.sessions.getFirst().transport()).isEqualTo("polling");

        webSocket.send("5");

        assertThat(echo.sessions.getFirst().transport()).isEqualTo("websocket");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4hello", "2", "2other", "3probe", "5", "1", "6", "", "x", "bAAAA"})
    void anythingElseEndsOnlyTheProbe(String packet) {
        FakeWebSocket webSocket = webSocket();

        webSocket.send(packet);

        assertThat(webSocket.isShut()).isTrue();
        thePollingSessionIsWell();
    }

    @ParameterizedTest
    @ValueSource(strings = {"4hello", "2probe", "3", "1", "6", "", "x"})
    void anythingElseAfterTheProbeEndsOnlyTheProbe(String packet) {
        FakeWebSocket webSocket = probed();

        webSocket.send(packet);

        assertThat(webSocket.isShut()).isTrue();
        thePollingSessionIsWell();
    }

    @Test
    void bytesEndOnlyTheProbe() {
        FakeWebSocket webSocket = webSocket();

        webSocket.send(new byte[] {2, 'p', 'r', 'o', 'b', 'e'});

        assertThat(webSocket.isShut()).isTrue();
        thePollingSessionIsWell();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aProbeThatTakesTooLongEndsAlone(boolean asked) {
        FakeWebSocket webSocket = asked ? probed() : webSocket();

        wire.advanceMs(9_999);
        assertThat(webSocket.isShut()).isFalse();
        wire.advanceMs(1);

        assertThat(webSocket.isShut()).isTrue();
        thePollingSessionIsWell();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aProbeThatBreaksEndsAloneAndAnotherMayFollow(boolean asked) {
        FakeWebSocket webSocket = asked ? probed() : webSocket();

        webSocket.disconnect();

        thePollingSessionIsWell();
        FakeWebSocket next = probed();
        next.send("5");
        next.send("4hello");
        assertThat(next.next()).isEqualTo("4hello");
    }

    private void thePollingSessionIsWell() {
        FakeRequest poll = wire.get(session);
        assertThat(poll.isWaiting()).isTrue();
        wire.post(session, "4well");
        assertThat(poll.text()).isEqualTo("4well");
        assertThat(echo.ended).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aSecondWebSocketIsRefusedAndTheFirstGoesOn(int step) {
        FakeWebSocket first = step == 0 ? webSocket() : probed();
        if (step == 2) {
            first.send("5");
        }

        assertThat(webSocket().closed()).isPresent();

        assertThat(first.isShut()).isFalse();
        assertThat(echo.ended).isEmpty();
    }

    @Test
    void aWebSocketThatComesTooLateIsClosed() {
        FakeWebSocket first = probed();
        EngineRequest.Upgrade request = new EngineRequest.Upgrade(EngineVersion.V4, "id0");
        FakeWebSocket late = new FakeWebSocket(wire, EngineVersion.V4, echo.server.upgradeRefusal(request));

        echo.server.upgrade(request, late, wire.now());

        assertThat(late.closed()).isPresent();
        assertThat(first.isShut()).isFalse();
    }

    @Test
    void pollAndPostAreRefusedAfterTheUpgrade() {
        FakeWebSocket webSocket = probed();
        webSocket.send("5");

        assertThat(wire.get(session).error()).contains(EngineError.BAD_REQUEST);
        assertThat(wire.post(session, "4lost").error()).contains(EngineError.BAD_REQUEST);
        assertThat(webSocket.isQuiet()).isTrue();
        assertThat(webSocket.isShut()).isFalse();
    }

    @Test
    void theEndOfTheSessionEndsTheProbeToo() {
        FakeWebSocket webSocket = probed();

        wire.post(session, "1");

        assertThat(webSocket.isShut()).isTrue();
        assertThat(echo.ended).containsExactly(CloseReason.TRANSPORT_CLOSE);
        webSocket.disconnect();
        assertThat(echo.server.sessionCount()).isZero();
    }

    @Test
    void aSessionThatIsClosedDuringTheProbeTellsItsNextPoll() {
        FakeWebSocket webSocket = probed();

        echo.sessions.getFirst().close(CloseReason.FORCED_CLOSE);
        webSocket.disconnect();

        assertThat(webSocket.isShut()).isTrue();
        assertThat(wire.get(session).text()).isEqualTo("1");
        assertThat(echo.ended).containsExactly(CloseReason.FORCED_CLOSE);
        assertThat(echo.server.sessionCount()).isZero();
    }

    @Test
    void aPingThatWaitsForAPollComesByTheWebSocket() {
        FakeEcho quick = new FakeEcho();
        String polling = quick.open("EIO=4&transport=polling");
        FakeWebSocket webSocket = quick.wire.webSocket(polling.replace("polling", "websocket"));
        webSocket.send("2probe");
        quick.wire.advanceMs(300);
        webSocket.send("5");

        assertThat(webSocket.next()).isEqualTo("3probe");
        assertThat(webSocket.next()).isEqualTo("2");
        webSocket.send("3");
        quick.wire.advanceMs(250);
        assertThat(quick.ended).isEmpty();
    }
}
