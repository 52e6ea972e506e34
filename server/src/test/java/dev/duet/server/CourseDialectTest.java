package dev.duet.server;

import static dev.duet.server.TestClient.field;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/course.md, said over real sockets: between course clients, and between these and clients of the Duet dialect. */
@Timeout(60)
final class CourseDialectTest {
    private final DuetServer server = DuetServer.start(DuetConfig.builder()
            .httpPort(0)
            .eventLoops(4)
            .seatGrace(Duration.ofMillis(600))
            .build());
    private final int port = server.http().orElseThrow().getPort();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        server.close();
    }

    private CourseClient course() {
        CourseClient client = CourseClient.open(port);
        open.add(client);
        return client;
    }

    private CourseClient old() {
        CourseClient client = CourseClient.openOld(port);
        open.add(client);
        return client;
    }

    private TestClient duet() {
        TestClient client = TestClient.open(server);
        open.add(client);
        return client;
    }

    @Test
    void twoMeetTalkAndPart() {
        CourseClient ann = course();
        CourseClient bo = old();
        String annId = ann.join("r");
        String boId = bo.join("r");
        assertThat(ann.expect("otherjoin")).isEqualTo("[\"otherjoin\",\"r\",\"" + boId + "\"]");

        String offer = "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\u00e9\u4e2d\ud83d\ude00\", \"x\" : [1, 2.50]}";
        ann.emit("message", "\"r\"", offer);
        assertThat(bo.next()).isEqualTo("[\"message\",\"r\"," + offer + "]");
        ann.emit("leave", "\"r\"");
        assertThat(ann.next()).isEqualTo("[\"leaved\",\"r\",\"" + annId + "\"]");
        assertThat(bo.next()).isEqualTo("[\"bye\",\"r\",\"" + annId + "\"]");
        bo.expectNothing();
    }

    @Test
    void aClientBeforeThreeIsNotKnownByItsSecret() {
        CourseClient ann = course();
        ann.join("r");
        CourseClient bo = old();
        String boId = bo.join("r");

        // A poll with a session's id ends that session's WebSocket or is refused; with the public name it means
        // nothing.
        assertThat(ann.expect("otherjoin")).contains(boId);
        assertThat(boId).hasSize(22);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "false", "5", "1.5", "null", "\"\u623f\u95f4\"", "\"a%20b\""})
    void aRoomIsEchoedAsItWasNamed(String room) {
        CourseClient ann = course();
        CourseClient bo = old();
        ann.emit("join", room);
        assertThat(ann.next()).startsWith("[\"joined\"," + room + ",\"");
        bo.emit("join", room);
        assertThat(bo.next()).startsWith("[\"joined\"," + room + ",\"");
        assertThat(ann.next()).startsWith("[\"otherjoin\"," + room + ",\"");
        bo.emit("message", room, "\"hi\"");
        assertThat(ann.next()).isEqualTo("[\"message\"," + room + ",\"hi\"]");
    }

    @Test
    void aNumberAndItsDigitsAreOneRoom() {
        CourseClient ann = course();
        CourseClient bo = course();
        ann.emit("join", "5").expect("joined");
        bo.emit("join", "\"5\"").expect("joined");

        assertThat(ann.next()).startsWith("[\"otherjoin\",5,");
        bo.emit("message", "\"5\"", "1");
        assertThat(ann.next()).isEqualTo("[\"message\",\"5\",1]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{}", "[\"r\"]", "{\"a\":1}"})
    void whatIsNoRoomIsRefusedWithAReason(String room) {
        CourseClient ann = course();
        ann.emit("join", room);

        assertThat(ann.next()).contains("\"code\":\"bad-room\"");
        assertThat(ann.next()).startsWith("[\"full\"," + room);
    }

    @Test
    void leaveFromOutsideEnablesTheButtonsAgain() {
        CourseClient ann = course();
        ann.emit("leave", "\"r\"");

        assertThat(ann.next()).startsWith("[\"leaved\",\"r\",\"");
    }

    @Test
    void acknowledgementsAreGiven() {
        CourseClient ann = course();
        CourseClient bo = course();
        ann.join("r");
        bo.join("r");
        ann.expect("otherjoin");
        ann.send("4217[\"message\",\"r\",\"x\"]");

        assertThat(ann.next()).isEqualTo("4317[]");
        assertThat(bo.next()).isEqualTo("[\"message\",\"r\",\"x\"]");
    }

    @Test
    void bytesPassBetweenOldAndNewClients() {
        CourseClient ann = course();
        CourseClient bo = course();
        ann.join("r");
        bo.join("r");
        ann.expect("otherjoin");
        ann.send("451-[\"message\",\"r\",{\"_placeholder\":true,\"num\":0}]");
        // The attachment never comes; a text in its place ends the session, and nothing reaches the other.
        ann.send("42[\"message\",\"r\",1]");

        assertThat(bo.next()).startsWith("[\"bye\"");
    }

    // ---- with the Duet dialect ----

    @Test
    void aCoursePageThatWaitsMeetsADuetPage() {
        CourseClient ann = old();
        ann.join("r");
        TestClient bo = duet();
        String joined = bo.join("r");
        String boId = field(joined, "\"you\":", "id");
        String annId = field(joined, "\"participants\":", "id");
        assertThat(ann.next()).isEqualTo("[\"otherjoin\",\"r\",\"" + boId + "\"]");

        ann.emit("message", "\"r\"", "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"}");
        assertThat(bo.next())
                .isEqualTo("{\"type\":\"signal\",\"from\":\"" + annId
                        + "\",\"description\":{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"}}");
        ann.emit("message", "\"r\"", "{\"type\":\"candidate\",\"label\":1,\"id\":\"v\",\"candidate\":\"candidate:1\"}");
        assertThat(bo.next())
                .contains("\"candidate\":{\"candidate\":\"candidate:1\",\"sdpMid\":\"v\",\"sdpMLineIndex\":1}");
        ann.emit("message", "\"r\"", "\"ann:hello\"");
        assertThat(bo.next()).contains("\"data\":\"ann:hello\"");
    }

    @Test
    void aDuetPageThatWaitsMeetsACoursePage() {
        TestClient ann = duet();
        String annId = field(ann.join("r"), "\"you\":", "id");
        CourseClient bo = course();
        String boId = bo.join("r");
        assertThat(field(ann.expect("participant-joined"), "\"participant\":", "id"))
                .isEqualTo(boId);

        String to = "{\"type\":\"signal\",\"to\":\"" + boId + "\",";
        ann.send(to + "\"description\":{\"type\":\"offer\",\"sdp\":\"v=0\"}}");
        assertThat(bo.next()).isEqualTo("[\"message\",\"r\",{\"type\":\"offer\",\"sdp\":\"v=0\"}]");
        ann.send(to + "\"candidate\":{\"candidate\":\"candidate:2\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0,"
                + "\"usernameFragment\":\"u\"}}");
        assertThat(bo.next())
                .isEqualTo("[\"message\",\"r\",{\"type\":\"candidate\",\"label\":0,\"id\":\"0\","
                        + "\"candidate\":\"candidate:2\"}]");
        // The end of candidates is not told: course pages throw on what is not a candidate.
        ann.send(to + "\"candidate\":null}");
        ann.send(to + "\"candidate\":{\"candidate\":\"\",\"sdpMid\":\"0\"}}");
        ann.send("{\"type\":\"leave\",\"id\":2}");
        assertThat(bo.next()).isEqualTo("[\"bye\",\"r\",\"" + annId + "\"]");
    }

    /** A page that wraps its signals is understood, and hears the other's in its own form. */
    @Test
    void aDuetPageMeetsAPageWithFormsOfItsOwn() {
        CourseClient ann = course();
        ann.join("r");
        TestClient bo = duet();
        bo.join("r");
        ann.expect("otherjoin");

        ann.emit("message", "\"r\"", "{\"type\":\"video-offer\",\"sdp\":{\"type\":\"offer\",\"sdp\":\"v=0\"}}");
        String offer = bo.next();
        assertThat(offer).contains("\"description\":{\"type\":\"offer\",\"sdp\":\"v=0\"}");
        ann.emit(
                "message",
                "\"r\"",
                "{\"type\":\"candidate\",\"candidate\":"
                        + "{\"candidate\":\"candidate:1\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0}}");
        assertThat(bo.next())
                .contains("\"candidate\":{\"candidate\":\"candidate:1\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0}");

        String to = "{\"type\":\"signal\",\"to\":\"" + field(offer, "", "from") + "\",";
        bo.send(to + "\"description\":{\"type\":\"answer\",\"sdp\":\"v=0\"}}");
        assertThat(ann.next())
                .isEqualTo("[\"message\",\"r\",{\"type\":\"video-answer\","
                        + "\"sdp\":{\"type\":\"answer\",\"sdp\":\"v=0\"}}]");
        bo.send(to + "\"candidate\":{\"candidate\":\"candidate:2\",\"sdpMid\":\"1\",\"sdpMLineIndex\":1}}");
        assertThat(ann.next())
                .isEqualTo("[\"message\",\"r\",{\"type\":\"candidate\",\"candidate\":"
                        + "{\"candidate\":\"candidate:2\",\"sdpMid\":\"1\",\"sdpMLineIndex\":1}}]");
        bo.send(to + "\"candidate\":null}");
        bo.send("{\"type\":\"leave\",\"id\":2}");
        assertThat(ann.next()).startsWith("[\"bye\"");
    }

    @Test
    void whoIsNotUnderstoodHearsItOnce() {
        CourseClient ann = course();
        ann.join("r");
        ann.emit("message", "\"r\"", "{\"type\":\"offer\",\"session\":7}");
        ann.expectNothing();
        CourseClient bo = course();
        bo.join("r");
        ann.expect("otherjoin");
        // Between pages of one dialect everything passes: what they make of it is theirs.
        ann.emit("message", "\"r\"", "{\"type\":\"offer\",\"session\":7}");
        bo.expect("message");
        ann.expectNothing();
        bo.emit("leave", "\"r\"");
        ann.expect("bye");
        TestClient cy = duet();
        cy.join("r");
        ann.expect("otherjoin");

        ann.emit("message", "\"r\"", "{\"type\":\"offer\",\"session\":7}");
        assertThat(ann.expect("duet-error")).contains("\"code\":\"not-understood\"", "another dialect");
        ann.emit("message", "\"r\"", "{\"type\":\"ice-candidate\",\"value\":7}");
        ann.emit("message", "\"r\"", "{\"text\":\"hello\"}");
        ann.expectNothing();
    }

    /** The script that this server serves takes them; no other client is told of what it does not know. */
    @Test
    void aPageWithTheServedScriptGetsTheRelayWithItsSeat() {
        try (CourseClient ann = CourseClient.ofPage(port, "00112233445566778899aabbccddeeff")) {
            ann.emit("join", "\"r\"");
            assertThat(ann.expect("duet-ice-servers"))
                    .contains("\"urls\":[\"turn:", "\"username\":", "\"credential\":");
            ann.expect("joined");
            CourseClient bo = old();
            bo.emit("join", "\"r\"");
            bo.expect("joined");
        }
    }

    @Test
    void aLostCourseClientIsGoneAtOnce() {
        TestClient ann = duet();
        ann.join("r");
        CourseClient bo = old();
        bo.join("r");
        ann.expect("participant-joined");
        bo.abort();

        assertThat(ann.next()).contains("participant-left");
    }

    @Test
    void aLostDuetClientIsGoneWhenItsGraceEnds() {
        CourseClient ann = course();
        ann.join("r");
        TestClient bo = duet();
        bo.join("r");
        ann.expect("otherjoin");
        bo.abort();

        assertThat(ann.next()).startsWith("[\"bye\"");
        ann.expectNothing();
    }

    @Test
    void aReloadedDuetPageIsAnotherPersonToACoursePage() {
        CourseClient ann = course();
        ann.join("r");
        TestClient bo = duet();
        bo.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"instance\":\"one\"}");
        String token = field(bo.expect("joined"), "token");
        ann.expect("otherjoin");
        bo.abort();
        TestClient again = duet();
        again.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"instance\":\"two\",\"resume\":\"" + token + "\"}");
        again.expect("joined");

        assertThat(ann.next()).startsWith("[\"bye\"");
        assertThat(ann.next()).startsWith("[\"otherjoin\"");
        ann.expectNothing();
    }

    @Test
    void aResumedDuetConnectionIsNoNewsToACoursePage() {
        CourseClient ann = course();
        ann.join("r");
        TestClient bo = duet();
        bo.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"instance\":\"one\"}");
        String token = field(bo.expect("joined"), "token");
        ann.expect("otherjoin");
        bo.abort();
        TestClient again = duet();
        again.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"instance\":\"one\",\"resume\":\"" + token + "\"}");
        again.expect("joined");

        ann.expectNothing();
    }

    @Test
    void aDuetPageMayNotSendPastTheCourseRoomsMembers() {
        CourseClient ann = course();
        String annId = ann.join("r");
        TestClient outsider = duet();
        outsider.join("elsewhere");
        outsider.send("{\"type\":\"signal\",\"id\":3,\"to\":\"" + annId + "\",\"data\":1}");

        assertThat(outsider.next()).contains("unknown-participant");
        ann.expectNothing();
    }
}
