package dev.duet.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {
    /** Everything that ends a line or moves a cursor somewhere. */
    private static final String NASTY =
            "ann\r\n2026 INFO  joined\u001B[2J\u2028x\u2029y\u0085z\u202Ew\u0000\u009B1m\t\"q\\";

    private static final Logger LOG = LoggerFactory.getLogger("dev.duet.test");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @AfterEach
    void quiet() {
        Logging.configure(false, "error", java.io.OutputStream.nullOutputStream());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void textFromTheNetworkNeverStartsALineOfItsOwn(boolean json) {
        Logging.configure(json, "info", out);

        LOG.atInfo().addKeyValue("name", NASTY).addKeyValue(NASTY, 7).log("event " + NASTY);

        String text = text();
        assertThat(text).endsWith("\n").hasLineCount(1);
        assertThat(text.strip().codePoints()).allMatch(c -> c >= 0x20 && c != 0x7F && !(c >= 0x80 && c < 0xA0));
        assertThat(text)
                .doesNotContain("\u2028", "\u2029", "\u202E", "\u001B")
                .contains("\\u001b", "\\r\\n", "\\u2028");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anExceptionsMessageCannotForgeALineEither(boolean json) {
        Logging.configure(json, "info", out);

        LOG.atError()
                .setCause(new IllegalStateException("a\nb", new RuntimeException(NASTY)))
                .log("failed");

        assertThat(text().lines().skip(1)).allMatch(line -> line.startsWith("    "));
        assertThat(text()).contains("IllegalStateException", json ? "a\\\\nb" : "a\\nb", "caused by");
    }

    @Test
    void aLineForPeopleIsTimeLevelEventAndKeys() {
        Logging.configure(false, "info", out);

        LOG.atWarn()
                .addKeyValue("room", "r1")
                .addKeyValue("name", "Ann B")
                .addKeyValue("empty", "")
                .log("seat-lost");

        assertThat(text())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d)"
                        + " WARN  seat-lost room=r1 name=\"Ann B\" empty=\"\"\n");
    }

    @Test
    void aLineForMachinesIsOneJsonObject() {
        Logging.configure(true, "info", out);

        LOG.atInfo().addKeyValue("port", 8443).addKeyValue("name", "a\"b").log("started");

        assertThat(text())
                .matches(
                        "\\{\"time\":\"[^\"]+Z\",\"level\":\"INFO\",\"logger\":\"dev.duet.test\",\"event\":\"started\","
                                + "\"fields\":\\{\"port\":8443,\"name\":\"a\\\\\"b\"}}\n");
    }

    @Test
    void librariesSpeakUpFromWarningsOn() {
        Logging.configure(false, "debug", out);

        LoggerFactory.getLogger("io.netty.x").info("chatter");
        LoggerFactory.getLogger("io.netty.x").warn("trouble");
        LOG.debug("ours");
        LOG.trace("too much");

        assertThat(text()).doesNotContain("chatter", "too much").contains("trouble", "ours");
    }

    @Test
    void loneSurrogatesAreEscapedAndPairsAreNot() {
        assertThat(Escape.line("a\uD83Db\uDE00c\uD83D\uDE00")).isEqualTo("a\\ud83db\\ude00c\uD83D\uDE00");
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
