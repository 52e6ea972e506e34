package dev.duet.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DisplayNameTest {
    private static final String EMOJI = "\ud83d\ude00";

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Ann", "安", "O'Neil \"Bo\" <b>", "\u05e9\u05dc\u05d5\u05dd", "\ud83d\udc69\u200d\ud83d\udcbb"
            })
    void anybodyMayBeCalledWhatTheyLike(String text) {
        assertThat(DisplayName.of(text)).map(DisplayName::value).contains(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "\u001b[31m", "\u0000", "\u009f", "a\u2028", "a\u2029", "\ud800", "x\udfff"})
    void controlsLineBreaksAndHalfCharactersAreRefused(String text) {
        assertThat(DisplayName.of(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069})
    void whatReordersTheTextAroundItIsRefused(int override) {
        assertThat(DisplayName.of("Ann" + Character.toString(override) + "gpj.exe"))
                .isEmpty();
    }

    @Test
    void aNameIsShownInNormalFormC() {
        assertThat(DisplayName.of("Ame\u0301lie")).map(DisplayName::value).contains("Am\u00e9lie");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "中", EMOJI})
    void theLongestNameHas64CodePoints(String one) {
        assertThat(DisplayName.of(one.repeat(64))).isPresent();
        assertThat(DisplayName.of(one.repeat(65))).isEmpty();
    }

    @Test
    void aNameThatMayNotBeShownCannotBeMadeByHand() {
        assertThatThrownBy(() -> new DisplayName("\u202e")).isInstanceOf(IllegalArgumentException.class);
    }
}
