package dev.duet.server;

import static dev.duet.server.TestClient.field;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** docs/protocol.md, "Nothing is lost", said over real sockets. */
final class DuetStreamsTest {
    private static final byte[] SECRET = new byte[32];

    static {
        Arrays.fill(SECRET, (byte) 7);
    }

    private DuetServer server = start();

    private static DuetServer start() {
        return DuetServer.start(
                DuetConfig.builder().httpPort(0).eventLoops(4).secret(SECRET).build());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String join(TestClient client, String more) {
        client.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"streams\":[" + more + "}");
        return client.expect("joined");
    }

    private static String id(String joined) {
        return field(joined, "\"you\":", "id");
    }

    private static String resume(String joined, String from, int received) {
        return "{\"participant\":\"" + from + "\",\"epoch\":1,\"received\":" + received + "}],\"resume\":\""
                + field(joined, "token") + "\",\"instance\":\"page\"";
    }

    private static void say(TestClient client, String to, int seq) {
        client.send("{\"type\":\"signal\",\"to\":\"" + to + "\",\"epoch\":1,\"seq\":" + seq + ",\"data\":" + seq + "}");
    }

    private static String heard(String from, int seq) {
        return "{\"type\":\"signal\",\"from\":\"" + from + "\",\"seq\":" + seq + ",\"data\":" + seq + "}";
    }

    @Test
    void whatWasSentWhileSomebodyWasAwayFollowsTheJoin() {
        try (TestClient ann = TestClient.open(server)) {
            String annId = id(join(ann, "]"));
            TestClient bo = TestClient.open(server);
            String joined = join(bo, "],\"instance\":\"page\"");
            ann.expect("participant-joined");
            say(ann, id(joined), 1);
            assertThat(bo.next()).isEqualTo(heard(annId, 1));
            bo.abort();
            ann.expect("participant-away");
            say(ann, id(joined), 2);
            say(ann, id(joined), 3);

            try (TestClient again = TestClient.open(server)) {
                assertThat(join(again, resume(joined, annId, 1))).contains("\"recovered\":true");
                assertThat(again.next()).isEqualTo(heard(annId, 2));
                assertThat(again.next()).isEqualTo(heard(annId, 3));
                assertThat(ann.expect("participant-back")).contains("\"recovered\":true", "\"accepted\":3");
                assertThat(ann.expect("ack")).contains("\"seq\":1");
                again.send("{\"type\":\"ack\",\"participant\":\"" + annId + "\",\"epoch\":1,\"seq\":3}");
                assertThat(ann.expect("ack")).contains("\"seq\":3", id(joined));
            }
        }
    }

    @Test
    void aServerThatWasStartedAgainTakesBothBack() {
        TestClient ann = TestClient.open(server);
        TestClient bo = TestClient.open(server);
        String annJoined = join(ann, "],\"instance\":\"page\"");
        String boJoined = join(bo, "],\"instance\":\"page\"");
        ann.expect("participant-joined");
        say(ann, id(boJoined), 1);
        assertThat(bo.next()).isEqualTo(heard(id(annJoined), 1));
        server.close();
        server = start();

        try (TestClient annAgain = TestClient.open(server);
                TestClient boAgain = TestClient.open(server)) {
            String annBack = join(annAgain, resume(annJoined, id(boJoined), 0));
            assertThat(id(annBack)).isEqualTo(id(annJoined));
            assertThat(annBack).contains("\"recovered\":true", "\"othersMayReturnMs\":");
            String boBack = join(boAgain, resume(boJoined, id(annJoined), 1));
            assertThat(id(boBack)).isEqualTo(id(boJoined));
            assertThat(annAgain.expect("participant-back")).contains("\"accepted\":1", "\"recovered\":true");
            assertThat(annAgain.expect("ack")).contains("\"seq\":1");
            say(annAgain, id(boJoined), 2);
            assertThat(boAgain.next()).isEqualTo(heard(id(annJoined), 2));
        }
    }

    @Test
    void whoDoesNotNumberGetsASignalAsItWasSent() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            String annId = id(ann.join("r"));
            String boId = id(join(bo, "]"));
            ann.expect("participant-joined");
            ann.send("{\"type\":\"signal\",\"to\":\"" + boId + "\",\"data\":{ \"x\" : 1.50}}");

            assertThat(bo.next())
                    .isEqualTo("{\"type\":\"signal\",\"from\":\"" + annId + "\",\"seq\":1,\"data\":{ \"x\" : 1.50}}");
            say(bo, annId, 1);
            assertThat(ann.next()).contains("\"from\":\"" + boId + "\"", "\"data\":1}");
            assertThat(bo.expect("ack")).contains("\"seq\":1");
        }
    }

    @Test
    void whoNumbersHasToNameNumberAndEpoch() {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            String annId = id(join(ann, "]"));
            join(bo, "]");
            bo.send("{\"type\":\"signal\",\"id\":4,\"to\":\"" + annId + "\",\"data\":1}");

            assertThat(bo.expect("error")).contains("bad-message", "\"id\":4");
            say(bo, annId, 2);
            assertThat(bo.expect("error")).contains("out-of-sequence", "\"expected\":1", annId);
        }
    }

    @Test
    void whoWasReplacedIsToldSo() {
        try (TestClient ann = TestClient.open(server);
                TestClient cy = TestClient.open(server);
                TestClient boAgain = TestClient.open(server)) {
            join(ann, "]");
            TestClient bo = TestClient.open(server);
            String joined = join(bo, "]");
            bo.abort();
            ann.expect("participant-joined");
            ann.expect("participant-away");
            cy.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\"}");
            String full = cy.expect("full");
            long deadline = System.nanoTime() + 20_000_000_000L;
            while (full.contains("\"full\"") && System.nanoTime() < deadline) {
                pause(Long.parseLong(field(full, "retryAfterMs")) + 50);
                cy.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\"}");
                full = cy.next();
            }
            assertThat(full).contains("\"joined\"");
            boAgain.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"resume\":\"" + field(joined, "token") + "\"}");

            assertThat(boAgain.expect("ended")).contains("superseded");
            assertThat(boAgain.closeCode()).isEqualTo(4001);
        }
    }

    private static void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
