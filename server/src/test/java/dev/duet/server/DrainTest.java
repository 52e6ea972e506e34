package dev.duet.server;

import static dev.duet.server.TestClient.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.server.relay.IceServer;
import dev.duet.server.relay.TurnClient;
import dev.duet.stun.TransportAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server that is to be started again ends no call by it. */
final class DrainTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

    private final DuetServer server = DuetServer.start(DuetConfig.builder()
            .httpPort(0)
            .eventLoops(2)
            .relay(RelayConfig.DEFAULT.withUdpPort(0))
            .limits(ConnectionLimits.DEFAULT.with(ConnectionLimits.Name.UNJOINED_PER_SOURCE, 200))
            .build());

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void nobodyIsThereAndItEndsAtOnce() throws Exception {
        long start = System.nanoTime();

        server.drain(LONG);

        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(2));
        assertThat(readiness()).isEqualTo(503);
    }

    @Test
    void everyClientIsToldWhenToComeBackAndThenClosed() throws Exception {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.join("r");
            bo.join("r");

            server.drain(LONG);

            String told = bo.await(message -> message.contains("\"moving\""));
            assertThat(Integer.parseInt(field(told, "retryAfterMs"))).isBetween(1_000, 1_300);
            assertThat(ann.await(message -> message.contains("\"moving\""))).contains("retryAfterMs");
            assertThat(ann.closeCode()).isEqualTo(1012);
            assertThat(bo.closeCode()).isEqualTo(1012);
            assertThat(bo.received).as("it is the last word").isEmpty();
        }
    }

    @Test
    void closingWithoutDrainingSaysItToo() {
        try (TestClient ann = TestClient.open(server)) {
            ann.join("r");

            server.close();

            assertThat(field(ann.expect("moving"), "retryAfterMs")).isEqualTo("1000");
            assertThat(ann.closeCode()).isEqualTo(1012);
        }
    }

    @Test
    void theyDoNotAllComeBackInTheSameMoment() throws Exception {
        List<TestClient> clients = new ArrayList<>();
        List<CompletableFuture<Long>> moments = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            TestClient client = TestClient.open(server);
            clients.add(client);
            moments.add(client.closed.thenApply(_ -> System.nanoTime()));
        }

        server.drain(LONG);

        List<Long> sorted =
                moments.stream().map(CompletableFuture::join).sorted().toList();
        long between = sorted.get(49) - sorted.get(9);
        assertThat(TimeUnit.NANOSECONDS.toMillis(between))
                .as("between the 10th and the 50th of 60, of 200 ms")
                .isBetween(60L, 2_000L);
        clients.forEach(TestClient::close);
    }

    @Test
    void theSpreadGrowsWithTheNumberOfClients() {
        assertThat(List.of(0, 1, 1_000, 100_000))
                .extracting(clients -> Drain.spread(clients).toMillis())
                .containsExactly(0L, 200L, 1_000L, 3_000L);
    }

    @Test
    void whatWasSentJustBeforeArrives() throws Exception {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            ann.join("r");
            String annId = field(bo.join("r"), "\"participants\":", "id");
            String large = "x".repeat(60_000);
            for (int i = 0; i < 40; i++) {
                bo.send("{\"type\":\"signal\",\"to\":\"" + annId + "\",\"data\":[" + i + ",\"" + large + "\"]}");
            }
            bo.send("{\"type\":\"ping\",\"id\":9}").expect("pong"); // All of them are in the room by now.

            server.drain(Duration.ZERO);
            server.close();

            ann.expect("participant-joined");
            for (int i = 0; i < 40; i++) {
                assertThat(ann.expect("signal")).contains("\"data\":[" + i + ",");
            }
            ann.await(message -> message.contains("\"moving\""));
            assertThat(ann.closeCode()).isEqualTo(1012);
        }
    }

    @Test
    void whoConnectsAfterThatIsToldAgain() throws Exception {
        server.drain(LONG);

        try (TestClient late = TestClient.open(server)) {
            assertThat(field(late.expect("moving"), "retryAfterMs")).isEqualTo("1000");
            assertThat(late.closeCode()).isEqualTo(1012);
        }
    }

    @Test
    void aCoursePageIsWaitedForUntilItLeaves() throws Exception {
        try (CourseClient page = CourseClient.open(port());
                TestClient ann = TestClient.open(server)) {
            page.join("r");
            ann.join("r");
            page.expect("otherjoin");
            CompletableFuture<Void> drained = drain(LONG);

            Thread.sleep(400);
            assertThat(drained).isNotDone();
            assertThat(ann.received).as("nobody is told yet").isEmpty();
            page.emit("leave", "\"r\"").expect("leaved");

            drained.orTimeout(5, TimeUnit.SECONDS).join();
            ann.expect("participant-left");
            ann.expect("moving");
        }
    }

    @Test
    void coursePagesAreWaitedForNoLongerThanItWasSaid() throws Exception {
        try (CourseClient page = CourseClient.open(port())) {
            page.join("r");
            long start = System.nanoTime();

            server.drain(Duration.ofMillis(700));

            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(700L, 5_000L);
            assertThat(page.closed).as("until the server is closed").isNotDone();
        }
    }

    @Test
    void closingEndsTheWaiting() {
        try (CourseClient page = CourseClient.open(port())) {
            page.join("r");
            CompletableFuture<Void> drained = drain(LONG);

            server.close();

            drained.orTimeout(2, TimeUnit.SECONDS).join();
        }
    }

    @Test
    void roomsAreFilledAndSeatsResumedButNoneIsBegunWhileItDrains() throws Exception {
        try (CourseClient waiting = CourseClient.open(port());
                CourseClient second = CourseClient.open(port());
                CourseClient alone = CourseClient.open(port());
                TestClient ann = TestClient.open(server);
                TestClient cy = TestClient.open(server)) {
            waiting.join("page");
            String joined = ann.join("r");
            String token = field(joined, "token");
            String annId = field(joined, "\"you\":", "id");
            CompletableFuture<Void> drained = drain(LONG);
            awaitDraining();

            cy.send("{\"type\":\"join\",\"id\":3,\"room\":\"new\"}");
            assertThat(cy.expect("error")).contains("\"id\":3", "\"unavailable\"", "\"retryAfterMs\":2000");
            alone.emit("join", "\"new\"");
            assertThat(alone.next()).contains("duet-error", "unavailable");
            alone.expect("full");
            second.join("page");
            cy.join("r");
            ann.expect("participant-joined");
            ann.abort();
            cy.expect("participant-away");
            try (TestClient again = TestClient.open(server)) {
                again.send("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"resume\":\"" + token + "\"}");
                assertThat(field(again.expect("joined"), "\"you\":", "id")).isEqualTo(annId);
            }
            assertThat(drained).isNotDone();
        }
    }

    @Test
    void aRelayedCallIsWaitedForAndNoNewOneBegins() throws Exception {
        try (TestClient ann = TestClient.open(server);
                TestClient bo = TestClient.open(server)) {
            String annJoined = ann.join("r");
            String boJoined = bo.join("r");
            try (TurnClient annRelayed = turnClient(annJoined);
                    TurnClient boRelayed = turnClient(boJoined);
                    TurnClient late = turnClient(boJoined)) {
                TransportAddress annAt = annRelayed.allocate();
                TransportAddress boAt = boRelayed.allocate();
                annRelayed.permit(boAt);
                boRelayed.permit(annAt);
                say(annRelayed, boAt, boRelayed, Duration.ofMillis(4_500)); // Two rounds of the housekeeping.
                CompletableFuture<Void> drained = drain(LONG);

                say(annRelayed, boAt, boRelayed, Duration.ofMillis(2_500));
                assertThat(drained).isNotDone();
                assertThat(late.tryAllocate().errorCode()).hasValue(508);

                // It ends: its allocations live on, as those of a call do that found a direct way.
                drained.orTimeout(6, TimeUnit.SECONDS).join();
                assertThat(server.relay().orElseThrow().relayCount()).isEqualTo(2);
            }
        }
    }

    private static void say(TurnClient from, TransportAddress to, TurnClient other, Duration time) throws Exception {
        for (long passed = 0; passed < time.toMillis(); passed += 50) {
            from.send(to, new byte[500]);
            assertThat(other.receive(1_000)).isPresent();
            Thread.sleep(50);
        }
    }

    private CompletableFuture<Void> drain(Duration timeout) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                server.drain(timeout);
                done.complete(null);
            } catch (InterruptedException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private void awaitDraining() throws Exception {
        while (readiness() != 503) {
            Thread.sleep(10);
        }
        Thread.sleep(50);
    }

    private int readiness() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI readyz = URI.create("http://127.0.0.1:" + port() + "/readyz");
            return http.send(HttpRequest.newBuilder(readyz).build(), BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private int port() {
        return server.http().orElseThrow().getPort();
    }

    private TurnClient turnClient(String joined) throws java.io.IOException {
        Matcher matcher = Pattern.compile("\"username\":\"([^\"]+)\",\"credential\":\"([^\"]+)\"")
                .matcher(joined);
        assertThat(matcher.find()).as(joined).isTrue();
        return new TurnClient(
                TurnClient.udp(
                        HERE,
                        new InetSocketAddress(HERE, server.relay().orElseThrow().udpPort())),
                new IceServer.Login(matcher.group(1), matcher.group(2)));
    }
}
