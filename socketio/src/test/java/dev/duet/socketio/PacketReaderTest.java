package dev.duet.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.engineio.CloseReason;
import dev.duet.engineio.FakeWebSocket;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The grammar of packets, and that nothing that breaks it reaches a handler. */
final class PacketReaderTest {
    private final FakeIo io = new FakeIo(FakeIo.ENGINE, SocketOptions.DEFAULT.withPacketBytesMax(2_000));
    private final List<Event> got = new ArrayList<>();
    private final List<Args> acknowledged = new ArrayList<>();
    private final FakeWebSocket webSocket;

    PacketReaderTest() {
        io.server
                .of("/")
                .onConnect(socket -> socket.emit(Emission.of("ask"), acknowledged::add))
                .onOther((_, event) -> got.add(event));
        webSocket = io.opened();
        webSocket.send("40");
        webSocket.next();
        webSocket.next();
    }

    private static Optional<SocketPacket> read(String text) {
        byte[] utf8 = ("##" + text + "##").getBytes(StandardCharsets.UTF_8);
        return PacketReader.read(utf8, 2, utf8.length - 2, 8);
    }

    private void isRefused() {
        assertThat(webSocket.closed()).contains(CloseReason.PARSE_ERROR);
        assertThat(got).isEmpty();
        assertThat(acknowledged).isEmpty();
    }

    // ---- what is well ----

    @Test
    void allPartsOfAPacketAreFound() {
        SocketPacket packet = read("52-/chat,12[\"x\" , {\"_placeholder\":true,\"num\":1} ,\"y\"]")
                .orElseThrow();

        assertThat(packet.kind()).isEqualTo(PacketKind.BINARY_EVENT);
        assertThat(packet.namespace()).isEqualTo("/chat");
        assertThat(packet.ackId()).isEqualTo(12);
        assertThat(packet.attachments()).isEqualTo(2);
        assertThat(packet.args().size()).isEqualTo(3);
        assertThat(new String(packet.args().json(1), StandardCharsets.UTF_8))
                .isEqualTo("{\"_placeholder\":true,\"num\":1}");
        assertThat(packet.args().string(2)).contains("y");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0{}",
                "0/a",
                "0/a,",
                "0/a,{}",
                "0{\"a\":[1,{}]}",
                "1",
                "1/a",
                "1/a,",
                "2[\"x\"]",
                "20[\"x\"]",
                "2999999999999999[\"x\"]",
                "2/a,[\"x\"]",
                "2/a,0[\"x\"]",
                "2[0]",
                "2[\"message\",null]",
                "30[]",
                "3/a,1[[]]",
                "50-[\"x\"]",
                "58-[\"x\"]",
                "60-1[]",
                "2/é,[\"x\"]",
                "2[ \"x\" ]",
                "2[\"connected\"]",
                "2[\"x\",{\"_placeholder\":true,\"num\":5}]",
                "2[\"x\",-0,1e9,1E-9,0.5,12345678901234567890]",
                "2[\"\\u0000\\ud800\",\"\\\\\"]",
                "01",
                "2[\"x\",{\"a\":1,\"a\":2}]",
                "2[\"x\",{\"__proto__\":1}]"
            })
    void thisIsAPacket(String text) {
        assertThat(read(text)).isPresent();
    }

    // ---- what is not ----

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "9[\"x\"]",
                "x",
                "-1",
                " 2[\"x\"]",
                "é",
                // events without a name
                "2",
                "2[]",
                "2[null]",
                "2[true]",
                "2[{}]",
                "2[[\"x\"]]",
                "2{}",
                "2\"x\"",
                "21",
                "2null",
                // names that mean something to clients
                "2[\"connect\"]",
                "2[\"connect_error\"]",
                "2[\"disconnect\"]",
                "2[\"disconnecting\"]",
                "2[\"newListener\"]",
                "2[\"removeListener\"]",
                "2[\"\\u0063onnect\"]",
                // acknowledgements
                "3[]",
                "3[\"x\"]",
                "3/a,[]",
                "3",
                "30",
                "30{}",
                "30null",
                "6[]",
                "60-[]",
                "61-[]",
                // ids
                "2-1[\"x\"]",
                "21.5[\"x\"]",
                "2abc[\"x\"]",
                "20x1[\"x\"]",
                "21 [\"x\"]",
                "29999999999999999[\"x\"]",
                "2+1[\"x\"]",
                "2٣[\"x\"]",
                // disconnects carry nothing, and errors come from servers only
                "1{}",
                "1[]",
                "1x",
                "1/a,{}",
                "4",
                "4{}",
                "4{\"message\":\"x\"}",
                "4\"x\"",
                // attachments
                "5[\"x\"]",
                "5-[\"x\"]",
                "59-[\"x\"]",
                "5-1-[\"x\"]",
                "51.0-[\"x\"]",
                "51[\"x\"]",
                "51",
                "51-",
                "5999999999999999999-[\"x\"]",
                "5x-[\"x\"]",
                "6-0[]",
                // namespaces
                "2/a[\"x\"]",
                "2/a",
                "0/a\n,",
                "2a,[\"x\"]"
            })
    void thisIsNoPacket(String text) {
        assertThat(read(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"x\"",
                "[\"x\",",
                "[\"x\",]",
                "[,\"x\"]",
                "[\"x\",,1]",
                "[\"x\"]]",
                "[\"x\"]x",
                "[\"x\"] 1",
                "[\"x]",
                "[x]",
                "['x']",
                "[\"x\" 1]",
                "[\"x\":1]",
                "[\"x\",01]",
                "[\"x\",-]",
                "[\"x\",+1]",
                "[\"x\",.5]",
                "[\"x\",1.]",
                "[\"x\",1e]",
                "[\"x\",0x1]",
                "[\"x\",NaN]",
                "[\"x\",Infinity]",
                "[\"x\",-Infinity]",
                "[\"x\",undefined]",
                "[\"x\",True]",
                "[\"x\",nul]",
                "[\"x\",tru",
                "[\"x\",{]",
                "[\"x\",{a:1}]",
                "[\"x\",{'a':1}]",
                "[\"x\",{\"a\"}]",
                "[\"x\",{\"a\":}]",
                "[\"x\",{\"a\":1,}]",
                "[\"x\",{\"a\":1 \"b\":2}]",
                "[\"x\",{1:1}]",
                "[\"x\",[1}]",
                "[\"x\",{\"a\":1]]",
                "[\"x\",\"\\x41\"]",
                "[\"x\",\"\\u12\"]",
                "[\"x\",\"\\u12g4\"]",
                "[\"x\",\"\\\"]",
                "[\"x\",\"\t\"]",
                "[\"x\",\"\n\"]",
                "[\"x\",\"\u0000\"]",
                "[\"x\",{\"\n\":1}]",
                "[\"x\",{\"a\":\"\\x\"}]",
                "[\"x\",[[\"\\q\"]]]",
                "[\"x\"]/**/",
                "[/**/\"x\"]",
                "[\"x\"]//",
                "[\"x\",\f1]",
                "[\"x\",\u000b1]",
                "[\"x\",\u00a01]",
                "\ufeff[\"x\"]",
                "[\ufeff\"x\"]",
                "[\"x\",\u001e1]",
                "[\"x\",1\u00002]",
                "[\u0000\"x\"]",
                "[\"x\",{\"a\":{\"b\":[\"\\ux\"]}}]"
            })
    void invalidJsonReachesNoHandlerAndNoOtherClient(String json) {
        for (String packet : List.of("2" + json, "21" + json, "30" + json, "51-" + json, "61-0" + json)) {
            assertThat(read(packet)).as(packet).isEmpty();
        }
        webSocket.send("42" + json);
        isRefused();
    }

    @ParameterizedTest
    @CsvSource({"62,true", "63,true", "64,false", "65,false"})
    void argumentsAreNestedToADepthOf64WithTheirArray(int depth, boolean well) {
        for (String nested :
                List.of("[".repeat(depth) + "]".repeat(depth), "{\"a\":".repeat(depth) + "1" + "}".repeat(depth))) {
            assertThat(read("2[\"x\"," + nested + "]").isPresent()).isEqualTo(well);
            assertThat(read("51-[\"x\"," + nested + "]").isPresent()).isEqualTo(well);
        }
    }

    @Test
    void anEventHasAtMost64Arguments() {
        assertThat(read("2[\"x\"" + ",1".repeat(63) + "]")).isPresent();
        assertThat(read("2[\"x\"" + ",1".repeat(64) + "]")).isEmpty();
    }

    @Test
    void aNumberHasAtMost400Digits() {
        assertThat(read("2[\"x\"," + "1".repeat(400) + "]")).isPresent();
        assertThat(read("2[\"x\"," + "1".repeat(401) + "]")).isEmpty();
        assertThat(read("2[\"x\",[" + "1".repeat(401) + "]]")).isEmpty();
    }

    @Test
    void aNamespaceHasAtMost128Bytes() {
        assertThat(read("0/" + "a".repeat(127))).isPresent();
        assertThat(read("0/" + "a".repeat(128))).isEmpty();
        assertThat(read("0/" + "é".repeat(64))).isEmpty();
    }

    @Test
    void bytesThatLookLikeUtf16AreNotGuessedAt() {
        for (var charset : List.of(
                StandardCharsets.UTF_16LE,
                StandardCharsets.UTF_16BE,
                StandardCharsets.UTF_32LE,
                StandardCharsets.UTF_32BE)) {
            ByteArrayOutputStream packet = new ByteArrayOutputStream();
            packet.write('2');
            packet.writeBytes("[\"x\"]".getBytes(charset));

            assertThat(PacketReader.read(packet.toByteArray(), 0, packet.size(), 8))
                    .as(charset.name())
                    .isEmpty();
        }
    }

    // ---- attachments ----

    @Test
    void bytesThatNobodyAnnouncedCloseTheSession() {
        webSocket.send(new byte[] {1});

        isRefused();
    }

    @Test
    void textWhileAttachmentsAreAwaitedClosesTheSession() {
        webSocket.send("451-[\"x\",{\"_placeholder\":true,\"num\":0}]");
        webSocket.send("42[\"y\"]");

        isRefused();
    }

    @Test
    void oneAttachmentTooManyClosesTheSession() {
        webSocket.send("451-[\"x\",{\"_placeholder\":true,\"num\":0}]");
        webSocket.send(new byte[] {1});
        assertThat(got).hasSize(1);
        got.clear();
        webSocket.send(new byte[] {2});

        isRefused();
    }

    @Test
    void aPacketWithItsAttachmentsHasAMaximum() {
        webSocket.send("452-[\"x\",{\"_placeholder\":true,\"num\":0}]");
        webSocket.send(new byte[1_000]);
        assertThat(webSocket.isShut()).isFalse();
        webSocket.send(new byte[1_000]);

        isRefused();
    }

    @Test
    void aPacketOfTextHasAMaximum() {
        String head = "2[\"x\",\"";
        webSocket.send("4" + head + "y".repeat(2_000 - head.length() - 2) + "\"]");
        assertThat(got).hasSize(1);
        got.clear();
        webSocket.send("4" + head + "y".repeat(2_000 - head.length() - 1) + "\"]");

        isRefused();
    }

    @Test
    void anEventThatAnnouncesNoAttachmentsIsWhole() {
        webSocket.send("450-[\"x\",1]");

        assertThat(got).hasSize(1);
        assertThat(webSocket.isShut()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"_placeholder\":true,\"num\":2}",
                "{\"_placeholder\":true,\"num\":-1}",
                "{\"_placeholder\":true,\"num\":-0}",
                "{\"_placeholder\":true,\"num\":0.0}",
                "{\"_placeholder\":true,\"num\":0.5}",
                "{\"_placeholder\":true,\"num\":1e0}",
                "{\"_placeholder\":true,\"num\":99999999999999999999}",
                "{\"_placeholder\":true,\"num\":4294967296}",
                "{\"_placeholder\":true,\"num\":\"0\"}",
                "{\"_placeholder\":true,\"num\":null}",
                "{\"_placeholder\":true,\"num\":[0]}",
                "{\"_placeholder\":true}",
                "{\"num\":2,\"_placeholder\":true}",
                "{\"_placeholder\":true,\"num\":0,\"num\":2}",
                "{\"_placeholder\":true,\"num\":2,\"num\":0}",
                "{\"_placeholder\":true,\"num\":2,\"_placeholder\":false}",
                "{\"_placeholder\":false,\"num\":2,\"_placeholder\":true}",
                "{\"\\u005fplaceholder\":true,\"num\":2}",
                "{\"_placeholder\":true,\"\\u006eum\":2}",
                "{\"a\":[{\"b\":{\"_placeholder\":true,\"num\":2}}]}",
                "{\"_placeholder\":true,\"num\":0,\"x\":{\"_placeholder\":true,\"num\":2}}",
                "[[[{\"_placeholder\":true,\"num\":2}]]]"
            })
    void aPlaceholderNamesAnAttachment(String placeholder) {
        assertThat(read("52-[\"x\"," + placeholder + "]")).isEmpty();
        assertThat(read("62-0[" + placeholder + "]")).isEmpty();
        assertThat(read("2[\"x\"," + placeholder + "]"))
                .as("without attachments it is an object like any other")
                .isPresent();
    }

    @Test
    void whatLooksLikeAPlaceholderIsAnObject() {
        webSocket.send(
                "451-[\"x\",{\"_placeholder\":false,\"num\":7},{\"_placeholder\":\"true\",\"num\":7},{\"num\":7}]");
        webSocket.send(new byte[] {1});

        Args args = got.getFirst().args();
        assertThat(args.value(0)).isEqualTo(Map.of("_placeholder", false, "num", 7L));
        assertThat(args.value(1)).isEqualTo(Map.of("_placeholder", "true", "num", 7L));
        assertThat(args.value(2)).isEqualTo(Map.of("num", 7L));
    }

    @Test
    void placeholdersMayComeInAnyOrderAndTwice() {
        webSocket.send("452-[\"x\",{\"num\":1,\"_placeholder\":true},[{\"_placeholder\":true,\"num\":0},"
                + "{\"_placeholder\":true,\"num\":1}]]");
        webSocket.send(new byte[] {10});
        webSocket.send(new byte[] {11});

        Args args = got.getFirst().args();
        assertThat((byte[]) args.value(0)).containsExactly(11);
        assertThat(args.value(1))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .satisfiesExactly(
                        first -> assertThat((byte[]) first).containsExactly(10),
                        second -> assertThat((byte[]) second).containsExactly(11));
    }

    // ---- arguments ----

    @Test
    void eachArgumentIsFoundWhereItStands() {
        Args args = read("2 [".replace(" ", "") + "\"x\" ,\t1\r\n, \",]\" ,[ 2 ,3 ] ,{ \"a\" : \",\" } ,null ]")
                .orElseThrow()
                .args();

        List<String> found = new ArrayList<>();
        for (int i = 0; i < args.size(); i++) {
            found.add(new String(args.json(i), StandardCharsets.UTF_8));
        }
        assertThat(found).containsExactly("\"x\"", "1", "\",]\"", "[ 2 ,3 ]", "{ \"a\" : \",\" }", "null");
        assertThat(args.from(1).value(0)).isEqualTo(1L);
        assertThat(args.from(9).size()).isZero();
        assertThat(args.value(9)).isNull();
        assertThat(args.json(9)).asString().isEqualTo("null");
        assertThat(args.string(1)).isEmpty();
    }

    @Test
    void whatComesInGoesOutByteForByte() {
        String json = "[\"x\",{ \"z\":1.50,\"a\":\"\\u0041é😀\"} , 1E2]";

        Args args = read("2" + json).orElseThrow().args();

        assertThat(new String(Emission.again(args).packet(false, "/", SocketPacket.NO_ACK), StandardCharsets.UTF_8))
                .isEqualTo("2" + json);
        assertThat(new String(
                        Emission.of("y", args.from(1)).packet(false, "/", SocketPacket.NO_ACK), StandardCharsets.UTF_8))
                .isEqualTo("2[\"y\",{ \"z\":1.50,\"a\":\"\\u0041é😀\"} , 1E2]");
    }
}
