package dev.duet.server;

import static dev.duet.server.TestClient.field;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** docs/protocol.md, said over real sockets. */
final class DuetDialectTest {
    private final DuetServer server = DuetServer.start(DuetConfig.builder()
            .httpPort(0)
            .eventLoops(4)
            .seatGrace(Duration.ofMillis(600))
            .build());

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void twoMeetAndSignalsArriveByteForByte() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            String annJoined = ann.join("r");
            String boJoined = bo.join("r");
            String seenByAnn = ann.expect("participant-joined");
            String annId = field(annJoined, "\"you\":", "id");
            String boId = field(seenByAnn, "\"participant\":", "id");
            assertThat(boJoined).contains(annId).contains(boId).contains("\"recovered\":false");

            String payload =
                    "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\\u00e9\u00e9\u4e2d\ud83d\ude00  \",  \"x\" : [1, 2.50]}";
            bo.send("{\"type\":\"signal\",\"to\":\"" + annId + "\",\"description\":" + payload + "}");

            assertThat(ann.next())
                    .isEqualTo("{\"type\":\"signal\",\"from\":\"" + boId + "\",\"description\":" + payload + "}");
        }
    }

    @Test
    void theThirdParticipantIsTurnedAway() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server);
                TestClient cy = TestClient.open(server)) {
            ann.join("r");
            bo.join("r");
            cy.send("{\"type\":\"join\",\"id\":7,\"room\":\"r\"}");

            assertThat(cy.expect("full"))
                    .contains("\"id\":7")
                    .contains("\"capacity\":2")
                    .doesNotContain("retryAfterMs");
        }
    }

    @Test
    void aLostConnectionIsAwayAndComesBackWithItsToken() {
        try (TestClient ann = TestClient.open(server);
                TestClient again = TestClient.open(server)) {
            ann.join("r");
            TestClient bo = TestClient.open(server);
            String token = field(bo.join("r"), "token");
            String boId = field(ann.expect("participant-joined"), "\"participant\":", "id");
            bo.abort();

            assertThat(ann.expect("participant-away")).contains(boId).contains("connection-lost");
            again.send("{\"type\":\"join\",\"id\":2,\"room\":\"r\",\"resume\":\"" + token + "\"}");
            assertThat(again.expect("joined")).contains(boId);
            assertThat(ann.expect("participant-back")).contains(boId);
        }
    }

    @Test
    void whoDoesNotComeBackLeavesOnce() {
        try (TestClient ann = TestClient.open(server)) {
            ann.join("r");
            TestClient bo = TestClient.open(server);
            bo.join("r");
            ann.expect("participant-joined");
            bo.abort();

            ann.expect("participant-away");
            assertThat(ann.expect("participant-left")).contains("grace-ended");
            assertThat(ann.received).isEmpty();
        }
    }

    @Test
    void aSeatResumedElsewhereEndsTheOlderSession() {
        try (TestClient ann = TestClient.open(server);
                TestClient tab = TestClient.open(server)) {
            String token = field(ann.join("r"), "token");
            tab.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"resume\":\"" + token + "\"}");

            tab.expect("joined");
            assertThat(ann.expect("ended")).contains("superseded");
            assertThat(ann.closeCode()).isEqualTo(4001);
        }
    }

    @Test
    void leavingFreesTheSeatAtOnce() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server);
                TestClient cy = TestClient.open(server)) {
            ann.join("r");
            bo.join("r");
            ann.expect("participant-joined");
            bo.send("{\"type\":\"leave\",\"id\":3}");

            assertThat(bo.expect("left")).contains("\"id\":3");
            assertThat(ann.expect("participant-left")).contains("\"reason\":\"left\"");
            cy.join("r");
        }
    }

    @Test
    void withoutTheSubprotocolTheErrorSaysHow() {
        try (TestClient ann = TestClient.openWithout(server)) {
            assertThat(ann.expect("error")).contains("subprotocol-missing").contains("duet.v1");
            assertThat(ann.closeCode()).isEqualTo(1002);
        }
    }

    @Test
    void aPageThatGoesAwayIsReturning() {
        try (TestClient ann = TestClient.open(server)) {
            ann.join("r");
            TestClient bo = TestClient.open(server);
            bo.join("r");
            ann.expect("participant-joined");
            bo.close(1001);

            assertThat(ann.expect("participant-away")).contains("\"reason\":\"returning\"");
        }
    }
}
