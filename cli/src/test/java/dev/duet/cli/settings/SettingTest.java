package dev.duet.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The command line, the environment, the file and the manual agree on what settings there are. */
class SettingTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void allThreePlacesKnowIt(Setting setting) throws Exception {
        String value = sample(setting);

        assertThat(CommandLineReader.read(List.of(setting.option() + (flag(setting) ? "" : "=" + value))))
                .isEqualTo(new Request.Serve(Map.of(setting, new Given(List.of(value), setting.option()))));
        assertThat(Environment.read(Map.of(setting.variable(), value)))
                .isEqualTo(Map.of(setting, new Given(List.of(value), setting.variable())));
        if (setting.inFile()) {
            Path file = Files.writeString(directory.resolve("duet.yaml"), setting.id() + ": " + value + "\n");
            assertThat(ConfigurationFile.read(file).values())
                    .extracting(Given::values)
                    .containsExactly(List.of(value));
        }
    }

    @ParameterizedTest
    @EnumSource
    void itsDefaultIsOneOfItsValues(Setting setting) {
        assertThat(setting.standard().flatMap(setting.kind()::expected)).isEmpty();
        assertThat(setting.kind().expected(sample(setting))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void itIsInHelp(Setting setting) {
        assertThat(CommandLineReader.help()).containsPattern("(?m)^ +" + setting.option() + "\\b");
    }

    @Test
    void theManualListsExactlyTheSettings() throws Exception {
        Path manual = Path.of("../docs/operate.md");
        List<String> rows = Files.readAllLines(manual).stream()
                .filter(line -> line.startsWith("| `--"))
                .toList();

        List<String> wanted =
                List.of(Setting.values()).stream().map(SettingTest::row).toList();
        assertThat(rows).containsExactlyElementsOf(wanted);
    }

    @Test
    void nearWordsAreFoundAndFarOnesAreNot() {
        assertThat(Near.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Near.hint("log-levle", List.of("log-level", "log"), "none")).contains("'log-level'");
        assertThat(Near.hint("xyzzy", List.of("log-level", "host"), "none")).isEqualTo("none");
    }

    /** A row of the manual's table; the manual is wrong when it differs. */
    private static String row(Setting setting) {
        String label = flag(setting) ? "" : " " + setting.kind().label().replace("|", "\\|");
        String standard = setting.standard().map(value -> "`" + value + "`").orElse("");
        return "| `" + setting.option() + label + "` | " + standard + " | " + setting.help() + " |";
    }

    private static boolean flag(Setting setting) {
        return setting.kind() instanceof Kind.Flag;
    }

    private static String sample(Setting setting) {
        return switch (setting.kind()) {
            case Kind.Text _ -> "x";
            case Kind.Port _ -> "1234";
            case Kind.Count _ -> "3";
            case Kind.Choice choice -> choice.words().getLast();
            case Kind.Flag _ -> "true";
            case Kind.Time _ -> "5s";
            case Kind.Origin _ -> "https://a.example:8443";
            case Kind.PortRange _ -> "50000-50100";
            case Kind.Address _ -> "8.8.4.4";
            case Kind.TurnUrl _ -> "turns:turn.example.org:5349?transport=tcp";
            case Kind.Host _ -> "192.0.2.7";
            case Kind.Block _ -> "10.0.0.0/8";
            case Kind.Limit _ -> "message-burst=400";
            case Kind.UrlPath _ -> "/a/b";
        };
    }
}
