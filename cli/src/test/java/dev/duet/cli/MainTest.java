package dev.duet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.duet.cli.settings.Setting;
import dev.duet.server.Cidr;
import dev.duet.server.DuetConfig;
import dev.duet.server.DuetStartException;
import dev.duet.server.HttpMode;
import dev.duet.server.ServerSecret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as a whole, with a server that starts nothing. */
class MainTest {
    @TempDir
    private Path home;

    private final Map<String, String> environment = new HashMap<>();
    private final FakeStarter starter = new FakeStarter();
    private StopRequest.Way way = StopRequest.Way.AT_ONCE;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void withoutAnyWordItServesWithTheDefaults() {
        assertThat(run()).isZero();

        DuetConfig config = started();
        assertThat(config.httpsPort()).isEqualTo(8443);
        assertThat(config.httpPort()).isEqualTo(8080);
        assertThat(config.httpMode()).isEqualTo(HttpMode.REDIRECT);
        assertThat(config.host()).isIn("::", "0.0.0.0");
        assertThat(config.capacity()).isEqualTo(2);
        assertThat(config.seatGrace()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.anonymous()).isFalse();
        assertThat(config.certificates()).isPresent();
        assertThat(home.resolve(".duet/tls/ca.pem")).exists();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("http://localhost:8080")
                .contains("Ctrl+C");
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains(" INFO  ready ")
                .contains("start_ms=");
        assertThat(starter.closed).isEqualTo(1);
    }

    @Test
    void everyOptionReachesTheServer() {
        String line = "serve --host 127.0.0.1 --https-port 0 --http-port off --capacity 3 --seat-grace 2m --anonymous"
                + " --allow-origin https://a.example --allow-origin https://b.example --trusted-proxy 10.0.0.0/8"
                + " --base-path /video --pages " + home + " --pages-listing --data-dir " + home.resolve("data");

        assertThat(run(line.split(" "))).isZero();

        DuetConfig config = started();
        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(config.httpsPort()).isZero();
        assertThat(config.httpPort()).isEqualTo(DuetConfig.OFF);
        assertThat(config.capacity()).isEqualTo(3);
        assertThat(config.seatGrace()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.anonymous()).isTrue();
        assertThat(config.allowedOrigins()).containsExactly("https://a.example", "https://b.example");
        assertThat(config.trustedProxies()).containsExactly(Cidr.parse("10.0.0.0/8"));
        assertThat(config.basePath()).isEqualTo("/video");
        assertThat(config.pages()).contains(home);
        assertThat(config.pagesListing()).isTrue();
        assertThat(home.resolve("data/tls/leaf.pem")).exists();
    }

    @Test
    void tlsOffServesPlainHttpToEverybody() {
        assertThat(run("--tls", "off")).isZero();

        assertThat(started().httpsPort()).isEqualTo(DuetConfig.OFF);
        assertThat(started().httpMode()).isEqualTo(HttpMode.SERVE);
        assertThat(started().certificates()).isEmpty();
    }

    @Test
    void anOptionGoesBeforeTheEnvironmentAndThatBeforeTheFile() throws Exception {
        Path file = write(
                "duet.yaml", "https-port: 1\nhttp-port: 1001\ncapacity: 4\nallow-origin:\n  - https://a.example\n");
        environment.put("DUET_CONFIG", file.toString());
        environment.put("DUET_HTTPS_PORT", "2");
        environment.put("DUET_HTTP_PORT", "1002");

        assertThat(run("--https-port", "3")).isZero();

        assertThat(started().httpsPort()).isEqualTo(3);
        assertThat(started().httpPort()).isEqualTo(1002);
        assertThat(started().capacity()).isEqualTo(4);
        assertThat(started().allowedOrigins()).containsExactly("https://a.example");
    }

    @Test
    void listsInTheEnvironmentAreSeparatedByCommas() {
        environment.put("DUET_TRUSTED_PROXY", "10.0.0.0/8, fd00::/8");

        assertThat(run()).isZero();

        assertThat(started().trustedProxies()).hasSize(2);
    }

    @Test
    void whatTheLauncherAndKubernetesSetIsLeftAlone() {
        environment.put("DUET_JAVA_OPTS", "-Xmx64m");
        environment.put("DUET_AOT", "off");
        environment.put("DUET_SERVICE_HOST", "10.1.2.3");
        environment.put("DUET_PORT_8443_TCP_ADDR", "10.1.2.3");

        assertThat(run()).isZero();
    }

    @Test
    void helpListsEverySettingWithin80Columns() {
        for (String[] words :
                List.of(new String[] {"--help"}, new String[] {"serve", "--help"}, new String[] {"help"})) {
            out.reset();
            assertThat(run(words)).isZero();

            String help = out.toString(StandardCharsets.UTF_8);
            assertThat(help.lines()).allMatch(line -> line.length() <= 80);
            assertThat(help)
                    .contains(
                            Arrays.stream(Setting.values()).map(Setting::option).toList());
            assertThat(help).contains("DUET_JAVA_OPTS", "Exit codes");
        }
        assertThat(starter.started).isEmpty();
    }

    @Test
    void versionIsOneLine() {
        assertThat(run("--version")).isZero();

        assertThat(out.toString(StandardCharsets.UTF_8)).matches("duet \\S+\n");
    }

    @Test
    void jsonLogsKeepStdoutEmpty() {
        assertThat(run("--log", "json")).isZero();

        assertThat(out.size()).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).allMatch(line -> line.startsWith("{\"time\":"));
    }

    static Stream<Arguments> wrongStarts() {
        return Stream.of(
                wrong("unknown option '--htps-port'; did you mean '--https-port'?", "--htps-port", "1"),
                wrong("unknown option '--zzzzzzzzzzz'; see duet --help", "--zzzzzzzzzzz"),
                wrong("unknown command 'server'; did you mean 'serve'?", "server"),
                wrong("--https-port has the value '99999'; give a number from 0 to 65535", "--https-port", "99999"),
                wrong("--https-port has the value 'off'; give a number", "--https-port", "off"),
                wrong("--capacity has the value '5'; give a number from 2 to 4", "--capacity", "5"),
                wrong("--seat-grace has the value '30'; give a time such as 30s", "--seat-grace", "30"),
                wrong("at most 10m", "--seat-grace", "11m"),
                wrong("--drain-timeout has the value 'soon'; give a time such as 30s", "--drain-timeout", "soon"),
                wrong("--tls has the value 'maybe'; give on or off", "--tls", "maybe"),
                wrong("--http has the value 'x'; give redirect or serve", "--http", "x"),
                wrong("--allow-origin has the value 'a.example'; give an origin", "--allow-origin", "a.example"),
                wrong("so serve the folder with --pages", "--allow-origin", "null"),
                wrong("so serve the folder with --pages", "--allow-origin", "file:///lesson"),
                wrong("--trusted-proxy has the value 'proxy'; give an address block", "--trusted-proxy", "proxy"),
                wrong("--base-path has the value 'video/'; give a path such as /video", "--base-path", "video/"),
                wrong("option --capacity is given a second time", "--capacity", "2", "--capacity", "3"),
                wrong("option --capacity is given before and after", "--capacity", "2", "serve", "--capacity", "3"),
                wrong("option --https-port has no value", "--https-port"),
                wrong("--cert is given without --key; give both", "--cert", "a.pem"),
                wrong("there is no certificate file", "--cert", "nowhere.pem", "--key", "nowhere.pem"),
                wrong("--cert has no use with --tls off", "--cert", "a", "--key", "b", "--tls", "off"),
                wrong("leave nothing to serve", "--tls", "off", "--http-port", "off"),
                wrong("--http redirect has nowhere to send to", "--tls", "off", "--http", "redirect"),
                wrong("cannot both have port 9000", "--https-port", "9000", "--http-port", "9000"),
                wrong("nowhere; give --pages one that exists", "--pages", "nowhere"),
                wrong("pom.xml; give --pages one that exists", "--pages", "pom.xml"),
                wrong("--pages-listing has nothing to list without --pages", "--pages-listing"),
                wrong("there is no configuration file", "--config", "nowhere.yaml"));
    }

    private static Arguments wrong(String sentence, String... words) {
        return argumentSet(String.join(" ", words), sentence, words);
    }

    @ParameterizedTest
    @MethodSource("wrongStarts")
    void aWrongSettingIsOneLineAndExitCodeTwo(String sentence, String[] words) {
        assertThat(run(words)).isEqualTo(2);

        assertOneLine(sentence);
    }

    static Stream<Arguments> wrongFiles() {
        return Stream.of(
                Arguments.of(
                        "a: 1\nb: 2\nhtps-port: 3\n",
                        "unknown key 'htps-port' in duet.yaml line 3; did you mean 'https-port'?"),
                Arguments.of("config: x.yaml\n", "'config' in duet.yaml line 1 cannot name another file"),
                Arguments.of(
                        "\nhttps-port: many\n", "'https-port' in duet.yaml line 2 has the value 'many'; give a number"),
                Arguments.of("https-port: [1, 2]\n", "'https-port' in duet.yaml line 1 holds a list; give one value"),
                Arguments.of("https-port:\n", "'https-port' in duet.yaml line 1 has no value"),
                Arguments.of(
                        "anonymous: yes\n", "'anonymous' in duet.yaml line 1 has the value 'yes'; give true or false"),
                Arguments.of("capacity: 2\ncapacity: 3\n", "'capacity' in duet.yaml line 2 is there a second time"),
                Arguments.of("allow-origin: {a: b}\n", "'allow-origin' in duet.yaml line 1 holds a mapping"),
                Arguments.of("- capacity\n", "duet.yaml line 1 is not a list of 'name: value' lines"),
                Arguments.of("capacity: [\n", "duet.yaml line 2 is not YAML"));
    }

    @ParameterizedTest
    @MethodSource("wrongFiles")
    void aWrongFileIsNamedWithItsLine(String text, String sentence) throws Exception {
        String known = text.replace("a: 1\nb: 2\n", "log: text\ncapacity: 2\n");

        assertThat(run("--config", write("duet.yaml", known).toString())).isEqualTo(2);

        assertOneLine(sentence);
    }

    @Test
    void anEmptyFileIsFine() throws Exception {
        assertThat(run("--config", write("duet.yaml", "# nothing yet\n").toString()))
                .isZero();
    }

    @Test
    void unknownVariablesAreNamed() {
        environment.put("DUET_HTTP_PROT", "8080");

        assertThat(run()).isEqualTo(2);

        assertOneLine("unknown environment variable DUET_HTTP_PROT; did you mean 'DUET_HTTP_PORT'?");
    }

    @Test
    void wrongValuesInTheEnvironmentAreNamedEvenWhereAnOptionOverridesThem() {
        environment.put("DUET_CAPACITY", "two");

        assertThat(run("--capacity", "2")).isEqualTo(2);

        assertOneLine("DUET_CAPACITY has the value 'two'; give a number from 2 to 4");
    }

    @Test
    void aTakenPortNamesTheOptionThatMovesIt() {
        starter.failure = Optional.of(new DuetStartException("port-taken", "port 8080 is taken", new BindException()));
        assertThat(run()).isEqualTo(1);
        assertOneLine("port 8080 is taken; choose another port with --http-port");

        err.reset();
        starter.failure = Optional.of(
                new DuetStartException("port-taken", "port 8443 is taken; choose another port", new BindException()));
        assertThat(run()).isEqualTo(1);
        assertOneLine("port 8443 is taken; choose another port with --https-port");
    }

    @Test
    void anAddressThatCannotBeBoundIsTheMachinesFault() {
        starter.failure = Optional.of(
                new DuetStartException("address-unavailable", "10.9.9.9 is not here; give --host", new IOException()));

        assertThat(run("--host", "10.9.9.9")).isEqualTo(1);

        assertOneLine("10.9.9.9 is not here; give --host");
    }

    @Test
    void aDataDirectoryThatCannotBeMadeIsTheMachinesFault() throws Exception {
        Path file = write("occupied", "");

        assertThat(run("--data-dir", file.resolve("data").toString())).isEqualTo(1);

        assertOneLine("cannot make the data directory");
        assertOneLine("--data-dir");
    }

    @Test
    void whatStopsAServiceDrainsItFirst() {
        way = StopRequest.Way.DRAIN;

        assertThat(run("--drain-timeout", "90s")).isZero();

        assertThat(starter.drained).containsExactly(Duration.ofSeconds(90));
        assertThat(starter.closed).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains(" INFO  stopping drain_timeout=PT1M30S")
                .endsWith(" INFO  stopped\n");
    }

    @Test
    void controlCStopsAtOnceAndSaysWhatDoesNot() {
        assertThat(run()).isZero();

        assertThat(starter.drained).isEmpty();
        assertThat(starter.closed).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(" stopping how=\"at once; SIGTERM waits for");
    }

    @Test
    void theKeyOfSeatsIsMadeOnceAndForTheOwnerAlone() throws Exception {
        assertThat(run()).isZero();
        Path key = home.resolve(".duet/seat.key");
        String text = Files.readString(key);
        assertThat(text).matches("[0-9a-f]{64}\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");

        assertThat(run()).isZero();

        assertThat(Files.readString(key)).isEqualTo(text);
        assertThat(starter.started)
                .extracting(DuetConfig::secret)
                .containsOnly(Optional.of(ServerSecret.of(HexFormat.of().parseHex(text.strip()))));
        assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain(text.strip());
    }

    @Test
    void aKeyOfSeatsThatOthersCouldReadIsTheOwnersAgain() throws Exception {
        Path key = write("seat.key", "0123456789abcdef".repeat(4));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(run("--data-dir", home.toString())).isZero();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0123456789abcdef", "0123456789abcdeX0123456789abcdef0123456789abcdef0123456789abcdef"})
    void aDamagedKeyOfSeatsEndsTheStart(String text) throws Exception {
        write("seat.key", text);

        assertThat(run("--data-dir", home.toString())).isEqualTo(2);

        assertOneLine("seat.key is damaged (expected: 64 hexadecimal digits); restore it from a backup, or delete it");
        if (!text.isEmpty()) {
            assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain(text);
        }
    }

    @Test
    void aKeyOfSeatsThatIsTooLongIsNotReadWhole() throws Exception {
        write("seat.key", "0".repeat(100_000));

        assertThat(run("--data-dir", home.toString())).isEqualTo(2);

        assertOneLine("seat.key is damaged");
    }

    @Test
    void aKeyOfSeatsThatCannotBeReadIsTheMachinesFault() throws Exception {
        Files.createDirectory(home.resolve("seat.key"));

        assertThat(run("--data-dir", home.toString())).isEqualTo(1);

        assertOneLine("seat.key; make it readable and writable for the user that runs Duet");
    }

    @Test
    void aValueWithALineFeedStaysOneLine() {
        assertThat(run("--tls", "off\nduet: all is well\u001B[2J")).isEqualTo(2);

        assertOneLine("off\\nduet: all is well\\u001b[2J");
    }

    private DuetConfig started() {
        assertThat(starter.started).as(err.toString(StandardCharsets.UTF_8)).hasSize(1);
        return starter.started.getFirst();
    }

    private void assertOneLine(String sentence) {
        String text = err.toString(StandardCharsets.UTF_8);
        assertThat(text).startsWith("duet: ").contains(sentence).hasLineCount(1).endsWith("\n");
        assertThat(starter.started).isEmpty();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(home.resolve(name), text);
    }

    private int run(String... words) {
        environment.put("HOME", home.toString());
        environment.putIfAbsent("LANG", "C");
        return Main.run(
                List.of(words),
                new Main.Surroundings(
                        environment,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        starter,
                        () -> way,
                        Terminal.NONE));
    }
}
