package dev.duet.server.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.signaling.SignalKind;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms in which pages of courses, samples and answers on the web put their descriptions and candidates. */
final class CourseShapeTest {
    private static final String CANDIDATE = "candidate:1 1 udp 1 192.0.2.1 5000 typ host";

    /** In the table {@code V} is an SDP and {@code C} a candidate; apostrophes are quotes. */
    private static String json(String written) {
        return written.replace('\'', '"').replace("V", "v=0 sdp").replace("C;", CANDIDATE);
    }

    private static CourseShape.Found found(String written) {
        return CourseShape.find(JsonTree.read(json(written)).orElseThrow()).orElseThrow();
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    {'type':'offer','sdp':'V'}                                    | offer  | {'type':'answer','sdp':'V'}
                    {'sdp':'V','type':'offer'}                                    | offer  | {'sdp':'V','type':'answer'}
                    {'type':'answer','sdp':'V'}                                   | answer | {'type':'answer','sdp':'V'}
                    {'type':'offer','sdp':{'type':'offer','sdp':'V'}} | offer \
                    | {'type':'answer','sdp':{'type':'answer','sdp':'V'}}
                    {'type':'video-offer','name':'ann','sdp':{'type':'offer','sdp':'V'}} | offer \
                    | {'type':'video-answer','name':'ann','sdp':{'type':'answer','sdp':'V'}}
                    {'type':'offer','offer':{'type':'offer','sdp':'V'}} | offer \
                    | {'type':'answer','answer':{'type':'answer','sdp':'V'}}
                    {'offer':{'type':'offer','sdp':'V'}} | offer | {'answer':{'type':'answer','sdp':'V'}}
                    {'sdp':{'type':'offer','sdp':'V'}} | offer | {'sdp':{'type':'answer','sdp':'V'}}
                    {'description':{'type':'offer','sdp':'V'},'from':'x'} | offer \
                    | {'description':{'type':'answer','sdp':'V'}}
                    {'type':'offer','offer':'V'} | offer | {'type':'answer','answer':'V'}
                    {'type':'sendOffer','data':{'sdp':'V'}} | offer | {'type':'sendAnswer','data':{'sdp':'V'}}
                    {'event':'OFFER','payload':'V'} | offer | {'event':'ANSWER','payload':'V'}
                    {'type':'signal','data':{'type':'offer','sdp':'V'}} | offer \
                    | {'type':'signal','data':{'type':'answer','sdp':'V'}}
                    '{"type":"offer","sdp":"V"}' | offer | '{"type":"answer","sdp":"V"}'
                    """)
    void aDescriptionIsFoundAndAnsweredInItsOwnForm(String given, String type, String answered) {
        // The last row is JSON in a text: there apostrophes are the quotes of the outer one.
        String asJson = given.startsWith("'")
                ? '"' + json(given.substring(1, given.length() - 1)).replace("\"", "\\\"") + '"'
                : json(given);
        CourseShape.Found signal =
                CourseShape.find(JsonTree.read(asJson).orElseThrow()).orElseThrow();

        assertThat(signal.kind()).isEqualTo(SignalKind.DESCRIPTION);
        assertThat(text(signal.json().orElseThrow())).isEqualTo("{\"type\":\"" + type + "\",\"sdp\":\"v=0 sdp\"}");
        String expected = answered.startsWith("'")
                ? '"' + json(answered.substring(1, answered.length() - 1)).replace("\"", "\\\"") + '"'
                : json(answered);
        assertThat(text(signal.shape().filled(Map.of("type", "answer", "sdp", "v=0 sdp"))))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'candidate','label':1,'id':'a','candidate':'C;'}",
                "{'type':'candidate','sdpMLineIndex':1,'sdpMid':'a','candidate':'C;'}",
                "{'candidate':'C;','sdpMid':'a','sdpMLineIndex':1}",
                "{'type':'candidate','candidate':{'candidate':'C;','sdpMid':'a','sdpMLineIndex':1}}",
                "{'type':'new-ice-candidate','candidate':{'candidate':'C;','sdpMid':'a','sdpMLineIndex':1}}",
                "{'type':'ice','ice':{'candidate':'C;','sdpMid':'a','sdpMLineIndex':1}}",
                "{'candidate':{'candidate':'C;','sdpMid':'a','sdpMLineIndex':1}}",
                "{'type':'x','data':{'type':'ice','payload':{'candidate':'C;','sdpMid':'a','sdpMLineIndex':1}}}",
                "{'type':'candidate','candidate':'C;','mid':'a','index':1}",
                "{'kind':'candidate','id':'a','label':1,'candidate':'C;'}"
            })
    void aCandidateIsFoundAndAnotherComesInItsForm(String given) {
        CourseShape.Found signal = found(given);

        assertThat(signal.kind()).isEqualTo(SignalKind.CANDIDATE);
        assertThat(text(signal.json().orElseThrow()))
                .isEqualTo(json("{'candidate':'C;','sdpMid':'a','sdpMLineIndex':1}"));
        assertThat(text(signal.shape().filled(Map.of("candidate", CANDIDATE, "sdpMid", "a", "sdpMLineIndex", 1L))))
                .isEqualTo(json(given));
    }

    @Test
    void anIndexMayBeWrittenAsText() {
        assertThat(text(found("{'type':'candidate','label':'1','candidate':'a=C;'}")
                        .json()
                        .orElseThrow()))
                .isEqualTo(json("{'candidate':'C;','sdpMLineIndex':1}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'type':'candidate','candidate':null}", "{'candidate':''}", "{'type':'x','ice':null}"})
    void theEndOfCandidatesIsUnderstoodAndSaysNothing(String given) {
        assertThat(found(given).kind()).isEqualTo(SignalKind.CANDIDATE);
        assertThat(found(given).json()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    'offer me a tea'                             | false
                    {'text':'candidate: me'}                     | false
                    {'x':1}                                      | false
                    [{'type':'offer','sdp':'V'}]                 | false
                    {'type':'offer'}                             | true
                    {'type':'offer','session':7}                 | true
                    {'sdp':'V'}                                  | true
                    {'type':'ice-candidate','value':'1 udp'}     | true
                    {'a':{'b':{'c':{'d':{'e':{'type':'offer','sdp':'V'}}}}}} | false
                    """)
    void whatIsNoSignalIsNone(String given, boolean seems) {
        Object value = JsonTree.read(json(given)).orElseThrow();
        assertThat(CourseShape.find(value)).isEmpty();
        assertThat(CourseShape.seemsSignal(value)).isEqualTo(seems);
    }

    @Test
    void whoeverNestsWithoutEndIsNotFollowed() {
        String deep = "{\"data\":".repeat(400) + "1" + "}".repeat(400);
        assertThat(CourseShape.find(JsonTree.read(deep).orElseThrow())).isEmpty();
        String texts = "x";
        for (int i = 0; i < 12; i++) {
            texts = text(JsonTree.write(Map.of("data", texts)));
        }
        assertThat(CourseShape.find(texts)).isEmpty();
    }
}
