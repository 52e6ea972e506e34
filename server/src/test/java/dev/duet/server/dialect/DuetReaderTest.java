package dev.duet.server.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.duet.server.dialect.DuetMessage.Slice;
import dev.duet.signaling.DisplayName;
import dev.duet.signaling.ParticipantId;
import dev.duet.signaling.RoomName;
import dev.duet.signaling.SignalKind;
import dev.duet.signaling.StreamPosition;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DuetReaderTest {
    private static final String[] SEEDS = {
        "{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"name\":\"Ann\",\"instance\":\"i\",\"resume\":\"AAAA\"}",
        "{\"type\":\"join\",\"room\":\"r\",\"streams\":[{\"participant\":\"p\",\"epoch\":1,\"received\":17},{}]}",
        "{\"type\":\"ack\",\"participant\":\"p\",\"epoch\":1,\"seq\":17}",
        "{\"type\":\"leave\",\"id\":9,\"returning\":true}",
        "{\"type\":\"signal\",\"id\":5,\"to\":\"p\",\"description\":{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"}}",
        "{\"type\":\"signal\",\"to\":\"p\",\"candidate\":{\"candidate\":\"c\",\"sdpMLineIndex\":0}}",
        "{\"type\":\"signal\",\"to\":\"p\",\"candidate\":null}",
        "{\"type\":\"signal\",\"to\":\"p\",\"data\":[1,-2.5e3,\"\\u00e9中\",{\"a\":[true,false,null]}]}",
        "{\"type\":\"ping\",\"id\":12,\"more\":{\"x\":[]}}",
        "{\"type\":\"join\",\"room\":\"r\",\"offer\":0}",
        "{\"type\":\"answer\",\"id\":3,\"offer\":7,\"description\":{\"type\":\"answer\",\"sdp\":\"\\r\\n\"}}",
        "{\"type\":\"offer\",\"offer\":7,\"description\":{}}",
        "{\"type\":\"look\",\"room\":\"r\",\"preconnect\":true}",
        "{\"type\":\"join\",\"room\":\"r\",\"offer\":7,\"answer\":{\"sdp\":\"v=0\"}}",
        "{\"type\":\"park\",\"instance\":\"i\",\"description\":{},\"candidates\":[{\"candidate\":\"c\"},{}]}"
    };

    private final DuetReader reader = new DuetReader();

    private DuetMessage read(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return reader.read(bytes, bytes.length);
    }

    private static DuetMessage.Wrong wrong(DuetError why) {
        return new DuetMessage.Wrong(DuetMessage.NO_REQUEST, why);
    }

    // ---- what is right ----

    @Test
    void aJoinIsReadWithAllItsFields() {
        assertThat(read("{\"type\":\"join\",\"id\":1,\"room\":\"k3v9\","
                        + "\"name\":\"Ann\",\"instance\":\"b1\",\"resume\":\"T\"}"))
                .isEqualTo(new DuetMessage.Join(
                        1,
                        new RoomName("k3v9"),
                        new DisplayName("Ann"),
                        "b1",
                        Optional.of("T"),
                        Optional.empty(),
                        "",
                        0,
                        Optional.empty(),
                        false));
    }

    @Test
    void aJoinNeedsOnlyARoom() {
        assertThat(read("{\"room\":\"r\",\"type\":\"join\"}")).isEqualTo(plainJoin(Optional.empty()));
    }

    private static DuetMessage.Join plainJoin(Optional<List<StreamPosition>> streams) {
        return new DuetMessage.Join(
                DuetMessage.NO_REQUEST,
                new RoomName("r"),
                DisplayName.NONE,
                "",
                Optional.empty(),
                streams,
                "",
                0,
                Optional.empty(),
                false);
    }

    @Test
    void aJoinSaysHowFarItHasReceived() {
        assertThat(read("{\"type\":\"join\",\"room\":\"r\",\"streams\":[]}"))
                .isEqualTo(plainJoin(Optional.of(List.of())));
        assertThat(read("{\"type\":\"join\",\"room\":\"r\",\"streams\":[{\"participant\":\"p\",\"x\":[1],"
                        + "\"epoch\":2,\"received\":0},{\"received\":17,\"epoch\":1,\"participant\":\"q\"}]}"))
                .isEqualTo(plainJoin(Optional.of(List.of(
                        new StreamPosition(new ParticipantId("p"), 2, 0),
                        new StreamPosition(new ParticipantId("q"), 1, 17)))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{}",
                "1",
                "[1]",
                "[[]]",
                "[{}]",
                "[{'participant':'p','epoch':1}]",
                "[{'participant':'p','received':1}]",
                "[{'epoch':1,'received':1}]",
                "[{'participant':'','epoch':1,'received':1}]",
                "[{'participant':'p','epoch':0,'received':1}]",
                "[{'participant':'p','epoch':2147483648,'received':1}]",
                "[{'participant':'p','epoch':1,'received':-1}]",
                "[{'participant':'p','epoch':1,'received':9007199254740992}]",
                "[{'participant':'p','epoch':1,'received':1.5}]",
                "[{'participant':'p','epoch':1,'received':1},2]",
                "[{'participant':{'a':[]},'epoch':1,'received':1}]"
            })
    void positionsThatAreNoneAreRefused(String streams) {
        String message = "{\"type\":\"join\",\"id\":4,\"room\":\"r\",\"streams\":" + streams.replace('\'', '"') + "}";

        assertThat(read(message)).isEqualTo(new DuetMessage.Wrong(4, DuetError.BAD_MESSAGE));
    }

    @Test
    void atMostEightPositionsAreTaken() {
        String one = "{\"participant\":\"p\",\"epoch\":1,\"received\":1}";
        String join = "{\"type\":\"join\",\"room\":\"r\",\"streams\":[";

        assertThat(read(join + String.join(",", Collections.nCopies(8, one)) + "]}"))
                .isInstanceOf(DuetMessage.Join.class);
        assertThat(read(join + String.join(",", Collections.nCopies(9, one)) + "]}"))
                .isEqualTo(wrong(DuetError.BAD_MESSAGE));
    }

    @Test
    void anAcknowledgementIsReadWithAllItsFields() {
        assertThat(read("{\"type\":\"ack\",\"participant\":\"p\",\"epoch\":3,\"seq\":9007199254740991}"))
                .isEqualTo(
                        new DuetMessage.Ack(DuetMessage.NO_REQUEST, new ParticipantId("p"), 3, 9_007_199_254_740_991L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'epoch':1,'seq':1",
                "'participant':'p','seq':1",
                "'participant':'p','epoch':1",
                "'participant':'p','epoch':1,'seq':0",
                "'participant':'p','epoch':1,'seq':'1'",
                "'participant':7,'epoch':1,'seq':1"
            })
    void anAcknowledgementOfNothingIsRefused(String fields) {
        assertThat(read("{\"type\":\"ack\"," + fields.replace('\'', '"') + "}"))
                .isEqualTo(wrong(DuetError.BAD_MESSAGE));
    }

    @Test
    void aLeaveMayPromiseToReturn() {
        assertThat(read("{\"type\":\"leave\",\"id\":9}")).isEqualTo(new DuetMessage.Leave(9, false));
        assertThat(read("{\"type\":\"leave\",\"returning\":true}"))
                .isEqualTo(new DuetMessage.Leave(DuetMessage.NO_REQUEST, true));
    }

    @Test
    void fieldsItDoesNotKnowAreSkippedWhateverTheyHold() {
        assertThat(read("{\"x\":[{\"type\":\"join\"}],\"type\":\"ping\",\"\":{\"id\":7},\"id\":12,\"Type\":null}"))
                .isEqualTo(new DuetMessage.Ping(12));
    }

    @Test
    void whiteSpaceStandsAnywhere() {
        assertThat(read(" \r\n\t{ \"type\" : \"ping\" ,\n\"id\"\t: 12 } \n")).isEqualTo(new DuetMessage.Ping(12));
    }

    @Test
    void escapedNamesAreNames() {
        assertThat(read("{\"\\u0074ype\":\"p\\u0069ng\"}")).isEqualTo(new DuetMessage.Ping(DuetMessage.NO_REQUEST));
    }

    @Test
    void onlyTheFirstBytesCount() {
        byte[] bytes = "{\"type\":\"ping\"}garbage".getBytes(StandardCharsets.UTF_8);

        assertThat(reader.read(bytes, bytes.length - 7)).isEqualTo(new DuetMessage.Ping(DuetMessage.NO_REQUEST));
    }

    @Test
    void oneMessageLeavesNothingBehindForTheNext() {
        read("{\"type\":\"join\",\"id\":1,\"room\":\"r\",\"name\":\"Ann\",\"resume\":\"T\",\"to\":\"p\",\"data\":1}");

        assertThat(read("{\"type\":\"signal\"}")).isEqualTo(wrong(DuetError.BAD_MESSAGE));
    }

    // ---- what is wrong ----

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "1",
                "\"text\"",
                "[]",
                "[{\"type\":\"ping\"}]",
                "{",
                "}",
                "{\"type\":\"ping\"",
                "{type:\"ping\"}",
                "{'type':'ping'}",
                "{\"type\":\"ping\",}",
                "{\"type\":\"ping\"}{}",
                "{\"type\":\"ping\"} x",
                "{\"type\":NaN}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\" 1}",
                "{\"a\":tru}",
                "{\"a\":[1,]}",
                "{\"a\":[1}",
                "// c\n{}",
                "\ufeff{\"type\":\"ping\"}",
                "\0{}"
            })
    void whatIsNotAJsonObjectIsBadJson(String text) {
        assertThat(read(text)).isEqualTo(wrong(DuetError.BAD_JSON));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE"})
    void jsonInAnotherEncodingIsBadJson(String charset) {
        byte[] bytes = "{\"type\":\"signal\",\"to\":\"p\",\"data\":1}".getBytes(Charset.forName(charset));

        assertThat(reader.read(bytes, bytes.length)).isEqualTo(wrong(DuetError.BAD_JSON));
    }

    @Test
    void whatIsNestedWithoutEndIsBadJson() {
        assertThat(read("{\"type\":\"signal\",\"to\":\"p\",\"data\":" + "[".repeat(60_000)))
                .isEqualTo(wrong(DuetError.BAD_JSON));
        assertThat(read("{\"type\":\"signal\",\"to\":\"p\",\"data\":" + "[".repeat(30_000) + "]".repeat(30_000) + "}"))
                .isEqualTo(wrong(DuetError.BAD_JSON));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"type\":null}",
                "{\"type\":1}",
                "{\"type\":[\"ping\"]}",
                "{\"type\":{\"type\":\"ping\"}}",
                "{\"type\":\"join\"}",
                "{\"type\":\"join\",\"room\":null}",
                "{\"type\":\"join\",\"room\":7}",
                "{\"type\":\"join\",\"room\":[\"r\"]}",
                "{\"type\":\"join\",\"room\":\"r\",\"name\":null}",
                "{\"type\":\"join\",\"room\":\"r\",\"instance\":1}",
                "{\"type\":\"join\",\"room\":\"r\",\"resume\":null}",
                "{\"type\":\"leave\",\"returning\":1}",
                "{\"type\":\"leave\",\"returning\":\"true\"}",
                "{\"type\":\"signal\",\"to\":\"p\"}",
                "{\"type\":\"signal\",\"data\":1}",
                "{\"type\":\"signal\",\"to\":1,\"data\":1}",
                "{\"type\":\"signal\",\"to\":\"p\",\"data\":1,\"candidate\":null}",
                "{\"type\":\"answer\",\"description\":{}}",
                "{\"type\":\"answer\",\"offer\":0,\"description\":{}}",
                "{\"type\":\"answer\",\"offer\":\"7\",\"description\":{}}",
                "{\"type\":\"answer\",\"offer\":7}",
                "{\"type\":\"answer\",\"offer\":7,\"data\":{}}",
                "{\"type\":\"answer\",\"offer\":7,\"description\":null}",
                "{\"type\":\"answer\",\"offer\":7,\"candidate\":\"c\"}",
                "{\"type\":\"answer\",\"offer\":7,\"description\":{},\"candidate\":null}",
                "{\"type\":\"signal\",\"to\":\"p\",\"description\":null}",
                "{\"type\":\"signal\",\"to\":\"p\",\"description\":\"v=0\"}",
                "{\"type\":\"signal\",\"to\":\"p\",\"description\":[]}",
                "{\"type\":\"signal\",\"to\":\"p\",\"candidate\":\"c\"}",
                "{\"type\":\"signal\",\"to\":\"p\",\"candidate\":[]}",
                "{\"type\":\"signal\",\"to\":\"p\",\"candidate\":false}"
            })
    void aFieldThatIsMissingOrOfTheWrongKindIsABadMessage(String text) {
        assertThat(read(text)).isEqualTo(wrong(DuetError.BAD_MESSAGE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"ping\",\"type\":\"ping\"}", "{\"type\":\"ping\",\"\\u0074ype\":\"leave\"}",
                "{\"type\":\"join\",\"room\":\"a\",\"room\":\"b\"}",
                        "{\"type\":\"signal\",\"to\":\"a\",\"to\":\"b\",\"data\":1}",
                "{\"type\":\"signal\",\"to\":\"a\",\"data\":1,\"data\":2}"
            })
    void aFieldThatIsGivenTwiceIsABadMessage(String text) {
        assertThat(read(text)).isEqualTo(wrong(DuetError.BAD_MESSAGE));
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "9007199254740991"})
    void idsGoUpTo2To53Minus1(long id) {
        assertThat(read("{\"type\":\"ping\",\"id\":" + id + "}")).isEqualTo(new DuetMessage.Ping(id));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9007199254740992",
                "9007199254740993",
                "-1",
                "1.0",
                "1e3",
                "\"1\"",
                "null",
                "true",
                "[]",
                "{}",
                "99999999999999999999",
                "18446744073709551617"
            })
    void anIdThatIsNoSmallNumberIsABadMessage(String id) {
        assertThat(read("{\"type\":\"ping\",\"id\":" + id + "}")).isEqualTo(wrong(DuetError.BAD_MESSAGE));
    }

    @Test
    void aWrongMessageIsAnsweredUnderItsIdWhereverThatStands() {
        assertThat(read("{\"type\":\"join\",\"room\":7,\"id\":3}"))
                .isEqualTo(new DuetMessage.Wrong(3, DuetError.BAD_MESSAGE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Ping", "ping ", "offers", "__proto__"})
    void aTypeThatNobodyKnowsIsNamedSo(String type) {
        assertThat(read("{\"type\":\"" + type + "\",\"id\":4}"))
                .isEqualTo(new DuetMessage.Wrong(4, DuetError.UNKNOWN_TYPE));
    }

    @Test
    void whatIsReservedIsUnsupported() {
        assertThat(read("{\"type\":\"join\",\"room\":\"r\",\"token\":{\"any\":[1]}}"))
                .isEqualTo(wrong(DuetError.UNSUPPORTED));
    }

    @Test
    void aLookNeedsARoomAndMayHaveAName() {
        assertThat(read("{\"type\":\"look\",\"id\":2,\"room\":\"r\",\"name\":\"Bo\"}"))
                .isEqualTo(new DuetMessage.Look(2, new RoomName("r"), new DisplayName("Bo"), false));
        assertThat(read("{\"type\":\"look\",\"room\":\"r\",\"preconnect\":true}"))
                .isEqualTo(new DuetMessage.Look(DuetMessage.NO_REQUEST, new RoomName("r"), DisplayName.NONE, true));
        assertThat(read("{\"type\":\"look\",\"room\":\"r\",\"preconnect\":\"direct\"}"))
                .isEqualTo(wrong(DuetError.BAD_MESSAGE));
        assertThat(read("{\"type\":\"look\"}")).isEqualTo(wrong(DuetError.BAD_MESSAGE));
        assertThat(read("{\"type\":\"look\",\"room\":\"\"}")).isEqualTo(wrong(DuetError.ROOM_NAME_INVALID));
    }

    @Test
    void onlyADescriptionIsParked() {
        assertThat(read("{\"type\":\"park\",\"id\":6,\"description\":{}}")).isInstanceOf(DuetMessage.Park.class);
        assertThat(read("{\"type\":\"park\",\"data\":{}}")).isEqualTo(wrong(DuetError.BAD_MESSAGE));
        assertThat(read("{\"type\":\"park\"}")).isEqualTo(wrong(DuetError.BAD_MESSAGE));
    }

    @Test
    void aStandingOfferHasItsCandidatesApart() {
        assertThat(read("{\"type\":\"park\",\"candidates\":[ {}, {\"x\":[1]} ],\"instance\":\"i\",\"description\":{}}"))
                .isEqualTo(new DuetMessage.Park(
                        DuetMessage.NO_REQUEST, Optional.of("i"), new Slice(75, 77), Optional.of(new Slice(28, 45))));
    }

    @Test
    void aJoinMayHaveASecret() {
        assertThat(read("{\"type\":\"join\",\"room\":\"r\",\"key\":\"" + "k".repeat(64) + "\"}"))
                .isInstanceOfSatisfying(
                        DuetMessage.Join.class, join -> assertThat(join.key()).hasSize(64));
        assertThat(read("{\"type\":\"join\",\"room\":\"r\",\"key\":\"" + "k".repeat(65) + "\"}"))
                .isEqualTo(wrong(DuetError.BAD_MESSAGE));
    }

    @Test
    void aJoinMayNameAnOffer() {
        assertThat(read("{\"type\":\"join\",\"room\":\"r\",\"offer\":7}"))
                .isInstanceOfSatisfying(
                        DuetMessage.Join.class, join -> assertThat(join.offer()).isEqualTo(7));
        assertThat(read("{\"type\":\"join\",\"room\":\"r\",\"offer\":-1}")).isEqualTo(wrong(DuetError.BAD_MESSAGE));
    }

    @Test
    void aJoinMayAnswerTheOfferThatItNames() {
        assertThat(read("{\"type\":\"join\",\"room\":\"r\",\"offer\":7,\"answer\":{}}"))
                .isInstanceOfSatisfying(
                        DuetMessage.Join.class,
                        join -> assertThat(join.answer()).contains(new Slice(45, 47)));
        assertThat(read("{\"type\":\"join\",\"room\":\"r\",\"offer\":7,\"answer\":[]}"))
                .isEqualTo(wrong(DuetError.BAD_MESSAGE));
    }

    @ParameterizedTest
    @CsvSource({"'',false", "',\"offer\":7',false", "',\"offer\":0',true"})
    void aJoinThatNamesOfferZeroAsksForAny(String offer, boolean asks) {
        assertThat(read("{\"type\":\"join\",\"room\":\"r\"" + offer + "}"))
                .isInstanceOfSatisfying(
                        DuetMessage.Join.class,
                        join -> assertThat(join.takesOffer()).isEqualTo(asks));
    }

    @Test
    void anAnswerIsReadWithAllItsFields() {
        assertThat(read("{\"type\":\"answer\",\"id\":3,\"offer\":7,\"description\":{}}"))
                .isEqualTo(new DuetMessage.Answer(3, 7, new Slice(48, 50), false));
        assertThat(read("{\"description\":{},\"type\":\"offer\",\"offer\":9007199254740991}"))
                .isEqualTo(new DuetMessage.Offer(
                        DuetMessage.NO_REQUEST, 9_007_199_254_740_991L, new Slice(15, 17), false));
        assertThat(read("{\"type\":\"answer\",\"offer\":7,\"candidate\":null}"))
                .isEqualTo(wrong(DuetError.BAD_MESSAGE));
        assertThat(read("{\"type\":\"offer\",\"description\":{}}")).isEqualTo(wrong(DuetError.BAD_MESSAGE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\\nb", "\\u0000", "\\ud800"})
    void aRoomThatCannotBeIsNamedSo(String room) {
        assertThat(read("{\"type\":\"join\",\"room\":\"" + room + "\"}")).isEqualTo(wrong(DuetError.ROOM_NAME_INVALID));
    }

    @Test
    void aRoomNameIsInvalidFrom129CodePointsOn() {
        assertThat(read("{\"type\":\"join\",\"room\":\"" + "中".repeat(128) + "\"}"))
                .isInstanceOf(DuetMessage.Join.class);
        assertThat(read("{\"type\":\"join\",\"room\":\"" + "中".repeat(129) + "\"}"))
                .isEqualTo(wrong(DuetError.ROOM_NAME_INVALID));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"name\":\"\u202e\"",
                "\"name\":\"a\\tb\"",
                "\"instance\":\"\\u001b\"",
                "\"instance\":\"\\udfff\""
            })
    void aNameThatCannotBeShownIsNamedSo(String field) {
        assertThat(read("{\"type\":\"join\",\"room\":\"r\"," + field + "}")).isEqualTo(wrong(DuetError.NAME_INVALID));
    }

    @Test
    void aNameIsInvalidFrom65CodePointsOn() {
        assertThat(read("{\"type\":\"join\",\"room\":\"r\",\"name\":\"" + "中".repeat(64) + "\"}"))
                .isInstanceOf(DuetMessage.Join.class);
        assertThat(read("{\"type\":\"join\",\"room\":\"r\",\"name\":\"" + "中".repeat(65) + "\"}"))
                .isEqualTo(wrong(DuetError.NAME_INVALID));
    }

    // ---- payloads ----

    private void assertPayload(String before, String payload, String after, SignalKind kind, String label) {
        String field = kind.name().toLowerCase(java.util.Locale.ROOT);
        String text = "{\"type\":\"signal\",\"" + field + "\"" + before + payload + after + ",\"to\":\"p\"}";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (!(reader.read(bytes, bytes.length) instanceof DuetMessage.Signal signal)) {
            fail(label + ": " + text);
            return;
        }
        assertThat(new String(bytes, signal.start(), signal.end() - signal.start(), StandardCharsets.UTF_8))
                .as(label)
                .isEqualTo(payload);
        assertThat(signal.kind()).isEqualTo(kind);
        assertThat(signal.to()).isEqualTo(new ParticipantId("p"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "-1.5E+10",
                "12345678901234567890",
                "true",
                "false",
                "null",
                "\"\"",
                "\"x\"",
                "\"中\\\"\ud83d\ude00\"",
                "[]",
                "{}",
                "[ ]",
                "{ }",
                "[[],{}]",
                "{\"to\":\"q\",\"type\":1}",
                "{\"a\":1,\"a\":2}",
                "\"\\ud800\""
            })
    void aPayloadIsHandedOnByteForByte(String payload) {
        assertPayload(":", payload, "", SignalKind.DATA, payload);
        assertPayload(" : \n", payload, " \t", SignalKind.DATA, payload);
    }

    @Test
    void anyRandomValueIsHandedOnByteForByte() {
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            StringBuilder payload = new StringBuilder();
            value(random, payload, 4);
            assertPayload(":" + space(random), payload.toString(), space(random), SignalKind.DATA, "seed " + seed);
        }
    }

    @Test
    void aDescriptionAndACandidateAreHandedOnByteForByte() {
        assertPayload(": ", "{\"type\":\"offer\", \"sdp\":\"é\\r\\n\"}", " ", SignalKind.DESCRIPTION, "offer");
        assertPayload(":", "{ \"candidate\" : \"\" }", "", SignalKind.CANDIDATE, "candidate");
        assertPayload(":", "null", "", SignalKind.CANDIDATE, "the end of candidates");
    }

    private static String space(Random random) {
        return " \n\t\r".substring(random.nextInt(5)).repeat(random.nextInt(3));
    }

    private static void value(Random random, StringBuilder out, int depth) {
        switch (random.nextInt(depth == 0 ? 5 : 7)) {
            case 0 -> out.append(random.nextLong());
            case 1 ->
                out.append(random.nextInt(1000) - 500)
                        .append('.')
                        .append(random.nextInt(100))
                        .append("e-7");
            case 2 -> out.append(random.nextBoolean());
            case 3 -> out.append("null");
            case 4 -> string(random, out);
            case 5 -> {
                out.append('[').append(space(random));
                for (int i = random.nextInt(4); i > 0; i--) {
                    value(random, out, depth - 1);
                    out.append(space(random)).append(i > 1 ? "," : "");
                }
                out.append(']');
            }
            default -> {
                out.append('{');
                for (int i = random.nextInt(4); i > 0; i--) {
                    out.append(space(random));
                    string(random, out);
                    out.append(space(random)).append(':');
                    value(random, out, depth - 1);
                    out.append(i > 1 ? "," : "");
                }
                out.append('}');
            }
        }
    }

    private static void string(Random random, StringBuilder out) {
        String[] pieces = {
            "a", "é", "中", "\ud83d\ude00", "\\n", "\\\"", "\\\\", "\\u00e9", "\\ud83d\\ude00", "}", "]", ",", "\u2028"
        };
        out.append('"');
        for (int i = random.nextInt(6); i > 0; i--) {
            out.append(pieces[random.nextInt(pieces.length)]);
        }
        out.append('"');
    }

    // ---- whatever comes ----

    @Test
    void aMessageThatIsCutAnywhereIsBadJson() {
        for (String seed : SEEDS) {
            byte[] bytes = seed.getBytes(StandardCharsets.UTF_8);
            for (int length = 0; length < bytes.length; length++) {
                assertThat(((DuetMessage.Wrong) reader.read(bytes, length)).why())
                        .as("%s cut at %d", seed, length)
                        .isEqualTo(DuetError.BAD_JSON);
            }
        }
    }

    @Test
    void nothingThatIsSentMakesItThrowOrPointOutsideTheMessage() {
        Random random = new Random(42);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = mutated(random);
            int length = bytes.length;
            try {
                switch (reader.read(bytes, length)) {
                    case DuetMessage.Signal signal -> assertInside(signal.start(), signal.end(), length);
                    case DuetMessage.Answer answer -> assertInside(answer.description(), length);
                    case DuetMessage.Offer offer -> assertInside(offer.description(), length);
                    case DuetMessage.Join join -> join.answer().ifPresent(answer -> assertInside(answer, length));
                    case DuetMessage.Park park -> {
                        assertInside(park.description(), length);
                        park.candidates().ifPresent(candidates -> assertInside(candidates, length));
                    }
                    default -> {}
                }
            } catch (RuntimeException e) {
                fail("message " + i + ": " + new String(bytes, StandardCharsets.ISO_8859_1), e);
            }
        }
    }

    private static void assertInside(Slice slice, int length) {
        assertInside(slice.start(), slice.end(), length);
    }

    private static void assertInside(int start, int end, int length) {
        assertThat(start).isNotNegative().isLessThan(end);
        assertThat(end).isLessThan(length);
    }

    private static byte[] mutated(Random random) {
        byte[] bytes = SEEDS[random.nextInt(SEEDS.length)].getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(4); i >= 0 && bytes.length > 1; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] = (byte) "{}[]\",:\\0 ".charAt(random.nextInt(10));
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> System.arraycopy(bytes, at, bytes, random.nextInt(at + 1), bytes.length - at);
                default -> {
                    byte[] other = SEEDS[random.nextInt(SEEDS.length)].getBytes(StandardCharsets.UTF_8);
                    byte[] joined = Arrays.copyOf(bytes, at + other.length);
                    System.arraycopy(other, 0, joined, at, other.length);
                    bytes = joined;
                }
            }
        }
        return bytes;
    }
}
