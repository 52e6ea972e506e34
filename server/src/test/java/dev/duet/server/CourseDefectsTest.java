package dev.duet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What goes wrong with a first signaling server, and does not here. Each check passes on Duet and fails on a server with the fault. Elsewhere:
 * D1, a missing certificate (MainTest), and D15, the listing of a folder and scripts from elsewhere (PagesTest).
 */
@Timeout(60)
final class CourseDefectsTest {
    private static final String ROOM = "r";

    private interface Check {
        void on(int port);
    }

    enum Defect {
        D02_A_MESSAGE_WITHOUT_DATA_ENDS_THE_PROCESS(CourseDefectsTest::messageWithoutData),
        D03_A_ROOM_WITH_A_SPECIAL_NAME_ENDS_THE_PROCESS(CourseDefectsTest::specialRoomName),
        D04_AN_OUTSIDER_SENDS_INTO_A_ROOM(CourseDefectsTest::outsiderSends),
        D05_AN_OUTSIDERS_LEAVE_HANGS_UP(CourseDefectsTest::outsiderLeaves),
        D06_A_LOST_CONNECTION_IS_TOLD_NOBODY(CourseDefectsTest::lostConnection),
        D07_A_GHOST_KEEPS_ITS_SEAT(CourseDefectsTest::ghostSeat),
        D08_A_THIRD_LISTENS_BEFORE_IT_IS_COUNTED(CourseDefectsTest::thirdListens),
        D09_JOINING_TWICE_IS_TOLD_TWICE(CourseDefectsTest::joinsTwice),
        D10_A_LIST_OF_ROOMS_GETS_PAST_THE_CAPACITY(CourseDefectsTest::listOfRooms),
        D11_AN_ID_IS_A_ROOM(CourseDefectsTest::idAsRoom),
        D12_ANY_SIZE_IS_RELAYED(CourseDefectsTest::anySize),
        D12_ANY_RATE_IS_RELAYED(CourseDefectsTest::anyRate),
        D13_A_DOUBLE_CLICK_TAKES_BOTH_SEATS(CourseDefectsTest::doubleClick),
        D14_OBJECTS_BECOME_TEXT(CourseDefectsTest::objectsStay);

        @SuppressWarnings("ImmutableEnumChecker") // Every check is a method without state.
        private final Check check;

        Defect(Check check) {
            this.check = check;
        }
    }

    @ParameterizedTest
    @EnumSource
    void isNotHere(Defect defect) {
        try (DuetServer server = duet()) {
            defect.check.on(server.http().orElseThrow().getPort());
        }
    }

    @ParameterizedTest
    @EnumSource
    void isFoundInAServerThatHasIt(Defect defect) {
        try (LessonServer server = new LessonServer()) {
            assertThatThrownBy(() -> defect.check.on(server.port()))
                    .as("the check finds %s", defect)
                    .isNotNull();
        }
    }

    /** As it comes, but for how soon a silent connection is dead: the test cannot wait for so long. */
    private static DuetServer duet() {
        ConnectionLimits usual = ConnectionLimits.DEFAULT;
        ConnectionLimits limits = new ConnectionLimits(
                usual.messageBytesMax(),
                usual.descriptionBytesMax(),
                usual.candidatesMax(),
                usual.messagesPerSecond(),
                usual.messageBurst(),
                usual.unjoinedPerSourceMax(),
                usual.failedJoinsFree(),
                usual.outboundHighBytes(),
                usual.outboundBytesMax(),
                usual.outboundHighMax(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2));
        return DuetServer.start(DuetConfig.builder()
                .httpPort(0)
                .eventLoops(3)
                .limits(limits)
                .relay(RelayConfig.OFF)
                .build());
    }

    private static void messageWithoutData(int port) {
        try (CourseClient ann = CourseClient.open(port);
                CourseClient bo = CourseClient.open(port)) {
            ann.join(ROOM);
            bo.join(ROOM);
            ann.emit("message", "\"r\"").emit("message", "\"r\"", "null").emit("message");
        }
        serverLives(port);
    }

    private static void specialRoomName(int port) {
        for (String name : List.of("__proto__", "constructor", "toString", "hasOwnProperty")) {
            try (CourseClient ann = CourseClient.open(port);
                    CourseClient bo = CourseClient.open(port)) {
                ann.join(name);
                bo.join(name);
                ann.expect("otherjoin");
            }
        }
        serverLives(port);
    }

    private static void serverLives(int port) {
        try (CourseClient cy = CourseClient.open(port);
                CourseClient dee = CourseClient.openOld(port)) {
            cy.join("after");
            dee.join("after");
            cy.expect("otherjoin");
            dee.emit("message", "\"after\"", "\"still here\"");
            assertThat(cy.next()).startsWith("[\"message\",\"after\",\"still here");
        }
    }

    private static void outsiderSends(int port) {
        try (CourseClient ann = CourseClient.open(port);
                CourseClient bo = CourseClient.openOld(port);
                CourseClient cy = CourseClient.open(port)) {
            ann.join(ROOM);
            bo.join(ROOM);
            ann.expect("otherjoin");
            cy.emit("message", "\"r\"", "\"never joined\"");
            cy.emit("join", "\"r\"").expect("full");
            cy.emit("message", "\"r\"", "{\"type\":\"offer\",\"sdp\":\"mine\"}");
            ann.expectNothing();
            bo.expectNothing();
        }
    }

    private static void outsiderLeaves(int port) {
        try (CourseClient ann = CourseClient.open(port);
                CourseClient bo = CourseClient.open(port);
                CourseClient cy = CourseClient.open(port)) {
            ann.join(ROOM);
            bo.join(ROOM);
            ann.expect("otherjoin");
            cy.emit("leave", "\"r\"").expect("leaved");
            ann.expectNothing();
            bo.expectNothing();
        }
    }

    private static void lostConnection(int port) {
        try (CourseClient ann = CourseClient.open(port);
                CourseClient bo = CourseClient.open(port)) {
            ann.join(ROOM);
            String id = bo.join(ROOM);
            ann.expect("otherjoin");
            bo.abort();
            assertThat(ann.poll(Duration.ofSeconds(2))).isEqualTo("[\"bye\",\"r\",\"" + id + "\"]");
            ann.expectNothing();
        }
    }

    private static void ghostSeat(int port) {
        try (CourseClient ann = CourseClient.open(port);
                CourseClient ghost = CourseClient.open(port);
                CourseClient again = CourseClient.open(port)) {
            ann.join(ROOM);
            ghost.join(ROOM);
            ann.expect("otherjoin");
            ghost.fallSilent();
            assertThat(ann.poll(Duration.ofSeconds(4))).startsWith("[\"bye\"");
            again.join(ROOM);
        }
    }

    private static void thirdListens(int port) {
        try (CourseClient ann = CourseClient.open(port);
                CourseClient bo = CourseClient.open(port);
                CourseClient cy = CourseClient.open(port)) {
            ann.join(ROOM);
            bo.join(ROOM);
            ann.expect("otherjoin");
            cy.emit("join", "\"r\"");
            for (int i = 0; i < 20; i++) {
                ann.emit("message", "\"r\"", "\"secret\"");
            }
            cy.expect("full");
            cy.expectNothing();
        }
    }

    private static void joinsTwice(int port) {
        try (CourseClient ann = CourseClient.open(port);
                CourseClient bo = CourseClient.open(port)) {
            ann.join(ROOM);
            bo.join(ROOM);
            ann.expect("otherjoin");
            bo.emit("join", "\"r\"").emit("join", "\"r\"");
            bo.expectNothing();
            ann.expectNothing();
        }
    }

    private static void listOfRooms(int port) {
        try (CourseClient ann = CourseClient.open(port);
                CourseClient bo = CourseClient.open(port);
                CourseClient cy = CourseClient.open(port)) {
            ann.join(ROOM);
            bo.join(ROOM);
            ann.expect("otherjoin");
            cy.emit("join", "[\"r\",\"other\"]");
            bo.emit("message", "\"r\"", "\"secret\"");
            ann.expect("message");
            for (String got = cy.poll(CourseClient.QUIET); !got.isEmpty(); got = cy.poll(CourseClient.QUIET)) {
                assertThat(got).doesNotContain("secret");
            }
        }
    }

    private static void idAsRoom(int port) {
        try (CourseClient ann = CourseClient.open(port);
                CourseClient cy = CourseClient.open(port)) {
            String id = ann.join(ROOM);
            cy.emit("message", '"' + id + '"', "\"psst\"");
            ann.expectNothing();
            cy.join(id);
            cy.emit("message", '"' + id + '"', "\"psst\"");
            ann.expectNothing();
        }
    }

    private static void anySize(int port) {
        try (CourseClient ann = CourseClient.open(port);
                CourseClient bo = CourseClient.open(port)) {
            ann.join(ROOM);
            bo.join(ROOM);
            ann.expect("otherjoin");
            bo.emit("message", "\"r\"", '"' + "x".repeat(2_000_000) + '"');
            // Its connection ends, and that is all the other hears.
            assertThat(ann.next()).startsWith("[\"bye\"");
        }
    }

    private static void anyRate(int port) {
        try (CourseClient ann = CourseClient.open(port);
                CourseClient bo = CourseClient.open(port)) {
            ann.join(ROOM);
            bo.join(ROOM);
            ann.expect("otherjoin");
            for (int i = 0; i < 1_000; i++) {
                bo.emit("message", "\"r\"", Integer.toString(i));
            }
            List<String> relayed = new ArrayList<>();
            for (String got = ann.poll(CourseClient.QUIET); !got.isEmpty(); got = ann.poll(CourseClient.QUIET)) {
                relayed.add(got);
            }
            ConnectionLimits limits = ConnectionLimits.DEFAULT;
            assertThat(relayed)
                    .hasSizeBetween(limits.messageBurst() / 2, limits.messageBurst() + 5 * limits.messagesPerSecond());
        }
    }

    private static void doubleClick(int port) {
        String page = "0123456789abcdef0123456789abcdef";
        try (CourseClient first = CourseClient.ofPage(port, page);
                CourseClient second = CourseClient.ofPage(port, page);
                CourseClient friend = CourseClient.open(port)) {
            first.join(ROOM);
            second.join(ROOM);
            assertThat(first.expect("duet-error")).contains("double-click");
            friend.join(ROOM);
            second.expect("otherjoin");
            second.emit("message", "\"r\"", "{\"type\":\"offer\",\"sdp\":\"v=0\"}");
            assertThat(friend.next()).contains("offer");
            first.abort();
            friend.expectNothing();
        }
    }

    private static void objectsStay(int port) {
        try (CourseClient ann = CourseClient.open(port);
                CourseClient bo = CourseClient.openOld(port)) {
            ann.join(ROOM);
            bo.join(ROOM);
            ann.expect("otherjoin");
            bo.emit("message", "\"r\"", "{\"type\":\"offer\", \"sdp\":\"v=0\\r\\n\"}");
            assertThat(ann.next()).isEqualTo("[\"message\",\"r\",{\"type\":\"offer\", \"sdp\":\"v=0\\r\\n\"}]");
        }
    }
}
