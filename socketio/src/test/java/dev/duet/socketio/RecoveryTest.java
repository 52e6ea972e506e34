package dev.duet.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.engineio.CloseReason;
import dev.duet.engineio.FakeWebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Connection state recovery: a client that lost its connection goes on where it was. */
final class RecoveryTest {
    private static final Pattern IDS = Pattern.compile("40\\{\"sid\":\"([^\"]+)\",\"pid\":\"([^\"]+)\"}");
    private static final Pattern OFFSET = Pattern.compile(".*,\"([^\"]+)\"]");

    private FakeIo io = recovering(100, 100, 10_000);
    private final List<String> log = new ArrayList<>();

    private static FakeIo recovering(int lost, int packets, int bytes) {
        return new FakeIo(
                FakeIo.ENGINE.withHeartbeat(Duration.ofMinutes(10), Duration.ofMinutes(10)),
                SocketOptions.DEFAULT.withRecovery(new Recovery.Options(Duration.ofMinutes(2), lost, packets, bytes)));
    }

    private Namespace namespace() {
        return io.server
                .of("/")
                .onConnect(socket -> log.add((socket.isRecovered() ? "back " : "in ") + socket.id()))
                .onDisconnect((socket, why) -> log.add("out " + socket.id()));
    }

    /** A client that remembers what recovery needs, as the real one does. */
    private final class Client {
        FakeWebSocket webSocket = io.opened();
        String id = "";
        String secret = "";
        String offset = "";

        Client() {
            webSocket.send("40");
            ids();
        }

        private void ids() {
            Matcher matcher = IDS.matcher(webSocket.next());
            assertThat(matcher.matches()).isTrue();
            id = matcher.group(1);
            secret = matcher.group(2);
        }

        Socket socket() {
            return io.server.of("/").socket(id).orElseThrow();
        }

        String hears() {
            String packet = webSocket.next();
            Matcher matcher = OFFSET.matcher(packet);
            assertThat(matcher.matches()).as(packet).isTrue();
            offset = matcher.group(1);
            return packet.substring(0, packet.lastIndexOf(',')) + "]";
        }

        /** Says whether it goes on where it was. */
        boolean comesBack() {
            String before = id;
            webSocket = io.opened();
            webSocket.send("40{\"pid\":\"" + secret + "\",\"offset\":\"" + offset + "\"}");
            ids();
            return before.equals(id);
        }
    }

    @Test
    void aLostClientComesBackToItsIdItsRoomsItsAttachmentAndWhatItMissed() {
        Namespace namespace = namespace();
        Client client = new Client();
        client.socket().join("room");
        client.socket().attach("thing");
        namespace.to("room").emit("m", 1);
        assertThat(client.hears()).isEqualTo("42[\"m\",1]");

        client.webSocket.disconnect();
        namespace.to("room").emit("m", 2);
        namespace.to("elsewhere").emit("m", 3);
        namespace.all().emit("m", 4);
        String secret = client.secret;

        assertThat(client.comesBack()).isTrue();
        assertThat(client.hears()).isEqualTo("42[\"m\",2]");
        assertThat(client.hears()).isEqualTo("42[\"m\",4]");
        assertThat(client.webSocket.isQuiet()).isTrue();
        assertThat(client.secret).isEqualTo(secret);
        assertThat(client.socket().rooms()).containsExactly("room");
        assertThat(client.socket().attachment()).isEqualTo("thing");
        assertThat(log).containsExactly("in " + client.id, "out " + client.id, "back " + client.id);
        namespace.to("room").emit("m", 5);
        assertThat(client.hears()).isEqualTo("42[\"m\",5]");
    }

    /** It says that it is recovered: then nothing may be missing, whomever it was sent to. */
    @Test
    void whatOneClientIsSentIsNotLost() {
        namespace();
        Client client = new Client();
        Client other = new Client();
        Socket before = client.socket();
        before.emit("m", 1);
        assertThat(client.hears()).isEqualTo("42[\"m\",1]");
        String seen = client.offset;

        // On its way when the connection broke, and sent by an application that has not noticed yet.
        before.emit("m", 2);
        client.webSocket.disconnect();
        before.emit("m", 3);
        other.socket().emit("m", 4);
        client.offset = seen;

        assertThat(client.comesBack()).isTrue();
        assertThat(client.hears()).isEqualTo("42[\"m\",2]");
        assertThat(client.hears()).isEqualTo("42[\"m\",3]");
        assertThat(client.webSocket.isQuiet()).isTrue();
        assertThat(other.hears()).isEqualTo("42[\"m\",4]");
    }

    /** A room may be called as somebody is. */
    @Test
    void aRoomOfItsNameIsNotTheClient() {
        Namespace namespace = namespace();
        Client client = new Client();
        namespace.all().emit("m", 1);
        client.hears();
        client.webSocket.disconnect();
        namespace.to(client.id).emit("m", 2);

        assertThat(client.comesBack()).isTrue();
        assertThat(client.webSocket.isQuiet()).isTrue();
    }

    @Test
    void aClientMayBeLostTwice() {
        Namespace namespace = namespace();
        Client client = new Client();
        namespace.all().emit("m", 1);
        client.hears();

        for (int i = 2; i < 5; i++) {
            client.webSocket.disconnect();
            namespace.all().emit("m", i);
            assertThat(client.comesBack()).isTrue();
            assertThat(client.hears()).isEqualTo("42[\"m\"," + i + "]");
        }
    }

    @Test
    void whatWasNotForTheClientIsNotMissed() {
        Namespace namespace = namespace();
        Client client = new Client();
        Client other = new Client();
        other.socket().join("room");
        client.socket().join("room");
        namespace.all().emit("m");
        client.hears();
        Socket socket = client.socket();

        socket.to("room").emit("own");
        client.webSocket.disconnect();

        assertThat(client.comesBack()).isTrue();
        assertThat(client.webSocket.isQuiet()).isTrue();
    }

    @Test
    void anUnknownOffsetIsAFreshStart() {
        Namespace namespace = namespace();
        Client client = new Client();
        namespace.all().emit("m");
        client.hears();
        client.webSocket.disconnect();
        client.offset = "unknown";

        assertThat(client.comesBack()).isFalse();
    }

    @Test
    void anotherSecretIsAFreshStart() {
        Namespace namespace = namespace();
        Client client = new Client();
        namespace.all().emit("m");
        client.hears();
        client.webSocket.disconnect();
        client.secret = client.id;

        assertThat(client.comesBack()).isFalse();
    }

    @Test
    void aSecretIsGoodForOneReturn() {
        Namespace namespace = namespace();
        Client client = new Client();
        namespace.all().emit("m");
        client.hears();
        client.webSocket.disconnect();
        String secret = client.secret;
        assertThat(client.comesBack()).isTrue();

        Client thief = new Client();
        thief.secret = secret;
        thief.offset = client.offset;

        assertThat(thief.comesBack()).isFalse();
    }

    @Test
    void theSecretOfAConnectedClientIsNoUseToAnother() {
        Namespace namespace = namespace();
        Client client = new Client();
        namespace.all().emit("m");
        client.hears();
        Client thief = new Client();
        thief.secret = client.secret;
        thief.offset = client.offset;

        assertThat(thief.comesBack()).isFalse();
        assertThat(client.socket().isConnected()).isTrue();
    }

    @Test
    void afterTwoMinutesItIsTooLate() {
        Namespace namespace = namespace();
        Client client = new Client();
        namespace.all().emit("m");
        client.hears();
        client.webSocket.disconnect();
        io.wire.advanceMs(1_000);
        namespace.all().emit("later");

        io.wire.advanceMs(119_000);

        assertThat(client.comesBack()).isFalse();
    }

    @Test
    void anOffsetThatIsOlderThanTwoMinutesIsForgotten() {
        Namespace namespace = namespace();
        Client client = new Client();
        namespace.all().emit("m");
        client.hears();
        io.wire.advanceMs(100_000);
        client.webSocket.disconnect();

        io.wire.advanceMs(20_000);

        assertThat(client.comesBack()).isFalse();
    }

    @Test
    void asManyLostClientsAreRememberedAsAllowedAndTheOldestGoFirst() {
        io = recovering(3, 100, 10_000);
        Namespace namespace = namespace();
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(new Client());
        }
        namespace.all().emit("m");
        clients.forEach(Client::hears);
        clients.forEach(client -> client.webSocket.disconnect());
        namespace.all().emit("missed");

        assertThat(clients.stream().map(Client::comesBack)).containsExactly(false, true, true, true);
    }

    @Test
    void asManyBroadcastsAreRememberedAsAllowed() {
        io = recovering(100, 3, 10_000);
        assertThat(missing(2)).isTrue();
        assertThat(missing(3)).isFalse();
    }

    @Test
    void asManyBytesAreRememberedAsAllowed() {
        io = recovering(100, 100, 100);
        assertThat(missing(2)).isTrue();
        assertThat(missing(50)).isFalse();
    }

    /** Whether a client comes back that missed so many broadcasts. */
    private boolean missing(int broadcasts) {
        Namespace namespace = namespace();
        Client client = new Client();
        namespace.all().emit("m");
        client.hears();
        client.webSocket.disconnect();
        for (int i = 0; i < broadcasts; i++) {
            namespace.all().emit("m");
        }
        return client.comesBack();
    }

    @Test
    void aRevision3ClientNeverComesBack() {
        Namespace namespace = namespace();
        Client client = new Client();
        namespace.all().emit("m");
        client.hears();
        client.webSocket.disconnect();
        FakeWebSocket old =
                io.wire.webSocket("EIO=3&transport=websocket&pid=" + client.secret + "&offset=" + client.offset);

        assertThat(old.next()).startsWith("0{");
        assertThat(old.next()).isEqualTo("40");
        assertThat(log.getLast()).startsWith("in ");
        assertThat(client.comesBack()).isTrue();
    }

    @Test
    void whoeverLeftOrWasPutOutDoesNotComeBack() {
        Namespace namespace = namespace();
        Client left = new Client();
        Client putOut = new Client();
        Client wrong = new Client();
        Client lost = new Client();
        List<Client> all = List.of(left, putOut, wrong, lost);
        namespace.all().emit("m");
        all.forEach(Client::hears);

        left.webSocket.send("41");
        putOut.socket().disconnect();
        wrong.webSocket.send("4nonsense");
        lost.socket().close();

        assertThat(all.stream().map(Client::comesBack)).containsExactly(false, false, false, true);
    }

    @Test
    void onlyReasonsThatAreNobodysWillAreRecoverable() {
        assertThat(CloseReason.values())
                .filteredOn(CloseReason::recoverable)
                .containsExactly(
                        CloseReason.TRANSPORT_CLOSE,
                        CloseReason.TRANSPORT_ERROR,
                        CloseReason.PING_TIMEOUT,
                        CloseReason.TOO_SLOW,
                        CloseReason.FORCED_CLOSE,
                        CloseReason.SERVER_SHUTTING_DOWN);
    }

    @Test
    void aBroadcastWithBytesIsMissedWithThem() {
        Namespace namespace = namespace();
        Client client = new Client();
        namespace.all().emit("m");
        client.hears();
        client.webSocket.disconnect();
        namespace.all().emit("b", new byte[] {1, 2});

        assertThat(client.comesBack()).isTrue();
        assertThat(client.hears()).isEqualTo("451-[\"b\",{\"_placeholder\":true,\"num\":0}]");
        assertThat(client.webSocket.nextBytes()).containsExactly(1, 2);
    }

    @Test
    void whoeverIsNotAdmittedDoesNotComeBackEither() {
        Namespace namespace = namespace();
        Client client = new Client();
        namespace.all().emit("m");
        client.hears();
        client.webSocket.disconnect();
        namespace.admit((_, answer) -> answer.refuse("no"));

        FakeWebSocket webSocket = io.opened();
        webSocket.send("40{\"pid\":\"" + client.secret + "\",\"offset\":\"" + client.offset + "\"}");

        assertThat(webSocket.next()).isEqualTo("44{\"message\":\"no\"}");
        assertThat(namespace.socketCount()).isZero();
    }
}
