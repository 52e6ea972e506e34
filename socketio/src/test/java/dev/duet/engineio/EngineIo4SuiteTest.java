package dev.duet.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * What the official test suite of Engine.IO protocol revision 4 asks of a server, told anew and without a network. Above each case stands
 * where its counterpart is: section, transport, number.
 *
 * <p>The suite's server sends every message back, beats every 300 ms and waits 200 ms.
 */
final class EngineIo4SuiteTest {
    private static final String POLLING = "EIO=4&transport=polling";
    private static final String WEBSOCKET = "EIO=4&transport=websocket";

    private final FakeEcho echo = new FakeEcho();
    private final FakeWire wire = echo.wire;

    private static void isHandshake(String packet, String upgrades) {
        assertThat(packet)
                .matches("0\\{\"sid\":\"[^\"]+\",\"upgrades\":\\[" + upgrades
                        + "],\"pingInterval\":300,\"pingTimeout\":200,\"maxPayload\":1000000}");
    }

    private FakeWebSocket connected() {
        FakeWebSocket webSocket = wire.webSocket(WEBSOCKET);
        webSocket.next();
        return webSocket;
    }

    /** A WebSocket that has taken over this polling session. */
    private FakeWebSocket upgraded(String session) {
        FakeWebSocket webSocket = wire.webSocket(session.replace("polling", "websocket"));
        webSocket.send("2probe");
        assertThat(webSocket.next()).isEqualTo("3probe");
        webSocket.send("5");
        return webSocket;
    }

    // handshake, polling, 1
    @Test
    void aPollOpensASession() {
        FakeRequest answer = wire.get(POLLING);

        assertThat(answer.status()).isEqualTo(200);
        isHandshake(answer.text(), "\"websocket\"");
    }

    // handshake, polling, 2
    @Test
    void aPollMustNameARevisionThatExists() {
        assertThat(wire.get("transport=polling").status()).isEqualTo(400);
        assertThat(wire.get("EIO=abc&transport=polling").status()).isEqualTo(400);
    }

    // handshake, polling, 3
    @Test
    void aPollMustNameATransportThatExists() {
        assertThat(wire.get("EIO=4").status()).isEqualTo(400);
        assertThat(wire.get("EIO=4&transport=abc").status()).isEqualTo(400);
    }

    // handshake, polling, 4
    @Test
    void onlyAGetOpensASession() {
        assertThat(wire.post(POLLING, "").status()).isEqualTo(400);
        assertThat(wire.request("PUT", POLLING, new Payload(false, new byte[0])).status())
                .isEqualTo(400);
        assertThat(echo.server.sessionCount()).isZero();
    }

    // handshake, WebSocket, 1
    @Test
    void aWebSocketOpensASession() {
        FakeWebSocket webSocket = wire.webSocket(WEBSOCKET);

        isHandshake(webSocket.next(), "");
        assertThat(webSocket.isShut()).isFalse();
    }

    // handshake, WebSocket, 2
    @Test
    void aWebSocketMustNameARevisionThatExists() {
        assertThat(wire.webSocket("transport=websocket").isShut()).isTrue();
        assertThat(wire.webSocket("EIO=abc&transport=websocket").isShut()).isTrue();
    }

    // handshake, WebSocket, 3
    @Test
    void aWebSocketMustNameATransportThatExists() {
        assertThat(wire.webSocket("EIO=4").isShut()).isTrue();
        assertThat(wire.webSocket("EIO=4&transport=abc").isShut()).isTrue();
    }

    // message, polling, 1
    @Test
    void aTextIsPostedAndPolled() {
        String session = echo.open(POLLING);

        FakeRequest post = wire.post(session, "4hello");
        FakeRequest poll = wire.get(session);

        assertThat(post.status()).isEqualTo(200);
        assertThat(post.text()).isEqualTo("ok");
        assertThat(poll.status()).isEqualTo(200);
        assertThat(poll.text()).isEqualTo("4hello");
    }

    // message, polling, 2
    @Test
    void severalTextsArePostedAndPolledInOrder() {
        String session = echo.open(POLLING);

        FakeRequest post = wire.post(session, "4test1\u001e4test2\u001e4test3");
        FakeRequest poll = wire.get(session);

        assertThat(post.status()).isEqualTo(200);
        assertThat(post.text()).isEqualTo("ok");
        assertThat(poll.status()).isEqualTo(200);
        assertThat(poll.text()).isEqualTo("4test1\u001e4test2\u001e4test3");
    }

    // message, polling, 3
    @Test
    void bytesArePostedAndPolledAsBase64() {
        String session = echo.open(POLLING);

        FakeRequest post = wire.post(session, "4hello\u001ebAQIDBA==");
        FakeRequest poll = wire.get(session);

        assertThat(post.status()).isEqualTo(200);
        assertThat(post.text()).isEqualTo("ok");
        assertThat(poll.status()).isEqualTo(200);
        assertThat(poll.text()).isEqualTo("4hello\u001ebAQIDBA==");
    }

    // message, polling, 4
    @Test
    void aPostThatIsNoPayloadEndsTheSession() {
        String session = echo.open(POLLING);

        assertThat(wire.post(session, "abc").status()).isEqualTo(400);
        assertThat(wire.get(session).status()).isEqualTo(400);
    }

    // message, polling, 5
    @Test
    void aSecondPollAtTheSameTimeEndsTheSession() {
        String session = echo.open(POLLING);

        FakeRequest first = wire.get(session);
        wire.advanceMs(5);
        FakeRequest second = wire.get(session + "&t=burst");

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.text()).isEqualTo("1");
        assertThat(second.status()).isEqualTo(400);
        assertThat(wire.get(session).status()).isEqualTo(400);
    }

    // message, polling, 6
    @Test
    void aPollThatIsGivenUpEndsTheSession() {
        String session = echo.open(POLLING);
        FakeRequest poll = wire.get(session);
        wire.advanceMs(5);

        wire.abort(session.substring(session.indexOf("sid=") + 4), poll);

        assertThat(poll.isWaiting()).isTrue();
        assertThat(wire.get(session).status()).isEqualTo(400);
    }

    // message, WebSocket, 1
    @Test
    void aTextComesBackByWebSocket() {
        FakeWebSocket webSocket = connected();

        webSocket.send("4hello");

        assertThat(webSocket.next()).isEqualTo("4hello");
    }

    // message, WebSocket, 2
    @Test
    void bytesComeBackByWebSocket() {
        FakeWebSocket webSocket = connected();

        webSocket.send(new byte[] {1, 2, 3, 4});

        assertThat(webSocket.nextBytes()).containsExactly(1, 2, 3, 4);
    }

    // message, WebSocket, 3
    @Test
    void aMessageThatIsNoPacketClosesTheWebSocket() {
        FakeWebSocket webSocket = connected();

        webSocket.send("abc");

        assertThat(webSocket.closed()).contains(CloseReason.PARSE_ERROR);
    }

    // heartbeat, polling, 1
    @Test
    void thePollBringsPingsAndAPostThePongs() {
        String session = echo.open(POLLING);

        for (int i = 0; i < 3; i++) {
            FakeRequest poll = wire.get(session);
            wire.advanceMs(300);
            assertThat(poll.status()).isEqualTo(200);
            assertThat(poll.text()).isEqualTo("2");
            assertThat(wire.post(session, "3").status()).isEqualTo(200);
        }
    }

    // heartbeat, polling, 2
    @Test
    void aPollingClientThatDoesNotPongIsGone() {
        String session = echo.open(POLLING);

        wire.advanceMs(500);

        assertThat(wire.get(session).status()).isEqualTo(400);
    }

    // heartbeat, WebSocket, 1
    @Test
    void aWebSocketBringsPings() {
        FakeWebSocket webSocket = connected();

        for (int i = 0; i < 3; i++) {
            wire.advanceMs(300);
            assertThat(webSocket.next()).isEqualTo("2");
            webSocket.send("3");
        }
    }

    // heartbeat, WebSocket, 2
    @Test
    void aWebSocketThatDoesNotPongIsClosed() {
        FakeWebSocket webSocket = connected();

        wire.advanceMs(500);

        assertThat(webSocket.closed()).contains(CloseReason.PING_TIMEOUT);
    }

    // close, polling, 1
    @Test
    void aPostedCloseAnswersTheWaitingPollAndEndsTheSession() {
        String session = echo.open(POLLING);
        FakeRequest poll = wire.get(session);

        wire.post(session, "1");

        assertThat(poll.status()).isEqualTo(200);
        assertThat(poll.text()).isEqualTo("6");
        assertThat(wire.get(session).status()).isEqualTo(400);
    }

    // close, WebSocket, 1
    @Test
    void aCloseClosesTheWebSocket() {
        FakeWebSocket webSocket = connected();

        webSocket.send("1");

        assertThat(webSocket.closed()).contains(CloseReason.TRANSPORT_CLOSE);
    }

    // upgrade, 1
    @Test
    void aWebSocketTakesOverFromPolling() {
        String session = echo.open(POLLING);
        FakeWebSocket webSocket = wire.webSocket(session.replace("polling", "websocket"));

        webSocket.send("2probe");
        assertThat(webSocket.next()).isEqualTo("3probe");
        FakeRequest poll = wire.get(session);
        assertThat(poll.status()).isEqualTo(200);
        assertThat(poll.text()).isEqualTo("6");
        webSocket.send("5");
        webSocket.send("4hello");

        assertThat(webSocket.next()).isEqualTo("4hello");
    }

    // upgrade, 2
    @Test
    void aPollAfterTheUpgradeIsRefusedAndHarmsNothing() {
        String session = echo.open(POLLING);
        FakeWebSocket webSocket = upgraded(session);

        assertThat(wire.get(session).status()).isEqualTo(400);

        webSocket.send("4hello");
        assertThat(webSocket.next()).isEqualTo("4hello");
    }

    // upgrade, 3
    @Test
    void aSecondWebSocketAfterTheUpgradeIsRefusedAndHarmsNothing() {
        String session = echo.open(POLLING);
        FakeWebSocket webSocket = upgraded(session);

        assertThat(wire.webSocket(session.replace("polling", "websocket")).isShut())
                .isTrue();

        webSocket.send("4hello");
        assertThat(webSocket.next()).isEqualTo("4hello");
    }
}
