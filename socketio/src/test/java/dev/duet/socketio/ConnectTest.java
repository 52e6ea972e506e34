package dev.duet.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.engineio.CloseReason;
import dev.duet.engineio.FakeRequest;
import dev.duet.engineio.FakeWebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Coming into namespaces and leaving them, by clients of both revisions. */
final class ConnectTest {
    private final FakeIo io =
            new FakeIo(FakeIo.ENGINE, SocketOptions.DEFAULT.withConnectTimeout(Duration.ofMillis(250)));
    private final List<Socket> asked = new ArrayList<>();
    private final List<Admission.Answer> answers = new ArrayList<>();
    private final List<String> log = new ArrayList<>();

    private Namespace logged(String name) {
        return io.server
                .of(name)
                .onConnect(socket -> log.add("in " + socket.id()))
                .onDisconnect((socket, why) -> log.add("out " + socket.id() + ": " + why.id()))
                .onOther((socket, event) -> log.add(event.name() + " of " + socket.id()));
    }

    private Namespace asking(String name) {
        return logged(name).admit((socket, answer) -> {
            asked.add(socket);
            answers.add(answer);
        });
    }

    private FakeWebSocket old() {
        return io.wire.webSocket("EIO=3&transport=websocket&user=ann");
    }

    // ---- revision 3 ----

    @Test
    void aRevision3ClientIsPutIntoTheMainNamespaceAndToldSoBarely() {
        logged("/");

        FakeWebSocket webSocket = old();

        assertThat(webSocket.next()).startsWith("0{");
        assertThat(webSocket.next()).isEqualTo("40");
        assertThat(webSocket.isQuiet()).isTrue();
    }

    @Test
    void aRevision3ClientThatPollsIsToldInItsFirstAnswer() {
        logged("/");

        assertThat(io.wire.get("EIO=3&transport=polling").text())
                .startsWith("97:0{")
                .endsWith("}2:40");
    }

    @Test
    void aRevision3ClientTakesItsSessionForItsSocket() {
        logged("/");
        logged("/chat");

        FakeWebSocket webSocket = old();
        webSocket.send("40/chat");

        assertThat(webSocket.next()).contains("\"sid\":\"id0\"");
        assertThat(log).containsExactly("in id0", "in /chat#id0");
    }

    @Test
    void aRevision4ClientIsToldAnIdThatIsNotItsSession() {
        logged("/");
        FakeWebSocket webSocket = io.wire.webSocket("EIO=4&transport=websocket");

        webSocket.send("40");

        assertThat(webSocket.next()).contains("\"sid\":\"id0\"");
        assertThat(webSocket.next()).isEqualTo("40{\"sid\":\"id1\"}");
    }

    @Test
    void theQueryInANamespacesNameIsWhatARevision3ClientSays() {
        asking("/");
        asking("/chat");
        FakeWebSocket webSocket = old();

        webSocket.send("40/chat?token=a%20b&user=bob&bad=%zz&empty");

        Handshake first = asked.getFirst().handshake();
        Handshake second = asked.getLast().handshake();
        assertThat(first.query()).containsEntry("user", List.of("ann"));
        assertThat(second.query())
                .containsEntry("token", List.of("a b"))
                .containsEntry("user", List.of("bob"))
                .containsEntry("bad", List.of("%zz"))
                .containsEntry("empty", List.of(""))
                .containsEntry("EIO", List.of("3"));
        answers.getLast().admit();
        assertThat(webSocket.next()).startsWith("0{");
        assertThat(webSocket.next()).isEqualTo("40/chat,");
    }

    @Test
    void aRevision3ClientIsRefusedWithAString() {
        asking("/");
        FakeWebSocket webSocket = old();

        answers.getFirst().refuse("not \"you\"");
        webSocket.send("40/nowhere?token=x");

        assertThat(webSocket.next()).startsWith("0{");
        assertThat(webSocket.next()).isEqualTo("44\"not \\\"you\\\"\"");
        assertThat(webSocket.next()).isEqualTo("44/nowhere,\"Invalid namespace\"");
        assertThat(log).isEmpty();
    }

    @Test
    void aSocketThatIsClosedInItsConnectHandlerIsGone() {
        Namespace namespace = logged("/").onConnect(Socket::close);

        FakeRequest answer = io.wire.get("EIO=3&transport=polling");

        assertThat(answer.text()).endsWith("2:401:1");
        assertThat(log).containsExactly("out id0: forced close");
        assertThat(namespace.socketCount()).isZero();
        assertThat(io.server.sessionCount()).isZero();
    }

    // ---- admission ----

    @ParameterizedTest
    @ValueSource(strings = {"40", "40{}", "40{\"token\":\"t\"}", "40/,"})
    void everyConnectIsAskedAbout(String connect) {
        asking("/");
        FakeWebSocket webSocket = io.opened();

        webSocket.send(connect);

        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst().isConnected()).isFalse();
        assertThat(webSocket.isQuiet()).isTrue();
        answers.getFirst().admit();
        assertThat(webSocket.next()).isEqualTo("40{\"sid\":\"id1\"}");
        assertThat(log).containsExactly("in id1");
    }

    @Test
    void theAdmissionSeesThePayloadAndTheQuery() {
        asking("/");
        FakeWebSocket webSocket = io.wire.webSocket("EIO=4&transport=websocket&user=ann");
        webSocket.send("40{\"token\":\"t\"}");

        Handshake handshake = asked.getFirst().handshake();

        assertThat(handshake.auth().value(0)).isEqualTo(Map.of("token", "t"));
        assertThat(handshake.query()).containsEntry("user", List.of("ann"));
        assertThat(handshake.about()).isEqualTo("client");
    }

    @Test
    void aRevision4ClientIsRefusedWithAnObject() {
        asking("/chat");
        FakeWebSocket webSocket = io.opened();
        webSocket.send("40/chat,");

        answers.getFirst().refuse("not \"you\"");

        assertThat(webSocket.next()).isEqualTo("44/chat,{\"message\":\"not \\\"you\\\"\"}");
        assertThat(log).isEmpty();
    }

    @Test
    void whoeverWasRefusedMayAskAgain() {
        asking("/");
        FakeWebSocket webSocket = io.opened();
        webSocket.send("40");
        answers.getFirst().refuse("no");

        webSocket.send("40");
        answers.getLast().admit();

        assertThat(webSocket.next()).startsWith("44");
        assertThat(webSocket.next()).startsWith("40");
    }

    @Test
    void onlyTheFirstAnswerCounts() {
        asking("/");
        FakeWebSocket webSocket = io.opened();
        webSocket.send("40");

        answers.getFirst().admit();
        answers.getFirst().refuse("no");
        answers.getFirst().admit();

        assertThat(webSocket.next()).startsWith("40");
        assertThat(webSocket.isQuiet()).isTrue();
        assertThat(log).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAnswerThatComesAfterTheClientLeftChangesNothing(boolean admits) {
        Namespace namespace = asking("/");
        FakeWebSocket webSocket = io.opened();
        webSocket.send("40");

        webSocket.disconnect();
        if (admits) {
            answers.getFirst().admit();
        } else {
            answers.getFirst().refuse("no");
        }

        assertThat(log).isEmpty();
        assertThat(namespace.socketCount()).isZero();
        assertThat(webSocket.isQuiet()).isTrue();
    }

    @Test
    void anEventBeforeTheAnswerClosesTheSession() {
        asking("/");
        FakeWebSocket webSocket = io.opened();
        webSocket.send("40");

        webSocket.send("42[\"early\"]");

        assertThat(webSocket.closed()).contains(CloseReason.PARSE_ERROR);
        answers.getFirst().admit();
        assertThat(log).isEmpty();
    }

    // ---- order ----

    @ParameterizedTest
    @ValueSource(strings = {"42[\"x\"]", "420[\"x\"]", "430[]", "41", "44", "44{\"message\":\"x\"}", "451-[\"x\"]"})
    void whateverComesBeforeAConnectClosesTheSession(String packet) {
        logged("/");
        FakeWebSocket webSocket = io.opened();

        webSocket.send(packet);
        if (packet.startsWith("45")) {
            webSocket.send(new byte[] {1});
        }

        assertThat(webSocket.closed()).contains(CloseReason.PARSE_ERROR);
        assertThat(log).isEmpty();
    }

    @Test
    void anEventForAnotherNamespaceThanOnesOwnClosesTheSession() {
        logged("/");
        logged("/chat");
        FakeWebSocket webSocket = io.opened();
        webSocket.send("40");

        webSocket.send("42/chat,[\"x\"]");

        assertThat(webSocket.closed()).contains(CloseReason.PARSE_ERROR);
        assertThat(log).containsExactly("in id1", "out id1: parse error");
    }

    @ParameterizedTest
    @ValueSource(strings = {"40", "40/,", "40{}"})
    void aSecondConnectClosesTheSession(String packet) {
        logged("/");
        FakeWebSocket webSocket = io.opened();
        webSocket.send("40");

        webSocket.send(packet);

        assertThat(webSocket.closed()).contains(CloseReason.PARSE_ERROR);
    }

    @Test
    void aSecondConnectWhileTheFirstIsDecidedClosesTheSession() {
        asking("/");
        FakeWebSocket webSocket = io.opened();
        webSocket.send("40");

        webSocket.send("40");

        assertThat(webSocket.closed()).contains(CloseReason.PARSE_ERROR);
        assertThat(asked).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"40[]", "40null", "40\"x\"", "40{", "40{}x", "40/chat,[]", "40/chat,x"})
    void thePayloadOfAConnectIsAnObject(String packet) {
        logged("/");
        logged("/chat");
        FakeWebSocket webSocket = io.opened();

        webSocket.send(packet);

        assertThat(webSocket.closed()).contains(CloseReason.PARSE_ERROR);
        assertThat(log).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatIsInNoNamespaceInTimeIsClosed(boolean waits) {
        asking("/");
        FakeWebSocket webSocket = io.opened();
        if (waits) {
            webSocket.send("40");
        }

        io.wire.advanceMs(249);
        assertThat(webSocket.isShut()).isFalse();
        io.wire.advanceMs(1);

        assertThat(webSocket.closed()).contains(CloseReason.FORCED_CLOSE);
    }

    @Test
    void aClientThatCameInMayLeaveAndStay() {
        logged("/");
        FakeWebSocket webSocket = io.opened();
        webSocket.send("40");
        webSocket.send("41");

        io.wire.advanceMs(290);

        assertThat(webSocket.isShut()).isFalse();
        webSocket.send("40");
        assertThat(log).containsExactly("in id1", "out id1: client namespace disconnect", "in id2");
    }

    @Test
    void aClientIsInAtMost16Namespaces() {
        FakeWebSocket webSocket = io.opened();
        for (int i = 0; i < 17; i++) {
            logged("/n" + i);
        }

        for (int i = 0; i < 16; i++) {
            webSocket.send("40/n" + i);
        }
        assertThat(webSocket.isShut()).isFalse();
        webSocket.send("40/n16");

        assertThat(webSocket.closed()).contains(CloseReason.PARSE_ERROR);
        assertThat(log).hasSize(32);
    }

    @Test
    void unknownNamespacesAreNotCounted() {
        logged("/");
        FakeWebSocket webSocket = io.opened();

        for (int i = 0; i < 40; i++) {
            webSocket.send("40/n" + i);
        }
        webSocket.send("40");

        assertThat(webSocket.isShut()).isFalse();
        assertThat(log).containsExactly("in id1");
    }

    // ---- leaving ----

    @Test
    void aSocketThatIsPutOutIsToldAndItsSessionLivesOn() {
        Namespace namespace = logged("/");
        FakeWebSocket webSocket = io.opened();
        webSocket.send("40");
        webSocket.next();

        Socket socket = namespace.socket("id1").orElseThrow();
        socket.join("room");
        socket.disconnect();
        socket.disconnect();
        socket.emit("nobody hears it");

        assertThat(webSocket.next()).isEqualTo("41");
        assertThat(webSocket.isQuiet()).isTrue();
        assertThat(webSocket.isShut()).isFalse();
        assertThat(log).containsExactly("in id1", "out id1: server namespace disconnect");
        assertThat(namespace.roomSize("room")).isZero();
        assertThat(namespace.socketCount()).isZero();
    }

    @Test
    void aSocketOfAnotherNamespaceIsToldWithItsName() {
        Namespace namespace = logged("/chat");
        FakeWebSocket webSocket = io.opened();
        webSocket.send("40/chat,");
        webSocket.next();

        namespace.socket("id1").orElseThrow().disconnect();

        assertThat(webSocket.next()).isEqualTo("41/chat,");
    }

    @Test
    void theEndOfTheSessionIsTheEndInEveryNamespace() {
        logged("/");
        logged("/chat");
        FakeWebSocket webSocket = io.opened();
        webSocket.send("40");
        webSocket.send("40/chat,");

        webSocket.disconnect();

        assertThat(log)
                .containsExactlyInAnyOrder("in id1", "in id2", "out id1: transport close", "out id2: transport close");
    }

    @Test
    void whatWasAttachedIsThereWhenASocketGoes() {
        List<Object> attached = new ArrayList<>();
        io.server
                .of("/")
                .onConnect(socket -> socket.attach("thing"))
                .onDisconnect((socket, _) -> attached.add(Objects.requireNonNull(socket.attachment())));
        FakeWebSocket webSocket = io.opened();
        webSocket.send("40");

        webSocket.disconnect();

        assertThat(attached).containsExactly("thing");
    }
}
