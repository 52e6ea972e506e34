package dev.duet.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EngineCodecTest {
    private static final EngineCodec V3 = EngineCodec.of(EngineVersion.V3);
    private static final EngineCodec V4 = EngineCodec.of(EngineVersion.V4);

    /** The packets of a payload, readable: {@code MESSAGE text} or {@code MESSAGE [1, 2]}. */
    private static Optional<List<String>> read(EngineCodec codec, Payload payload) {
        return codec.decode(payload)
                .map(packets -> packets.stream().map(EngineCodecTest::show).toList());
    }

    private static Optional<List<String>> read(EngineCodec codec, String payload) {
        return read(codec, new Payload(false, payload.getBytes(StandardCharsets.UTF_8)));
    }

    private static Optional<List<String>> readBytes(int... payload) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int b : payload) {
            bytes.write(b);
        }
        return read(V3, new Payload(true, bytes.toByteArray()));
    }

    static String show(@Nullable Packet packet) {
        if (packet == null) {
            return "none";
        }
        return packet.type() + " "
                + (packet.binary()
                        ? Base64.getEncoder().encodeToString(packet.data()) + " (bytes)"
                        : new String(packet.data(), StandardCharsets.UTF_8));
    }

    // ---- revision 3 as text ----

    @ParameterizedTest
    @CsvSource({"6:4hello,hello", "3:4é,é", "'3:4€',€", "3:4😀,😀", "5:4a😀b,a😀b", "1:4,''"})
    void aLengthCountsUtf16CodeUnits(String payload, String text) {
        String exact = payload.replaceFirst("^\\d+", String.valueOf(text.length() + 1));

        assertThat(read(V3, exact)).contains(List.of("MESSAGE " + text));
        assertThat(new String(
                        V3.encode(List.of(Packet.of(PacketType.MESSAGE, text)), true)
                                .body(),
                        StandardCharsets.UTF_8))
                .isEqualTo(exact);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "4",
                "1",
                "1:",
                "0:",
                "2:4",
                "x:4",
                "-1:4",
                "+1:4",
                " 1:4",
                "1 :4",
                "1:x",
                "1:7",
                "1:44",
                "2:4😀",
                "2:4a1",
                "1:41:",
                "9999999999:4",
                "1e0:4",
                "1.0:4",
                "2:b",
                "2:b0",
                "3:b0A",
                "1:b",
                "6:b4====",
                "4:b4A",
                "3:b4!"
            })
    void whatIsNoTextPayloadOfRevision3IsRefused(String payload) {
        assertThat(read(V3, payload)).isEmpty();
    }

    @Test
    void aLengthMustNotEndInsideOfASurrogatePair() {
        assertThat(read(V3, "2:4😀")).isEmpty();
        assertThat(read(V3, "3:4😀1:3")).contains(List.of("MESSAGE 😀", "PONG "));
    }

    @Test
    void aLengthMayBeginWithZeros() {
        assertThat(read(V3, "000000006:4hello")).contains(List.of("MESSAGE hello"));
        assertThat(read(V3, "0000000006:4hello")).isEmpty();
    }

    @Test
    void bytesAsTextAreBase64() {
        assertThat(read(V3, "10:b4AQIDBA==")).contains(List.of("MESSAGE AQIDBA== (bytes)"));
        Payload payload = V3.encode(List.of(Packet.binary(new byte[] {1, 2, 3, 4})), true);
        assertThat(payload.binary()).isFalse();
        assertThat(new String(payload.body(), StandardCharsets.US_ASCII)).isEqualTo("10:b4AQIDBA==");
    }

    // ---- revision 3 as bytes ----

    @Test
    void aPayloadOfBytesHasItsLengthsInDigits() {
        assertThat(readBytes(0, 6, 255, '4', 'h', 'e', 'l', 'l', 'o', 1, 5, 255, 4, 1, 2, 3, 4))
                .contains(List.of("MESSAGE hello", "MESSAGE AQIDBA== (bytes)"));
        assertThat(readBytes(1, 1, 2, 255, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11))
                .contains(List.of("MESSAGE AQIDBAUGBwgJCgs= (bytes)"));
    }

    @Test
    void aLengthInAPayloadOfBytesCountsBytes() {
        assertThat(readBytes(0, 3, 255, '4', 0xC3, 0xA9)).contains(List.of("MESSAGE é"));
        assertThat(readBytes(0, 2, 255, '4', 0xC3, 0xA9)).isEmpty();
    }

    @Test
    void textIsWrittenAsBytesOnlyBesideBytes() {
        Packet text = Packet.of(PacketType.MESSAGE, "é");

        assertThat(V3.encode(List.of(text), false).binary()).isFalse();
        Payload both = V3.encode(List.of(text, Packet.binary(new byte[] {7})), false);
        assertThat(both.binary()).isTrue();
        assertThat(both.body()).containsExactly(0, 3, 255, '4', 0xC3, 0xA9, 1, 2, 255, 4, 7);
        assertThat(V3.encode(List.of(text, Packet.binary(new byte[] {7})), true).binary())
                .isFalse();
    }

    @Test
    void whatIsNoPayloadOfBytesIsRefused() {
        assertThat(readBytes()).isEmpty();
        assertThat(readBytes(0)).isEmpty();
        assertThat(readBytes(2, 1, 255, '4')).isEmpty();
        assertThat(readBytes(0, 255, '4')).isEmpty();
        assertThat(readBytes(0, 10, 255, '4')).isEmpty();
        assertThat(readBytes(0, 1, '4')).isEmpty();
        assertThat(readBytes(0, 2, 255, '4')).isEmpty();
        assertThat(readBytes(0, 0, 255)).isEmpty();
        assertThat(readBytes(1, 0, 255)).isEmpty();
        assertThat(readBytes(1, 1, 255, 2)).isEmpty();
        assertThat(readBytes(1, 1, 255, '4')).isEmpty();
        assertThat(readBytes(0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 255, '4')).isEmpty();
        assertThat(readBytes(0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 255, '4')).isEmpty();
    }

    @Test
    void textInAPayloadOfBytesIsUtf8() {
        assertThat(readBytes(0, 2, 255, '4', 0xFF)).isEmpty();
        assertThat(readBytes(0, 3, 255, '4', 0xC0, 0x80)).as("too long a form").isEmpty();
        assertThat(readBytes(0, 4, 255, '4', 0xED, 0xA0, 0x80))
                .as("a surrogate")
                .isEmpty();
        assertThat(readBytes(0, 3, 255, '4', 0xE2, 0x82)).as("cut off").isEmpty();
        assertThat(readBytes(0, 5, 255, '4', 0xF4, 0x90, 0x80, 0x80))
                .as("beyond Unicode")
                .isEmpty();
        assertThat(readBytes(0, 5, 255, '4', 0xF0, 0x9F, 0x98, 0x80)).contains(List.of("MESSAGE 😀"));
    }

    // ---- revision 4 ----

    @Test
    void packetsOfRevision4AreSeparatedByOneCharacter() {
        assertThat(read(V4, "4a\u001e2\u001ebAQI=\u001e4"))
                .contains(List.of("MESSAGE a", "PING ", "MESSAGE AQI= (bytes)", "MESSAGE "));
        assertThat(new String(
                        V4.encode(
                                        List.of(
                                                Packet.of(PacketType.MESSAGE, "é"),
                                                Packet.binary(new byte[] {1, 2}),
                                                Packet.PING),
                                        false)
                                .body(),
                        StandardCharsets.UTF_8))
                .isEqualTo("4é\u001ebAQI=\u001e2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\u001e",
                "4a\u001e",
                "\u001e4a",
                "4a\u001e\u001e4b",
                "7",
                "x",
                "4a\u001e9",
                "b!",
                "bA",
                "bAAA==",
                "b4AQI=\n",
                "😀"
            })
    void whatIsNoPayloadOfRevision4IsRefused(String payload) {
        assertThat(read(V4, payload)).isEmpty();
    }

    @Test
    void revision4HasNoPayloadOfBytes() {
        assertThat(read(V4, new Payload(true, new byte[] {'4'}))).isEmpty();
    }

    // ---- WebSocket messages ----

    @Test
    void bytesByWebSocketHaveATypeInRevision3Only() {
        byte[] bytes = {9, 4, 1, 2, 9};

        assertThat(show(V3.binary(bytes, 1, 4))).isEqualTo("MESSAGE AQI= (bytes)");
        assertThat(V3.binary(bytes, 0, 4)).isNull();
        assertThat(V3.binary(bytes, 1, 1)).isNull();
        assertThat(show(V4.binary(bytes, 1, 4))).isEqualTo("MESSAGE BAEC (bytes)");
        assertThat(show(V4.binary(bytes, 1, 1))).isEqualTo("MESSAGE  (bytes)");
    }

    @Test
    void aWebSocketMessageBeginsWithItsPrefix() {
        Packet text = Packet.of(PacketType.PONG, "probe");
        Packet bytes = Packet.binary(new byte[0]);

        assertThat(text.prefix(EngineVersion.V3)).isEqualTo('3');
        assertThat(text.prefix(EngineVersion.V4)).isEqualTo('3');
        assertThat(bytes.prefix(EngineVersion.V3)).isEqualTo(4);
        assertThat(bytes.prefix(EngineVersion.V4)).isEqualTo(Packet.NO_PREFIX);
    }

    // ---- limits ----

    @Test
    void aPayloadHasAtMost1024Packets() {
        assertThat(read(V3, "1:6".repeat(1_024))).isPresent();
        assertThat(read(V3, "1:6".repeat(1_025))).isEmpty();
        assertThat(read(V4, "6" + "\u001e6".repeat(1_023))).isPresent();
        assertThat(read(V4, "6" + "\u001e6".repeat(1_024))).isEmpty();
    }
}
