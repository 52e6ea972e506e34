package dev.duet.server;

import static dev.duet.server.TestClient.field;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** docs/protocol.md, "look" and "park", said over real sockets. */
final class DuetLobbyTest {
    private static final String OFFER = "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\\u00e9  \", \"x\":[1, 2.50]}";

    private final DuetServer server = DuetServer.start(DuetConfig.builder()
            .httpPort(0)
            .eventLoops(4)
            .relay(RelayConfig.DEFAULT.withUdpPort(0))
            .build());

    @AfterEach
    void stop() {
        server.close();
    }

    private static String look(TestClient client) {
        client.send("{\"type\":\"look\",\"id\":2,\"room\":\"r\",\"name\":\"Bo\"}");
        return client.next();
    }

    private static String park(TestClient client) {
        client.send("{\"type\":\"park\",\"id\":6,\"description\":" + OFFER + "}");
        return client.expect("parked");
    }

    @Test
    void twoVisitorsRaceForTheOfferAndOneGetsIt() throws InterruptedException {
        for (int round = 0; round < 30; round++) {
            try (TestClient ann = TestClient.open(server);
                    TestClient bo = TestClient.open(server);
                    TestClient cy = TestClient.open(server)) {
                ann.join("r");
                String number = field(park(ann), "offer");
                Thread other = Thread.ofVirtual().start(() -> cy.send("{\"type\":\"look\",\"id\":3,\"room\":\"r\"}"));
                bo.send("{\"type\":\"look\",\"id\":2,\"room\":\"r\"}");
                other.join();
                List<String> seen = List.of(bo.expect("looked"), cy.expect("looked"));

                assertThat(seen)
                        .filteredOn(looked -> looked.contains("\"offer\":" + number))
                        .hasSize(1);
                assertThat(seen)
                        .filteredOn(looked -> looked.contains("\"description\":" + OFFER))
                        .hasSize(1);
                ann.send("{\"type\":\"leave\"}");
                ann.expect("left");
            }
        }
    }

    @Test
    void theVisitorAnswersTheOfferWithTheFirstSignal() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            String annId = field(ann.join("r"), "\"you\":", "id");
            String number = field(park(ann), "offer");
            assertThat(look(bo)).contains("\"from\":\"" + annId + "\"");
            bo.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"offer\":" + number + "}");

            assertThat(field(bo.expect("joined"), "offer")).isEqualTo(number);
            assertThat(field(ann.expect("participant-joined"), "offer")).isEqualTo(number);
            bo.send("{\"type\":\"signal\",\"to\":\"" + annId
                    + "\",\"description\":{\"type\":\"answer\",\"sdp\":\"\"}}");
            assertThat(ann.expect("signal")).contains("answer");
        }
    }

    @Test
    void aStaleOfferFallsBackByItself() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.join("r");
            String number = field(park(ann), "offer");
            look(bo);
            park(ann);
            bo.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"offer\":" + number + "}");

            assertThat(bo.expect("joined")).doesNotContain("\"offer\"");
            assertThat(ann.expect("participant-joined")).doesNotContain("\"offer\"");
        }
    }

    @Test
    void nothingOfItReachesAnybodyElse() {
        try (TestClient ann = TestClient.open(server);
                TestClient elsewhere = TestClient.open(server);
                TestClient course = TestClient.open(server)) {
            ann.join("r");
            String number = field(park(ann), "offer");
            elsewhere.send("{\"type\":\"look\",\"id\":2,\"room\":\"another\",\"offer\":" + number + "}");
            assertThat(elsewhere.expect("looked")).doesNotContain("v=0").doesNotContain("\"from\"");
            course.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"offer\":" + number + "}");

            assertThat(course.expect("joined")).doesNotContain("v=0").doesNotContain("\"offer\"");
        }
    }

    @Test
    void whoDoesNotComeHasSpentTheOffer() {
        try (TestClient ann = TestClient.open(server)) {
            ann.join("r");
            String number = field(park(ann), "offer");
            TestClient bo = TestClient.open(server);
            look(bo);
            bo.abort();

            assertThat(field(ann.expect("offer-spent"), "offer")).isEqualTo(number);
            try (TestClient cy = TestClient.open(server)) {
                assertThat(look(cy)).doesNotContain("v=0");
                cy.send("{\"type\":\"leave\",\"id\":8}");
                assertThat(cy.expect("left")).contains("\"id\":8");
                park(ann);
                assertThat(look(cy)).contains("v=0");
            }
        }
    }

    @Test
    void aVisitorsCredentialsGoOnWithTheSeat() {
        try (TestClient bo = TestClient.open(server)) {
            String looked = look(bo);
            bo.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\"}");
            String joined = bo.expect("joined");

            String me = field(joined, "\"you\":", "id");
            assertThat(field(looked, "username")).endsWith(":" + me);
            assertThat(field(looked, "iceServersLifeMs")).isEqualTo("120000");
            assertThat(field(joined, "iceServersLifeMs")).isEqualTo("600000");
        }
    }

    @Test
    void whoHasASeatDoesNotLook() {
        try (TestClient ann = TestClient.open(server)) {
            ann.join("r");

            assertThat(look(ann)).contains("already-in-room");
        }
    }

    @Test
    void aFourthLookIsTurnedAway() {
        try (TestClient one = TestClient.open(server);
                TestClient two = TestClient.open(server);
                TestClient three = TestClient.open(server);
                TestClient four = TestClient.open(server)) {
            look(one);
            look(two);
            look(three);
            assertThat(look(three)).contains("looked");

            assertThat(look(four)).contains("lobby-full");
            four.send("{\"type\":\"leave\",\"id\":1}");
            assertThat(four.next()).contains("not-in-room");
        }
    }
}
