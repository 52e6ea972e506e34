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
