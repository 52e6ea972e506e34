package dev.duet.netlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void aFlatObjectIsRead() {
        assertThat(Json.parseFlat(
                        "{ \"op\" : \"link\",\"loss\":0.25, \"blackout\":true,\"up\":false, \"s\":\"a\\\"\\n\" }"))
                .isEqualTo(Map.of("op", "link", "loss", 0.25, "blackout", true, "up", false, "s", "a\"\n"));
        assertThat(Json.parseFlat("{}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"a\":}",
                "{\"a\":1",
                "{\"a\" 1}",
                "{\"a\":{}}",
                "{\"a\":\"b}",
                "{} x",
                "{\"a\":\"\\x\"}"
            })
    void whatIsNoFlatObjectIsRefusedWithAPlace(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.parseFlat(text))
                .withMessageContaining("at character");
    }

    @Test
    void quotingEscapesWhatJsonMust() {
        assertThat(Json.quote("a\"b\\c\nd")).isEqualTo("\"a\\\"b\\\\c\\u000ad\"");
    }
}
