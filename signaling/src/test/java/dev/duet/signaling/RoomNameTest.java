package dev.duet.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RoomNameTest {
    private static final String EMOJI = "\ud83d\ude00";

    @ParameterizedTest
    @ValueSource(strings = {"r", " ", "k3v9x0q2m7c4j8w1n5t6a", "会议室", "Büro 3/4?#&", EMOJI, "__proto__", "\u202e"})
    void anyUnicodeIsAName(String text) {
        assertThat(RoomName.of(text)).map(RoomName::value).contains(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\0",
                "a\nb",
                "a\u007f",
                "a\u0085b",
                "a\u2028b",
                "a\u2029",
                "\ud800",
                "a\udc00",
                "\ude00\ud83d"
            })
    void controlsLineBreaksAndHalfCharactersAreNone(String text) {
        assertThat(RoomName.of(text)).isEmpty();
    }

    @Test
    void namesAreComparedInNormalFormC() {
        assertThat(RoomName.of("Cafe\u0301")).isEqualTo(RoomName.of("Caf\u00e9"));
    }

    @Test
    void aNormalNameStaysAsItIs() {
        RoomName once = RoomName.of("\u1100\u1161\u0958\ufb1d").orElseThrow();

        assertThat(RoomName.of(once.value())).contains(once);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "中", EMOJI})
    void theLongestNameHas128CodePoints(String one) {
        assertThat(RoomName.of(one.repeat(128))).isPresent();
        assertThat(RoomName.of(one.repeat(129))).isEmpty();
    }

    @Test
    void theLengthIsTakenAfterNormalisation() {
        assertThat(RoomName.of("e\u0301".repeat(128))).isPresent();
        // U+0958 is written with two code points in normal form C.
        assertThat(RoomName.of("\u0958".repeat(65))).isEmpty();
    }

    @Test
    void aNameThatIsNotNormalCannotBeMadeByHand() {
        assertThatThrownBy(() -> new RoomName("e\u0301")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RoomName("")).isInstanceOf(IllegalArgumentException.class);
    }
}
