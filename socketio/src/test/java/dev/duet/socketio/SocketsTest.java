package dev.duet.socketio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.engineio.EngineOptions;
import dev.duet.engineio.FakeRequest;
import dev.duet.engineio.FakeWebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events, acknowledgements and rooms between clients of both revisions. */
final class SocketsTest {
    private final FakeIo io = new FakeIo(
            FakeIo.ENGINE.withHeartbeat(Duration.ofSeconds(30), Duration.ofSeconds(30)), SocketOptions.DEFAULT);
    private final Namespace namespace = io.server.of("/");
    private final List<Object> got = new ArrayList<>();

    @BeforeEach
    void handlers() {
        namespace
                .on("twice", (_, event) -> {
                    event.ack("first");
                    event.ack("second");
                    got.add(event.wantsAck());
                })
                .on("bytes", (_, event) -> event.ack(event.args()))
                .on(
                        "join",
                        (socket, event) -> socket.join(event.args().string(0).orElse("")))
                .on("say", (socket, event) -> socket.to("room").emit(event.asEmission()))
                .onOther((_, event) -> got.add(event.name()));
    }

    private FakeWebSocket connected() {
        FakeWebSocket webSocket = io.opened();
        webSocket.send("40");
        webSocket.next();
        return webSocket;
    }

    private Socket only() {
        return namespace.socket("id1").orElseThrow();
    }

    // ---- acknowledgements ----

    @Test
    void anEventIsAcknowledgedOnce() {
        FakeWebSocket webSocket = connected();

        webSocket.send("427[\"twice\"]");

        assertThat(webSocket.next()).isEqualTo("437[\"first\"]");
        assertThat(webSocket.isQuiet()).isTrue();
        assertThat(got).containsExactly(false);
    }

    @Test
    void anEventThatAsksForNoAcknowledgementGetsNone() {
        FakeWebSocket webSocket = connected();

        webSocket.send("42[\"twice\"]");

        assertThat(webSocket.isQuiet()).isTrue();
    }

    @Test
    void anAcknowledgementIsAwaitedOnce() {
        FakeWebSocket webSocket = connected();
        only().emit(Emission.of("ask"), args -> got.add(Objects.requireNonNull(args.value(0))));
        only().emit(Emission.of("ask"), args -> got.add(Objects.requireNonNull(args.value(0))));

        assertThat(webSocket.next()).isEqualTo("420[\"ask\"]");
        assertThat(webSocket.next()).isEqualTo("421[\"ask\"]");
        webSocket.send("431[\"b\"]");
        webSocket.send("430[\"a\"]");
        webSocket.send("430[\"again\"]");
        webSocket.send("4399[\"never asked\"]");

        assertThat(got).containsExactly("b", "a");
        assertThat(webSocket.isShut()).isFalse();
    }

    @Test
    void anAcknowledgementMayCarryBytes() {
        FakeWebSocket webSocket = connected();
        only().emit(Emission.of("ask"), args -> got.add(Objects.requireNonNull(args.value(0))));

        webSocket.send("461-0[{\"_placeholder\":true,\"num\":0}]");
        webSocket.send(new byte[] {1, 2});

        assertThat((byte[]) got.getFirst()).containsExactly(1, 2);
    }

    @Test
    void anEventWithBytesIsAcknowledgedWithThem() {
        FakeWebSocket webSocket = connected();

        webSocket.send("451-5[\"bytes\",{\"a\":[{\"_placeholder\":true,\"num\":0}]}]");
        webSocket.send(new byte[] {9});

        assertThat(webSocket.next()).isEqualTo("461-5[{\"a\":[{\"_placeholder\":true,\"num\":0}]}]");
        assertThat(webSocket.nextBytes()).containsExactly(9);
    }

    @Test
    void nobodyAwaitsMoreAcknowledgementsThanAllowed() {
        connected();
        for (int i = 0; i < 256; i++) {
            only().emit(Emission.of("ask"), got::add);
        }

        assertThatThrownBy(() -> only().emit(Emission.of("ask"), got::add))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("256");
    }

    @Test
    void anAcknowledgementAfterTheEndReachesNobody() {
        FakeWebSocket webSocket = connected();
        only().emit(Emission.of("ask"), got::add);
        Socket socket = only();

        webSocket.disconnect();
        socket.emit(Emission.of("ask"), got::add);
        webSocket.send("430[]");

        assertThat(got).isEmpty();
    }

    // ---- rooms ----

    @Test
    void whatIsSaidInARoomReachesTheOthersInItOnce() {
        FakeWebSocket a = connected();
        FakeWebSocket b = connected();
        FakeWebSocket outside = connected();
        a.send("42[\"join\",\"room\"]");
        b.send("42[\"join\",\"room\"]");
        b.send("42[\"join\",\"room\"]");

        a.send("42[\"say\", {\"b\":1,\"a\":[ 1.0 ]} ]");

        assertThat(b.next()).isEqualTo("42[\"say\", {\"b\":1,\"a\":[ 1.0 ]}]");
        assertThat(List.of(a, b, outside)).allMatch(FakeWebSocket::isQuiet);
        assertThat(namespace.roomSize("room")).isEqualTo(2);
    }

    @Test
    void whoeverIsInTwoRoomsHearsABroadcastToBothOnce() {
        FakeWebSocket a = connected();
        only().join("one");
        only().join("two");

        namespace.to("one").to("two").emit("hello");
        only().leave("one");
        only().leave("two");
        namespace.to("one").to("two").emit("nobody");
        namespace.all().emit("everybody");

        assertThat(a.next()).isEqualTo("42[\"hello\"]");
        assertThat(a.next()).isEqualTo("42[\"everybody\"]");
        assertThat(a.isQuiet()).isTrue();
        assertThat(namespace.roomSize("one")).isZero();
    }

    @Test
    void bytesGoBetweenClientsOfBothRevisions() {
        FakeWebSocket fresh = connected();
        String query = "EIO=3&transport=polling&b64=1";
        String polling = io.openPolling(query);
        FakeWebSocket old = io.wire.webSocket("EIO=3&transport=websocket");
        old.next();
        old.next();
        fresh.send("42[\"join\",\"room\"]");
        old.send("42[\"join\",\"room\"]");
        io.wire.post(polling, "17:42[\"join\",\"room\"]");

        old.send("451-[\"say\",{\"_placeholder\":true,\"num\":0}]");
        old.send(new byte[] {4, 1, 2, 3});

        String event = "451-[\"say\",{\"_placeholder\":true,\"num\":0}]";
        assertThat(fresh.next()).isEqualTo(event);
        assertThat(fresh.nextBytes()).containsExactly(1, 2, 3);
        assertThat(io.wire.get(polling).text()).isEqualTo(event.length() + ":" + event + "6:b4AQID");
        fresh.send(event);
        fresh.send(new byte[] {7});
        assertThat(old.next()).isEqualTo(event);
        assertThat(old.nextBytes()).containsExactly(4, 7);
    }

    @Test
    void attachmentsMayArriveInSeveralPosts() {
        String session = io.openPolling("EIO=4&transport=polling");
        io.wire.post(session, "40");
        io.wire.post(session, "452-3[\"bytes\",{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":0}]");
        io.wire.post(session, "bAQ==");
        FakeRequest poll = io.wire.get(session);
        assertThat(poll.text()).startsWith("40");

        io.wire.post(session, "bAg==");

        assertThat(io.wire.get(session).text())
                .isEqualTo("462-3[{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":0}]"
                        + "\u001ebAQ==\u001ebAg==");
    }

    @Test
    void whoeverIsTooSlowToBeToldThatHeIsInDoesNotComeIn() {
        Duration second = Duration.ofSeconds(1);
        FakeIo small = new FakeIo(new EngineOptions(second, second, second, 1_000, 3, 1_000), SocketOptions.DEFAULT);
        List<Admission.Answer> answers = new ArrayList<>();
        Namespace late = small.server
                .of("/late")
                .admit((_, answer) -> answers.add(answer))
                .onConnect(socket -> got.add(socket));
        Namespace main = small.server.of("/");
        String session = small.openPolling("EIO=4&transport=polling");
        small.wire.post(session, "40\u001e40/late,");
        main.all().emit("one");
        main.all().emit("two");

        answers.getFirst().admit();

        assertThat(small.server.sessionCount()).isZero();
        assertThat(main.socketCount()).isZero();
        assertThat(late.socketCount()).isZero();
        assertThat(got).isEmpty();
    }

    // ---- names and values ----

    @Test
    void aNumberMayBeAName() {
        FakeWebSocket webSocket = connected();

        webSocket.send("42[1]");
        webSocket.send("42[-7,\"x\"]");
        webSocket.send("42[\"\"]");

        assertThat(got).containsExactly("1", "-7", "");
    }

    @Test
    void aNamespacesEventsAreItsOwn() {
        io.server.of("/chat").onOther((_, event) -> got.add("chat " + event.name()));
        FakeWebSocket webSocket = connected();
        webSocket.send("40/chat,");
        webSocket.next();

        webSocket.send("42/chat,[\"x\"]");
        webSocket.send("42[\"x\"]");
        webSocket.send("42/,[\"y\"]");

        assertThat(got).containsExactly("chat x", "x", "y");
    }

    @Test
    void everyKindOfValueCanBeSent() {
        FakeWebSocket webSocket = connected();

        only().emit("v", null, "é\n", true, 1, -2L, 0.5, List.of(1), Map.of("k", List.of()), new byte[] {5});

        assertThat(webSocket.next())
                .isEqualTo("451-[\"v\",null,\"é\\n\",true,1,-2,0.5,[1],{\"k\":[]},{\"_placeholder\":true,\"num\":0}]");
        assertThat(webSocket.nextBytes()).containsExactly(5);
        assertThatThrownBy(() -> Emission.of("v", 'c')).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lifeIsHeardOfConnectedSocketsOnly() {
        namespace.onHeard(socket -> got.add("heard " + socket.id()));
        FakeWebSocket webSocket = io.opened();

        webSocket.beat();
        webSocket.send("40");
        webSocket.beat();
        webSocket.send("3");

        assertThat(got).containsExactly("heard id1", "heard id1");
    }
}
