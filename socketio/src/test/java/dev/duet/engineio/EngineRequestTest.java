package dev.duet.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EngineRequestTest {
    private static EngineRequest get(Map<String, List<String>> query) {
        return EngineRequest.of("GET", query, false);
    }

    private static Map<String, List<String>> polling(String eio) {
        return Map.of("transport", List.of("polling"), "EIO", List.of(eio));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "5", "03", "3.0", "4 ", "٤", "44", "-4"})
    void theRevisionIsExactly3Or4(String eio) {
        assertThat(get(polling(eio))).isEqualTo(new EngineRequest.Wrong(EngineError.UNSUPPORTED_VERSION));
    }

    @Test
    void theTransportIsLookedAtFirst() {
        assertThat(get(Map.of())).isEqualTo(new EngineRequest.Wrong(EngineError.TRANSPORT_UNKNOWN));
    }

    @Test
    void ofTwoParametersTheFirstCounts() {
        Map<String, List<String>> query =
                Map.of("transport", List.of("polling", "websocket"), "EIO", List.of("4", "3"));

        assertThat(get(query)).isEqualTo(new EngineRequest.Open(EngineVersion.V4, false, false, query));
    }

    @Test
    void unknownParametersAreTheApplications() {
        Map<String, List<String>> query =
                Map.of("transport", List.of("polling"), "EIO", List.of("3"), "t", List.of("Nx"), "room", List.of("a"));

        assertThat(get(query)).isEqualTo(new EngineRequest.Open(EngineVersion.V3, false, false, query));
    }

    @Test
    void aPollingTransportByWebSocketIsWrongAndTheOtherWayRound() {
        assertThat(EngineRequest.of("GET", polling("4"), true))
                .isEqualTo(new EngineRequest.Wrong(EngineError.BAD_REQUEST));
        assertThat(get(Map.of("transport", List.of("websocket"), "EIO", List.of("4"))))
                .isEqualTo(new EngineRequest.Wrong(EngineError.BAD_REQUEST));
    }

    @Test
    void jsonpIsRefused() {
        assertThat(get(Map.of("transport", List.of("polling"), "EIO", List.of("3"), "j", List.of("0"))))
                .isEqualTo(new EngineRequest.Wrong(EngineError.BAD_REQUEST));
    }

    @ParameterizedTest
    @CsvSource({"1,true", "true,true", "yes,true", "0,false", "false,false", "'',false"})
    void b64SaysThatAClientCannotTakeBytes(String b64, boolean base64) {
        Map<String, List<String>> query =
                Map.of("transport", List.of("polling"), "EIO", List.of("3"), "b64", List.of(b64));

        assertThat(get(query)).isEqualTo(new EngineRequest.Open(EngineVersion.V3, false, base64, query));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "HEAD", "OPTIONS", "post", ""})
    void aSessionKnowsGetAndPostOnly(String method) {
        Map<String, List<String>> query =
                Map.of("transport", List.of("polling"), "EIO", List.of("4"), "sid", List.of("x"));

        assertThat(EngineRequest.of(method, query, false)).isEqualTo(new EngineRequest.Wrong(EngineError.BAD_REQUEST));
        assertThat(EngineRequest.of("POST", query, false)).isEqualTo(new EngineRequest.Send(EngineVersion.V4, "x"));
        assertThat(get(query)).isEqualTo(new EngineRequest.Get(EngineVersion.V4, "x"));
    }

    @Test
    void everyErrorHasTheCodeThatClientsKnow() {
        assertThat(EngineError.values())
                .extracting(error -> error.json().replaceFirst(",\"fix.*", ""))
                .containsExactly(
                        "{\"code\":0,\"message\":\"Transport unknown\"",
                        "{\"code\":1,\"message\":\"Session ID unknown\"",
                        "{\"code\":2,\"message\":\"Bad handshake method\"",
                        "{\"code\":3,\"message\":\"Bad request\"",
                        "{\"code\":4,\"message\":\"Forbidden\"",
                        "{\"code\":5,\"message\":\"Unsupported protocol version\"");
        assertThat(EngineError.values()).extracting(EngineError::status).containsExactly(400, 400, 400, 400, 403, 400);
    }
}
