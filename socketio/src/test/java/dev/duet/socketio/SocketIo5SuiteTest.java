package dev.duet.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.engineio.CloseReason;
import dev.duet.engineio.FakeRequest;
import dev.duet.engineio.FakeWebSocket;
import dev.duet.engineio.FakeWire;
import dev.duet.engineio.Payload;
import org.junit.jupiter.api.Test;

/**
 * What the official test suite of Socket.IO protocol revision 5 asks of a server, told anew and without a network. Above each case stands
 * where its counterpart is: section, transport, number. The sections of its first half are Engine.IO's, asked of a Socket.IO server.
 *
 * <p>The suite's server has the namespaces / and /custom; tells a newcomer its own payload as {@code auth}; sends {@code message} back as
 * {@code message-back}; acknowledges {@code message-with-ack} with what it carries; beats every 300 ms and waits 200 ms; and lets a client
 * stay in no namespace for one second.
 */
final class SocketIo5SuiteTest {
    private static final String POLLING = "EIO=4&transport=polling";
    private static final String WEBSOCKET = "EIO=4&transport=websocket";

    private final FakeIo io = FakeIo.suite();
    private final FakeWire wire = io.wire;

    private static void isHandshake(String packet, String upgrades) {
        assertThat(packet)
                .matches("0\\{\"sid\":\"[^\"]+\",\"upgrades\":\\[" + upgrades
                        + "],\"pingInterval\":300,\"pingTimeout\":200,\"maxPayload\":1000000}");
    }

    private FakeWebSocket connected() {
        FakeWebSocket webSocket = io.opened();
        webSocket.send("40");
        webSocket.next();
        assertThat(webSocket.next()).isEqualTo("42[\"auth\",{}]");
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

    // Engine.IO: handshake, polling, 1
    @Test
    void aPollOpensASession() {
        FakeRequest answer = wire.get(POLLING);

        assertThat(answer.status()).isEqualTo(200);
        isHandshake(answer.text(), "\"websocket\"");
    }

    // Engine.IO: handshake, polling, 2
    @Test
    void aPollMustNameARevisionThatExists() {
        assertThat(wire.get("transport=polling").status()).isEqualTo(400);
        assertThat(wire.get("EIO=abc&transport=polling").status()).isEqualTo(400);
    }

    // Engine.IO: handshake, polling, 3
    @Test
    void aPollMustNameATransportThatExists() {
        assertThat(wire.get("EIO=4").status()).isEqualTo(400);
        assertThat(wire.get("EIO=4&transport=abc").status()).isEqualTo(400);
    }

    // Engine.IO: handshake, polling, 4
    @Test
    void onlyAGetOpensASession() {
        assertThat(wire.post(POLLING, "").status()).isEqualTo(400);
        assertThat(wire.request("PUT", POLLING, new Payload(false, new byte[0])).status())
                .isEqualTo(400);
        assertThat(io.server.sessionCount()).isZero();
    }

    // Engine.IO: handshake, WebSocket, 1
    @Test
    void aWebSocketOpensASession() {
        FakeWebSocket webSocket = wire.webSocket(WEBSOCKET);

        isHandshake(webSocket.next(), "");
        assertThat(webSocket.isShut()).isFalse();
    }

    // Engine.IO: handshake, WebSocket, 2
    @Test
    void aWebSocketMustNameARevisionThatExists() {
        assertThat(wire.webSocket("transport=websocket").isShut()).isTrue();
        assertThat(wire.webSocket("EIO=abc&transport=websocket").isShut()).isTrue();
    }

    // Engine.IO: handshake, WebSocket, 3
    @Test
    void aWebSocketMustNameATransportThatExists() {
        assertThat(wire.webSocket("EIO=4").isShut()).isTrue();
        assertThat(wire.webSocket("EIO=4&transport=abc").isShut()).isTrue();
    }

    // Engine.IO: heartbeat, polling, 1
    @Test
    void thePollBringsPingsAndAPostThePongs() {
        String session = io.openPolling(POLLING);

        for (int i = 0; i < 3; i++) {
            FakeRequest poll = wire.get(session);
            wire.advanceMs(300);
            assertThat(poll.status()).isEqualTo(200);
            assertThat(poll.text()).isEqualTo("2");
            assertThat(wire.post(session, "3").status()).isEqualTo(200);
        }
    }

    // Engine.IO: heartbeat, polling, 2
    @Test
    void aPollingClientThatDoesNotPongIsGone() {
        String session = io.openPolling(POLLING);

        wire.advanceMs(500);

        assertThat(wire.get(session).status()).isEqualTo(400);
    }

    // Engine.IO: heartbeat, WebSocket, 1
    @Test
    void aWebSocketBringsPings() {
        FakeWebSocket webSocket = io.opened();

        for (int i = 0; i < 3; i++) {
            wire.advanceMs(300);
            assertThat(webSocket.next()).isEqualTo("2");
            webSocket.send("3");
        }
    }

    // Engine.IO: heartbeat, WebSocket, 2
    @Test
    void aWebSocketThatDoesNotPongIsClosed() {
        FakeWebSocket webSocket = io.opened();

        wire.advanceMs(500);

        assertThat(webSocket.closed()).contains(CloseReason.PING_TIMEOUT);
    }

    // Engine.IO: close, polling, 1
    @Test
    void aPostedCloseAnswersTheWaitingPollAndEndsTheSession() {
        String session = io.openPolling(POLLING);
        FakeRequest poll = wire.get(session);

        wire.post(session, "1");

        assertThat(poll.status()).isEqualTo(200);
        assertThat(poll.text()).isEqualTo("6");
        assertThat(wire.get(session).status()).isEqualTo(400);
    }

    // Engine.IO: close, WebSocket, 1
    @Test
    void aCloseClosesTheWebSocket() {
        FakeWebSocket webSocket = io.opened();

        webSocket.send("1");

        assertThat(webSocket.closed()).contains(CloseReason.TRANSPORT_CLOSE);
    }

    // Engine.IO: upgrade, 1
    @Test
    void aWebSocketTakesOverFromPolling() {
        String session = io.openPolling(POLLING);
        FakeWebSocket webSocket = wire.webSocket(session.replace("polling", "websocket"));

        webSocket.send("2probe");
        assertThat(webSocket.next()).isEqualTo("3probe");
        FakeRequest poll = wire.get(session);
        assertThat(poll.status()).isEqualTo(200);
        assertThat(poll.text()).isEqualTo("6");
        webSocket.send("5");

        assertThat(webSocket.isShut()).isFalse();
    }

    // Engine.IO: upgrade, 2
    @Test
    void aPollAfterTheUpgradeIsRefusedAndHarmsNothing() {
        String session = io.openPolling(POLLING);
        FakeWebSocket webSocket = upgraded(session);

        assertThat(wire.get(session).status()).isEqualTo(400);

        assertThat(webSocket.isShut()).isFalse();
    }

    // Engine.IO: upgrade, 3
    @Test
    void aSecondWebSocketAfterTheUpgradeIsRefusedAndHarmsNothing() {
        String session = io.openPolling(POLLING);
        FakeWebSocket webSocket = upgraded(session);

        assertThat(wire.webSocket(session.replace("polling", "websocket")).isShut())
                .isTrue();

        assertThat(webSocket.isShut()).isFalse();
    }

    // Socket.IO: connect, 1
    @Test
    void aClientComesIntoTheMainNamespace() {
        FakeWebSocket webSocket = io.opened();

        webSocket.send("40");

        assertThat(webSocket.next()).matches("40\\{\"sid\":\"[^\"]+\"}");
        assertThat(webSocket.next()).isEqualTo("42[\"auth\",{}]");
    }

    // Socket.IO: connect, 2
    @Test
    void aClientComesIntoTheMainNamespaceWithAPayload() {
        FakeWebSocket webSocket = io.opened();

        webSocket.send("40{\"token\":\"123\"}");

        assertThat(webSocket.next()).matches("40\\{\"sid\":\"[^\"]+\"}");
        assertThat(webSocket.next()).isEqualTo("42[\"auth\",{\"token\":\"123\"}]");
    }

    // Socket.IO: connect, 3
    @Test
    void aClientComesIntoAnotherNamespace() {
        FakeWebSocket webSocket = io.opened();

        webSocket.send("40/custom,");

        assertThat(webSocket.next()).matches("40/custom,\\{\"sid\":\"[^\"]+\"}");
        assertThat(webSocket.next()).isEqualTo("42/custom,[\"auth\",{}]");
    }

    // Socket.IO: connect, 4
    @Test
    void aClientComesIntoAnotherNamespaceWithAPayload() {
        FakeWebSocket webSocket = io.opened();

        webSocket.send("40/custom,{\"token\":\"abc\"}");

        assertThat(webSocket.next()).matches("40/custom,\\{\"sid\":\"[^\"]+\"}");
        assertThat(webSocket.next()).isEqualTo("42/custom,[\"auth\",{\"token\":\"abc\"}]");
    }

    // Socket.IO: connect, 5
    @Test
    void aNamespaceThatDoesNotExistIsRefused() {
        FakeWebSocket webSocket = io.opened();

        webSocket.send("40/random");

        assertThat(webSocket.next()).isEqualTo("44/random,{\"message\":\"Invalid namespace\"}");
    }

    // Socket.IO: connect, 6
    @Test
    void nonsenseInPlaceOfAConnectClosesTheSession() {
        FakeWebSocket webSocket = io.opened();

        webSocket.send("4abc");

        assertThat(webSocket.closed()).contains(CloseReason.PARSE_ERROR);
    }

    // Socket.IO: connect, 7
    @Test
    void aClientThatComesIntoNoNamespaceIsClosed() {
        FakeWebSocket webSocket = io.opened();

        for (int i = 0; i < 3; i++) {
            wire.advanceMs(300);
            assertThat(webSocket.next()).isEqualTo("2");
            webSocket.send("3");
        }
        assertThat(webSocket.isShut()).isFalse();
        wire.advanceMs(100);

        assertThat(webSocket.closed()).contains(CloseReason.FORCED_CLOSE);
    }

    // Socket.IO: disconnect, 1
    @Test
    void aClientLeavesTheMainNamespaceAndItsSessionLivesOn() {
        FakeWebSocket webSocket = connected();

        webSocket.send("41");

        assertThat(webSocket.isQuiet()).isTrue();
        wire.advanceMs(300);
        assertThat(webSocket.next()).isEqualTo("2");
    }

    // Socket.IO: disconnect, 2
    @Test
    void aClientLeavesOneNamespaceAndStaysInTheOther() {
        FakeWebSocket webSocket = connected();
        webSocket.send("40/custom");
        webSocket.next();
        webSocket.next();

        webSocket.send("41/custom");
        webSocket.send("42[\"message\",\"message to main namespace\"]");

        assertThat(webSocket.next()).isEqualTo("42[\"message-back\",\"message to main namespace\"]");
    }

    // Socket.IO: message, 1
    @Test
    void anEventComesBack() {
        FakeWebSocket webSocket = connected();

        webSocket.send("42[\"message\",1,\"2\",{\"3\":[true]}]");

        assertThat(webSocket.next()).isEqualTo("42[\"message-back\",1,\"2\",{\"3\":[true]}]");
    }

    // Socket.IO: message, 2
    @Test
    void anEventWithAttachmentsComesBack() {
        FakeWebSocket webSocket = connected();

        webSocket.send("452-[\"message\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
        webSocket.send(new byte[] {1, 2, 3});
        webSocket.send(new byte[] {4, 5, 6});

        assertThat(webSocket.next())
                .isEqualTo(
                        "452-[\"message-back\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
        assertThat(webSocket.nextBytes()).containsExactly(1, 2, 3);
        assertThat(webSocket.nextBytes()).containsExactly(4, 5, 6);
    }

    // Socket.IO: message, 3
    @Test
    void anEventIsAcknowledged() {
        FakeWebSocket webSocket = connected();

        webSocket.send("42456[\"message-with-ack\",1,\"2\",{\"3\":[false]}]");

        assertThat(webSocket.next()).isEqualTo("43456[1,\"2\",{\"3\":[false]}]");
    }

    // Socket.IO: message, 4
    @Test
    void anEventWithAttachmentsIsAcknowledgedWithThem() {
        FakeWebSocket webSocket = connected();

        webSocket.send(
                "452-789[\"message-with-ack\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
        webSocket.send(new byte[] {1, 2, 3});
        webSocket.send(new byte[] {4, 5, 6});

        assertThat(webSocket.next())
                .isEqualTo("462-789[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
        assertThat(webSocket.nextBytes()).containsExactly(1, 2, 3);
        assertThat(webSocket.nextBytes()).containsExactly(4, 5, 6);
    }

    // Socket.IO: message, 5
    @Test
    void aPacketOfUnknownKindClosesTheSession() {
        FakeWebSocket webSocket = connected();

        webSocket.send("4abc");

        assertThat(webSocket.closed()).contains(CloseReason.PARSE_ERROR);
    }

    // Socket.IO: message, 6
    @Test
    void anEventThatIsNoArrayClosesTheSession() {
        FakeWebSocket webSocket = connected();

        webSocket.send("42{}");

        assertThat(webSocket.closed()).contains(CloseReason.PARSE_ERROR);
    }

    // Socket.IO: message, 7
    @Test
    void anAcknowledgementIdThatIsNoNumberClosesTheSession() {
        FakeWebSocket webSocket = connected();

        webSocket.send("42abc[\"message-with-ack\",1,\"2\",{\"3\":[false]}]");

        assertThat(webSocket.closed()).contains(CloseReason.PARSE_ERROR);
    }
}
