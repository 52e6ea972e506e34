package dev.duet.server;

import static dev.duet.server.TestClient.field;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/protocol.md, "look", "park" and "A connection before the click", said over real sockets. */
final class DuetLobbyTest {
    private static final String OFFER = "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\\u00e9  \", \"x\":[1, 2.50]}";
    private static final String ANSWER = "{ \"type\":\"answer\", \"sdp\":\"v=0\\r\\n\\u00e9中\" ,\"y\":1.50}";
    private static final String CANDIDATES =
            "[ {\"candidate\":\"candidate:1 1 udp 1 192.0.2.7 9 typ host\"}, {\"x\" :1}]";

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

    /** Looks, and wishes a connection; the one who waits is told under which number. */
    private static String lookForAConnection(TestClient visitor, TestClient waiting) {
        visitor.send("{\"type\":\"look\",\"id\":2,\"room\":\"r\",\"preconnect\":true}");
        visitor.expect("looked");
        return field(waiting.expect("looking"), "offer");
    }

    private static String park(TestClient client) {
        client.send("{\"type\":\"park\",\"id\":6,\"description\":" + OFFER + ",\"candidates\":" + CANDIDATES + "}");
        return field(client.expect("parked"), "offer");
    }

    /** Sends it, and gives what it is answered with. */
    private static String answerTo(TestClient client, String message) {
        client.send(message);
        return client.next();
    }

    // ---- the standing offer ----

    @Test
    void aPreviewIsShownTheDescriptionAndNeitherCandidatesNorAName() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"name\":\"Ann\",\"instance\":\"i1\"}");
            String annId = field(ann.expect("joined"), "\"you\":", "id");
            String number = park(ann);
            String looked = look(bo);

            assertThat(looked)
                    .contains("\"offer\":" + number + ",\"from\":\"" + annId + "\",\"description\":" + OFFER)
                    .doesNotContain("192.0.2.7")
                    .doesNotContain("Ann")
                    .doesNotContain("i1");
            assertThat(field(ann.expect("looking"), "visitors")).isEqualTo("1");
        }
    }

    @Test
    void whoClaimsItWithAnAnswerGetsTheCandidatesAndWhoWaitsTheAnswer() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.join("r");
            String number = park(ann);
            look(bo);
            ann.expect("looking");
            bo.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"offer\":" + number + ",\"answer\": " + ANSWER + " }");

            assertThat(bo.expect("joined"))
                    .contains(",\"offer\":" + number + ",\"candidates\":" + CANDIDATES)
                    .doesNotContain("\"description\"");
            assertThat(ann.expect("participant-joined"))
                    .endsWith(",\"offer\":" + number + ",\"answer\":" + ANSWER + "}");
        }
    }

    @Test
    void whoDidNotLookGetsAllOfItWithTheSeat() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            String annId = field(ann.join("r"), "\"you\":", "id");
            String number = park(ann);
            bo.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"offer\":0}");

            assertThat(bo.expect("joined"))
                    .contains(",\"offer\":" + number + ",\"from\":\"" + annId + "\",\"description\":" + OFFER
                            + ",\"candidates\":" + CANDIDATES);
            assertThat(ann.expect("participant-joined")).endsWith(",\"offer\":" + number + "}");
        }
    }

    @Test
    void twoWhoComeRaceForTheOfferAndOneGetsIt() throws InterruptedException {
        try (DuetServer three = DuetServer.start(
                DuetConfig.builder().httpPort(0).eventLoops(4).capacity(3).build())) {
            for (int round = 0; round < 30; round++) {
                race(three, "r" + round);
            }
        }
    }

    private static void race(DuetServer server, String room) throws InterruptedException {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server);
                TestClient cy = TestClient.open(server)) {
            ann.join(room);
            String number = park(ann);
            String join = "{\"type\":\"join\",\"id\":3,\"room\":\"" + room + "\",\"offer\":0}";
            Thread other = Thread.ofVirtual().start(() -> cy.send(join));
            bo.send(join);
            other.join();
            List<String> told = List.of(bo.next(), cy.next());

            assertThat(told)
                    .filteredOn(it -> it.contains("\"offer\":" + number))
                    .hasSize(1);
            assertThat(told).filteredOn(it -> it.contains("192.0.2.7")).hasSize(1);
        }
    }

    @Test
    void aStaleOfferFallsBackByItself() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.join("r");
            String number = park(ann);
            look(bo);
            ann.expect("looking");
            park(ann);
            bo.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"offer\":" + number + ",\"answer\":" + ANSWER + "}");

            assertThat(bo.expect("joined")).doesNotContain("\"offer\"").doesNotContain("192.0.2.7");
            assertThat(ann.expect("participant-joined"))
                    .doesNotContain("\"offer\"")
                    .doesNotContain("answer");
        }
    }

    @Test
    void nothingOfItReachesAnybodyElse() {
        try (TestClient ann = TestClient.open(server);
                TestClient elsewhere = TestClient.open(server);
                TestClient stranger = TestClient.open(server)) {
            ann.join("r");
            String number = park(ann);
            elsewhere.send("{\"type\":\"look\",\"id\":2,\"room\":\"another\",\"offer\":" + number + "}");
            assertThat(elsewhere.expect("looked")).doesNotContain("v=0").doesNotContain("\"from\"");
            stranger.send(
                    "{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"offer\":" + number + ",\"answer\":" + ANSWER + "}");

            assertThat(stranger.expect("joined")).doesNotContain("v=0").doesNotContain("\"offer\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"candidates\":{}",
                "\"candidates\":[1]",
                "\"candidates\":[null]",
                "\"candidates\":7",
                "\"instance\":\"\\u202e\"",
                "\"candidates\":[],\"candidates\":[]"
            })
    void aStandingOfferIsAsTheProtocolSays(String field) {
        try (TestClient ann = TestClient.open(server)) {
            ann.join("r");

            assertThat(answerTo(ann, "{\"type\":\"park\",\"id\":6,\"description\":" + OFFER + "," + field + "}"))
                    .contains("bad-message", "\"id\":6");
        }
    }

    @Test
    void candidatesAreNeitherTooManyNorTooLarge() {
        try (TestClient ann = TestClient.open(server)) {
            ann.join("r");
            String park = "{\"type\":\"park\",\"id\":6,\"description\":" + OFFER + ",\"candidates\":[";
            String most = "{}" + ",{}".repeat(511);
            String largest = "{\"c\":\"" + "c".repeat(1_024 - 8) + "\"}";

            assertThat(answerTo(ann, park + most + "]}")).contains("parked");
            assertThat(answerTo(ann, park + most + ",{}]}")).contains("bad-message");
            assertThat(answerTo(ann, park + largest + "]}")).contains("parked");
            assertThat(answerTo(ann, park + largest.replace("\"}", "c\"}") + "]}"))
                    .contains("bad-message");
        }
    }

    // ---- addresses ----

    @ParameterizedTest
    @ValueSource(strings = {"host", "srflx", "prflx"})
    void aDescriptionThatShowsAnAddressGoesToNobody(String kind) {
        String shows = OFFER.replace("v=0", "a=candidate:1 1 udp 1 192.0.2.9 9 typ " + kind);
        String relayed = OFFER.replace("v=0", "a=candidate:1 1 udp 1 192.0.2.9 9 typ relay");
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.join("r");
            assertThat(answerTo(ann, "{\"type\":\"park\",\"id\":6,\"description\":" + shows + "}"))
                    .contains("address-shown", "\"id\":6");
            String number = lookForAConnection(bo, ann);
            assertThat(answerTo(
                            ann,
                            "{\"type\":\"offer\",\"id\":7,\"offer\":" + number + ",\"description\":" + shows + "}"))
                    .contains("address-shown", "\"id\":7");
            ann.send("{\"type\":\"offer\",\"offer\":" + number + ",\"description\":" + relayed + "}");
            assertThat(bo.expect("offered")).contains("typ relay");
            assertThat(answerTo(
                            bo,
                            "{\"type\":\"answer\",\"id\":8,\"offer\":" + number + ",\"description\":" + shows + "}"))
                    .contains("address-shown", "\"id\":8");
            bo.send("{\"type\":\"answer\",\"offer\":" + number + ",\"description\":" + relayed + "}");
            assertThat(ann.expect("answered")).contains("typ relay");
        }
    }

    @Test
    void whoWishesToShowAddressesSaysSo() {
        String shows = OFFER.replace("v=0", "a=candidate:1 1 udp 1 192.0.2.9 9 typ host");
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.join("r");
            String number = lookForAConnection(bo, ann);
            ann.send("{\"type\":\"offer\",\"offer\":" + number + ",\"direct\":true,\"description\":" + shows + "}");
            assertThat(bo.expect("offered")).contains("typ host");
            bo.send("{\"type\":\"answer\",\"offer\":" + number + ",\"direct\":true,\"description\":" + shows + "}");
            assertThat(ann.expect("answered")).contains("typ host");
        }
    }

    // ---- a connection before the click ----

    @Test
    void theTwoPrepareAConnectionByteForByteAndTheSeatClaimsIt() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            String annId = field(ann.join("r"), "\"you\":", "id");
            String number = lookForAConnection(bo, ann);
            ann.send("{\"type\":\"offer\",\"offer\":" + number + ",\"description\": " + OFFER + " }");
            assertThat(bo.next())
                    .isEqualTo("{\"type\":\"offered\",\"offer\":" + number + ",\"from\":\"" + annId
                            + "\",\"description\":" + OFFER + "}");
            bo.send("{\"description\":" + ANSWER + ",\"type\":\"answer\",\"offer\":" + number + "}");
            assertThat(ann.next())
                    .isEqualTo("{\"type\":\"answered\",\"offer\":" + number + ",\"description\":" + ANSWER + "}");
            bo.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"offer\":" + number + "}");

            assertThat(bo.expect("joined"))
                    .contains(",\"offer\":" + number)
                    .doesNotContain("\"candidates\"")
                    .doesNotContain("\"description\"");
            assertThat(ann.expect("participant-joined")).endsWith(",\"offer\":" + number + "}");
        }
    }

    @Test
    void whoWaitsGetsIceServersForIt() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            String annId = field(ann.join("r"), "\"you\":", "id");
            bo.send("{\"type\":\"look\",\"id\":2,\"room\":\"r\",\"preconnect\":true}");
            String looking = ann.expect("looking");

            assertThat(field(looking, "username")).endsWith(":" + annId);
            bo.send("{\"type\":\"leave\"}");
            assertThat(ann.expect("looking")).isEqualTo("{\"type\":\"looking\",\"visitors\":0}");
        }
    }

    @Test
    void whatIsWrongIsSaidUnderItsIdAndTheLookGoesOn() {
        String nonsense = "{\"type\":\"%s\",\"id\":3,\"offer\":%s,\"description\":" + OFFER + "}";
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.join("r");
            assertThat(answerTo(bo, nonsense.formatted("answer", "1"))).contains("offer-stale", "\"id\":3");
            assertThat(answerTo(bo, nonsense.formatted("offer", "1"))).contains("not-in-room", "\"id\":3");
            String number = lookForAConnection(bo, ann);
            assertThat(answerTo(bo, nonsense.formatted("answer", number))).contains("bad-message");
            assertThat(answerTo(ann, nonsense.formatted("offer", number + "0"))).contains("offer-stale");
            assertThat(answerTo(ann, nonsense.formatted("offer", "0"))).contains("bad-message");
            assertThat(answerTo(ann, "{\"type\":\"offer\",\"id\":3,\"offer\":1,\"candidate\":null}"))
                    .contains("bad-message");
            ann.send(nonsense.formatted("offer", number));
            assertThat(answerTo(ann, nonsense.formatted("offer", number))).contains("bad-message");
            bo.expect("offered");
            bo.send(nonsense.formatted("answer", number));
            ann.expect("answered");
            assertThat(answerTo(bo, nonsense.formatted("answer", number))).contains("bad-message");
            bo.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"offer\":" + number + "}");

            assertThat(field(bo.expect("joined"), "offer")).isEqualTo(number);
            assertThat(answerTo(bo, nonsense.formatted("answer", number))).contains("offer-stale");
        }
    }

    // ---- previews ----

    @Test
    void aNextLookIntoTheSameRoomIsNoDeparture() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.join("r");
            look(bo);
            assertThat(field(ann.expect("looking"), "visitors")).isEqualTo("1");
            assertThat(look(bo)).contains("looked");
            bo.send("{\"type\":\"leave\"}");

            assertThat(field(ann.expect("looking"), "visitors")).isEqualTo("0");
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
