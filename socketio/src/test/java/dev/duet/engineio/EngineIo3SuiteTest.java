package dev.duet.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * What the official test suite of Engine.IO protocol revision 3 asks of a server, told anew and without a network. Above each case stands
 * where its counterpart is: section, transport, number.
 *
 * <p>The suite's server sends every message back, beats every 300 ms and waits 200 ms.
 */
final class EngineIo3SuiteTest {
    private static final String POLLING = "EIO=3&transport=polling&b64=1";
    private static final String WEBSOCKET = "EIO=3&transport=websocket";

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
        FakeRequest answer = wire.get("EIO=3&transport=polling");

        assertThat(answer.status()).isEqualTo(200);
        String[] parts = answer.text().split(":", 2);
        assertThat(parts[0]).isEqualTo(String.valueOf(parts[1].length()));
        isHandshake(parts[1], "\"websocket\"");
    }

    // handshake, polling, 2
    @Test
    void aPollMustNameATransportThatExists() {
        assertThat(wire.get("EIO=3").status()).isEqualTo(400);
        assertThat(wire.get("EIO=3&transport=abc").status()).isEqualTo(400);
    }

    // handshake, polling, 3
    @Test
    void onlyAGetOpensASession() {
        assertThat(wire.post(POLLING, "").status()).isEqualTo(400);
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
        assertThat(wire.webSocket("EIO=3").isShut()).isTrue();
        assertThat(wire.webSocket("EIO=3&transport=abc").isShut()).isTrue();
    }

    // message, polling, 1
    @Test
    void aTextIsPostedAndPolled() {
        String session = echo.open(POLLING);

        FakeRequest post = wire.post(session, "6:4hello");
        FakeRequest poll = wire.get(session);

        assertThat(post.status()).isEqualTo(200);
        assertThat(post.text()).isEqualTo("ok");
        assertThat(poll.status()).isEqualTo(200);
        assertThat(poll.text()).isEqualTo("6:4hello");
    }

    // message, polling, 2
    @Test
    void severalTextsArePostedAndPolledInOrder() {
        String session = echo.open(POLLING);

        FakeRequest post = wire.post(session, "6:4test16:4test26:4test3");
        FakeRequest poll = wire.get(session);

        assertThat(post.status()).isEqualTo(200);
        assertThat(post.text()).isEqualTo("ok");
        assertThat(poll.status()).isEqualTo(200);
        assertThat(poll.text()).isEqualTo("6:4test16:4test26:4test3");
    }

    // message, polling, 3
    @Test
    void bytesArePostedAndPolledAsBase64() {
        String session = echo.open(POLLING);

        FakeRequest post = wire.post(session, "6:4hello10:b4AQIDBA==");
        FakeRequest poll = wire.get(session);

        assertThat(post.status()).isEqualTo(200);
        assertThat(post.text()).isEqualTo("ok");
        assertThat(poll.status()).isEqualTo(200);
        assertThat(poll.text()).isEqualTo("6:4hello10:b4AQIDBA==");
    }

    // message, polling, 4
    @Test
    void bytesArePolledAsBytesByAClientThatCanTakeThem() {
        String session = echo.open("EIO=3&transport=polling");

        FakeRequest post = wire.post(session, "6:4hello10:b4AQIDBA==");
        FakeRequest poll = wire.get(session);

        assertThat(post.text()).isEqualTo("ok");
        assertThat(poll.isBinary()).isTrue();
        assertThat(poll.bytes()).containsExactly(0, 6, 255, '4', 'h', 'e', 'l', 'l', 'o', 1, 5, 255, 4, 1, 2, 3, 4);
    }

    // message, polling, 5
    @Test
    void aPostThatIsNoPayloadEndsTheSession() {
        String session = echo.open(POLLING);

        assertThat(wire.post(session, "abc").status()).isEqualTo(400);
        assertThat(wire.get(session).status()).isEqualTo(400);
    }

    // message, polling, 6 (the suite does not run it)
    @Test
    void aSecondPollAtTheSameTimeEndsTheSession() {
        String session = echo.open(POLLING);

        FakeRequest first = wire.get(session);
        wire.advanceMs(5);
        FakeRequest second = wire.get(session + "&t=burst");

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.text()).isEqualTo("1:1");
        assertThat(second.status()).isEqualTo(400);
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

        webSocket.send(new byte[] {4, 1, 2, 3, 4});

        assertThat(webSocket.nextBytes()).containsExactly(4, 1, 2, 3, 4);
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
    void aPostedPingIsAnsweredInThePoll() {
        String session = echo.open(POLLING);

        for (int i = 0; i < 3; i++) {
            assertThat(wire.post(session, "1:2").status()).isEqualTo(200);
            FakeRequest poll = wire.get(session);
            assertThat(poll.status()).isEqualTo(200);
            assertThat(poll.text()).isEqualTo("1:3");
            wire.advanceMs(300);
        }
    }

    // heartbeat, polling, 2
    @Test
    void aPollingClientThatDoesNotPingIsGone() {
        String session = echo.open(POLLING);

        wire.advanceMs(500);

        assertThat(wire.post(session, "1:2").status()).isEqualTo(400);
    }

    // heartbeat, WebSocket, 1
    @Test
    void aPingIsAnsweredByWebSocket() {
        FakeWebSocket webSocket = connected();

        for (int i = 0; i < 3; i++) {
            webSocket.send("2");
            assertThat(webSocket.next()).isEqualTo("3");
            wire.advanceMs(300);
        }
    }

    // heartbeat, WebSocket, 2
    @Test
    void aWebSocketThatDoesNotPingIsClosed() {
        FakeWebSocket webSocket = connected();

        wire.advanceMs(500);

        assertThat(webSocket.closed()).contains(CloseReason.PING_TIMEOUT);
    }

    // close, polling, 1
    @Test
    void aPostedCloseAnswersTheWaitingPollAndEndsTheSession() {
        String session = echo.open(POLLING);
        FakeRequest poll = wire.get(session);

        wire.post(session, "1:1");

        assertThat(poll.status()).isEqualTo(200);
        assertThat(poll.text()).isEqualTo("1:6");
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
        assertThat(poll.text()).isEqualTo("1:6");
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
