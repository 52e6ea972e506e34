package dev.duet.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Whoever asks for an acknowledgement gets one, whatever becomes of what was asked for: a client with the option {@code retries} sends nothing
 * more before it has it.
 */
final class CourseAcknowledgementTest {
    private final DuetServer server = DuetServer.start(DuetConfig.builder()
            .httpPort(0)
            .eventLoops(2)
            .relay(RelayConfig.OFF)
            .build());
    private final int port = server.http().orElseThrow().getPort();
    private final CourseClient ann = CourseClient.open(port);

    @AfterEach
    void stop() {
        ann.close();
        server.close();
    }

    private String asked(String event) {
        ann.send("4217" + event);
        return ann.next();
    }

    @Test
    void aJoinIsAcknowledgedWhenThereIsASeat() {
        assertThat(asked("[\"join\",\"r\"]")).startsWith("[\"joined\",\"r\"");
        assertThat(ann.next()).isEqualTo("4317[]");
        // Sent again, since the first acknowledgement was late: the same answer, and nothing else.
        assertThat(asked("[\"join\",\"r\"]")).isEqualTo("4317[]");
    }

    /** Four copies in one flight: the outcome is known after the last of them. */
    @Test
    void eachCopyOfAJoinUnderWayIsAcknowledged() {
        for (int i = 0; i < 4; i++) {
            ann.send("42" + i + "[\"join\",\"r\"]");
        }
        ann.expect("joined");

        for (int i = 0; i < 4; i++) {
            assertThat(ann.next()).isEqualTo("43" + i + "[]");
        }
    }

    @Test
    void aFullRoomIsARefusal() {
        try (CourseClient bo = CourseClient.open(port);
                CourseClient cy = CourseClient.open(port)) {
            bo.join("r");
            cy.join("r");

            assertThat(asked("[\"join\",\"r\"]")).startsWith("[\"full\",\"r\"");
            assertThat(ann.next()).startsWith("4317[{").contains("\"code\":\"room-full\"", "\"fix\":");
        }
    }

    @Test
    void whatIsNoRoomIsARefusal() {
        assertThat(asked("[\"join\",{\"room\":\"r\"}]")).contains("duet-error", "bad-room");
        assertThat(ann.next()).startsWith("4317[{").contains("\"code\":\"bad-room\"");
        ann.expect("full");
    }

    @Test
    void aSecondRoomIsARefusal() {
        ann.join("r");

        assertThat(asked("[\"join\",\"s\"]")).contains("duet-error", "already-in-room");
        assertThat(ann.next()).startsWith("4317[{").contains("\"code\":\"already-in-room\"");
    }

    @Test
    void whatIsSentFromOutsideIsARefusal() {
        assertThat(asked("[\"message\",\"r\",\"x\"]")).startsWith("4317[{").contains("\"code\":\"not-in-room\"");
    }

    @Test
    void whatTheRoomRefusesIsARefusal() {
        try (CourseClient bo = CourseClient.open(port)) {
            ann.join("r");
            bo.join("r");
            ann.expect("otherjoin");
            String candidate =
                    "{\"type\":\"candidate\",\"label\":0,\"id\":\"0\",\"candidate\":\"" + "x".repeat(2_000) + "\"}";

            assertThat(asked("[\"message\",\"r\"," + candidate + "]")).contains("duet-error", "candidate-too-large");
            assertThat(ann.next()).startsWith("4317[{").contains("\"code\":\"candidate-too-large\"");
            String huge = "{\"type\":\"offer\",\"sdp\":\"" + "a=b\\r\\n".repeat(60_000) + "\"}";
            assertThat(asked("[\"message\",\"r\"," + huge + "]")).contains("duet-error", "description-too-large");
            assertThat(ann.next()).startsWith("4317[{").contains("\"code\":\"description-too-large\"");
            assertThat(asked("[\"message\",\"r\",\"" + "x".repeat(70_000) + "\"]"))
                    .contains("duet-error", "message-too-large");
            assertThat(ann.next()).startsWith("4317[{");
            assertThat(asked("[\"message\",\"r\",1]")).isEqualTo("4317[]");
            assertThat(bo.next()).isEqualTo("[\"message\",\"r\",1]");
            // Thirty screens that were shown and hidden again stay in a description: 170 kB.
            String large = "{\"type\":\"offer\",\"sdp\":\"" + "a=b\\r\\n".repeat(34_000) + "\"}";
            ann.emit("message", "\"r\"", large);
            assertThat(bo.next()).isEqualTo("[\"message\",\"r\"," + large + "]");
        }
    }

    @Test
    void anUnknownEventIsARefusal() {
        assertThat(asked("[\"offer\",\"r\"]")).contains("duet-error", "unknown-event");
        assertThat(ann.next()).startsWith("4317[{").contains("\"code\":\"unknown-event\"");
    }

    @Test
    void aLeaveIsAcknowledgedFromInsideAndFromOutside() {
        assertThat(asked("[\"leave\",\"r\"]")).contains("leaved");
        assertThat(ann.next()).isEqualTo("4317[]");
    }

    @Test
    void aJoinThatItsPageLeavesIsAnsweredAllTheSame() {
        ann.send("427[\"join\",\"r\"]").send("428[\"leave\",\"r\"]");

        String all = ann.next() + ann.next() + ann.next();
        all += all.contains("joined") ? ann.next() : "";
        assertThat(all).contains("437[", "438[]", "leaved");
    }

    /** What is over the rate is dropped, the first of it with an event, and every one with its acknowledgement. */
    @Test
    void whatIsOverTheRateIsARefusal() {
        int sent = 3 * ConnectionLimits.DEFAULT.messageBurst();
        for (int i = 0; i < sent; i++) {
            ann.send("42" + i + "[\"message\",\"r\",1]");
        }

        String last = "";
        for (int answered = 0; answered < sent; ) {
            String next = ann.next();
            if (next.startsWith("43")) {
                assertThat(next).startsWith("43" + answered + "[{");
                answered++;
                last = next;
            }
        }
        assertThat(last).contains("rate-limited");
    }

    @Test
    void aPageThatIsDroppedForItsSecondClickIsAnswered() {
        String page = "0123456789abcdef0123456789abcdef";
        try (CourseClient first = CourseClient.ofPage(port, page);
                CourseClient second = CourseClient.ofPage(port, page)) {
            first.send("421[\"join\",\"r\"]");
            first.expect("joined");
            assertThat(first.next()).isEqualTo("431[]");
            second.send("422[\"join\",\"r\"]");

            second.expect("joined");
            assertThat(second.next()).isEqualTo("432[]");
            assertThat(first.expect("duet-error")).contains("double-click");
        }
    }
}
