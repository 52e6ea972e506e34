package dev.duet.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CredentialsTest {
    /** RFC 8489, section 9.2.2 names its own example: user:realm:pass. */
    @Test
    void theKeyOfTheRfcsExampleIsMade() {
        assertThat(LongTermKey.md5("user", "realm", "pass")).isEqualTo(Vectors.hex("8493fbc53ba582fb4c044c456bdc40eb"));
    }

    /** The valid examples of RFC 8265, section 4.3. */
    @ParameterizedTest
    @CsvSource({
        "'correct horse battery staple', 'correct horse battery staple'",
        "'Correct Horse Battery Staple', 'Correct Horse Battery Staple'",
        "'\u03c0\u00df\u00e5', '\u03c0\u00df\u00e5'",
        "'Jack of \u2666s', 'Jack of \u2666s'",
        "'foo\u1680bar', 'foo bar'",
        "'e\u0301', '\u00e9'",
        "'\ufb01', '\ufb01'",
        "'\ud83d\ude00', '\ud83d\ude00'",
    })
    void whatIsAllowedIsPrepared(String text, String prepared) {
        assertThat(OpaqueString.prepare(text)).contains(prepared);
        assertThat(OpaqueString.prepare(prepared)).contains(prepared);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "my cat is a \tby",
                "a\0",
                "a\u007f",
                "a\u0085",
                "The\u00adM",
                "a\u200d",
                "a\ufeff",
                "\ud800",
                "\ue000",
                "\uffff",
                "\u1100",
                "\ua960",
                "\ud7b0",
                "a\ufe0f",
                "a\u034f",
                "a\u2028",
            })
    void whatIsForbiddenIsRefused(String text) {
        assertThat(OpaqueString.prepare(text)).isEmpty();
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> LongTermKey.md5(text, "r", "p"));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> LongTermKey.sha256("u", "r", text));
    }

    @Test
    void formsOfOneTextMakeOneKey() {
        assertThat(LongTermKey.sha256("e\u0301", "r\u00a0r", "p")).isEqualTo(LongTermKey.sha256("\u00e9", "r r", "p"));
        assertThat(LongTermKey.userHash("e\u0301", "r")).isEqualTo(LongTermKey.userHash("\u00e9", "r"));
    }

    @Test
    void passwordAlgorithmsAreWrittenAndRead() {
        List<PasswordAlgorithm> all = List.of(
                PasswordAlgorithm.of(PasswordAlgorithm.SHA256),
                PasswordAlgorithm.of(7, new byte[] {1, 2, 3}),
                PasswordAlgorithm.of(PasswordAlgorithm.MD5));

        byte[] value = PasswordAlgorithm.bytes(all);

        assertThat(value).isEqualTo(Vectors.hex("00020000 00070003 01020300 00010000"));
        assertThat(PasswordAlgorithm.readAll(value)).contains(all);
        assertThat(PasswordAlgorithm.read(value)).isEmpty();
        assertThat(PasswordAlgorithm.readAll(new byte[0])).contains(List.of());
        assertThat(PasswordAlgorithm.readAll(Vectors.hex("00070003 010203")))
                .contains(List.of(PasswordAlgorithm.of(7, new byte[] {1, 2, 3})));
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "000200", "00020001", "0002ffff 00000000", "00020000 0001"})
    void passwordAlgorithmsThatAreMalformedAreAbsent(String digits) {
        assertThat(PasswordAlgorithm.readAll(Vectors.hex(digits))).isEmpty();
        assertThat(PasswordAlgorithm.read(Vectors.hex(digits))).isEmpty();
    }
}
