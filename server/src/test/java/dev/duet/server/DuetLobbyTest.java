package dev.duet.server;

import static dev.duet.server.TestClient.field;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** docs/protocol.md, "look" and "park", said over real sockets. */
final class DuetLobbyTest {
    private static final String OFFER = "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\\u00e9  \", \"x\":[1, 2.50]}";
    private static final String ANSWER = "{ \"type\":\"answer\", \"sdp\":\"v=0\\r\\n\\u00e9中\" ,\"y\":1.50}";

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

    // ---- the answer ----

    private static String answer(TestClient client, String number, String body) {
        client.send("{\"type\":\"answer\",\"id\":3,\"offer\":" + number + "," + body + "}");
        client.send("{\"type\":\"ping\",\"id\":4}");
        return client.next();
    }

    @Test
    void theAnswerReachesWhoWaitsByteForByteBeforeTheJoin() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server);
                TestClient cy = TestClient.open(server)) {
            ann.join("r");
            String number = field(park(ann), "offer");
            look(bo);
            look(cy);
            String candidate = "{ \"candidate\" : \"c\\u00e9 \",\"sdpMid\":null}";
            bo.send("{\"type\":\"answer\",\"offer\":" + number + ",\"description\": " + ANSWER + " }");
            bo.send("{\"type\":\"answer\",\"offer\":" + number + ",\"candidate\":" + candidate + "}");
            bo.send("{\"candidate\":null,\"type\":\"answer\",\"offer\":" + number + "}");
            bo.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"offer\":" + number + "}");

            String answered = "{\"type\":\"answered\",\"offer\":" + number;
            assertThat(ann.next()).isEqualTo(answered + ",\"description\":" + ANSWER + "}");
            assertThat(ann.next()).isEqualTo(answered + ",\"candidate\":" + candidate + "}");
            assertThat(ann.next()).isEqualTo(answered + ",\"candidate\":null}");
            assertThat(field(ann.next(), "offer")).isEqualTo(number);
            assertThat(bo.next()).contains("\"type\":\"joined\"").contains("\"offer\":" + number);
            cy.send("{\"type\":\"ping\",\"id\":4}");
            assertThat(cy.next()).contains("pong");
        }
    }

    @Test
    void anAnswerThatIsTakenIsNotAnswered() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.join("r");
            String number = field(park(ann), "offer");
            look(bo);

            assertThat(answer(bo, number, "\"description\":" + ANSWER)).contains("pong");
            assertThat(ann.next()).contains("answered");
        }
    }

    @Test
    void whatIsWrongWithAnAnswerIsSaidUnderItsIdAndTheLookGoesOn() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.join("r");
            assertThat(answer(bo, "1", "\"description\":" + ANSWER)).contains("offer-stale", "\"id\":3");
            bo.expect("pong");
            String number = field(park(ann), "offer");
            look(bo);
            assertThat(answer(bo, number, "\"candidate\":null")).contains("bad-message", "\"id\":3");
            bo.expect("pong");
            assertThat(answer(bo, number + "0", "\"description\":" + ANSWER)).contains("offer-stale");
            bo.expect("pong");
            assertThat(answer(bo, number, "\"description\":" + ANSWER)).contains("pong");
            String large = "\"candidate\":{\"candidate\":\"" + "c".repeat(1_024) + "\"}";
            assertThat(answer(bo, number, large)).contains("candidate-too-large");
            bo.expect("pong");
            bo.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"offer\":" + number + "}");

            assertThat(field(bo.expect("joined"), "offer")).isEqualTo(number);
            assertThat(answer(bo, number, "\"candidate\":null")).contains("offer-stale");
        }
    }

    @Test
    void aLookThatCameToNothingAnswersNothing() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.join("r");
            String number = field(park(ann), "offer");
            look(bo);
            bo.send("{\"type\":\"leave\"}");
            bo.expect("left");

            assertThat(answer(bo, number, "\"description\":" + ANSWER)).contains("offer-stale");
            assertThat(ann.next()).contains("offer-spent");
        }
    }

    // ---- the offer with the seat ----

    @Test
    void whoAsksForItIsHandedTheOfferWithTheSeat() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            String annId = field(ann.join("r"), "\"you\":", "id");
            String number = field(park(ann), "offer");
            bo.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"offer\":0}");

            assertThat(bo.expect("joined"))
                    .contains(",\"offer\":" + number + ",\"from\":\"" + annId + "\",\"description\":" + OFFER + "}");
            assertThat(field(ann.expect("participant-joined"), "offer")).isEqualTo(number);
        }
    }

    @Test
    void aVisitorAndAJoinerRaceForTheOfferAndOneGetsIt() throws InterruptedException {
        for (int round = 0; round < 30; round++) {
            try (TestClient ann = TestClient.open(server);
                    TestClient bo = TestClient.open(server);
                    TestClient cy = TestClient.open(server)) {
                String room = "r" + round;
                ann.join(room);
                String number = field(park(ann), "offer");
                Thread other = Thread.ofVirtual()
                        .start(() -> cy.send("{\"type\":\"join\",\"id\":3,\"room\":\"" + room + "\",\"offer\":0}"));
                bo.send("{\"type\":\"look\",\"id\":2,\"room\":\"" + room + "\"}");
                other.join();
                String joined = cy.expect("joined");
                String seen = bo.next();

                boolean handedOut = joined.contains("\"description\":" + OFFER);
                assertThat(handedOut).isNotEqualTo(seen.contains("\"description\":" + OFFER));
                assertThat(ann.expect("participant-joined").contains("\"offer\":" + number))
                        .isEqualTo(handedOut);
            }
        }
    }
}
