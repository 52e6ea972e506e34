package dev.duet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.cli.settings.Settings;
import dev.duet.server.relay.AdvertisedUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The first screen word for word, as files in {@code screens/}; {@code -Dscreens.write=true} writes them anew. */
class FirstScreenTest {
    private static final List<String> NETWORK = List.of("192.168.1.23", "[2001:db8::7]");
    private static final FirstScreen.Look PLAIN = new FirstScreen.Look(Language.ENGLISH, false, false);

    @ParameterizedTest
    @CsvSource({
        "english.txt, ENGLISH, false, ''",
        "chinese.txt, CHINESE, false, ''",
        "english-qr.txt, ENGLISH, true, ''",
        "english-anonymous.txt, ENGLISH, false, --anonymous --capacity 4 --base-path /video --http serve",
        "english-tls-off.txt, ENGLISH, false, --tls off",
        "english-relay-off.txt, ENGLISH, false, --relay off",
        "english-public.txt, ENGLISH, false, --public-ip 8.8.4.4 --relay-port 443",
        "english-relay-urls.txt, ENGLISH, false, --relay-url turns:a.example:443 --relay-url turns:b.example:443"
                + " --relay-url turns:c.example:443 --relay-url turns:d.example:443 --relay-url turns:e.example:443"
                + " --relay-url turns:f.example:443",
        "chinese-relay-urls.txt, CHINESE, false, --relay-url turns:a.example:443 --relay-url turns:b.example:443"
                + " --relay-url turns:c.example:443 --relay-url turns:d.example:443 --relay-url turns:e.example:443"
                + " --relay-url turns:f.example:443",
        "chinese-turn-server.txt, CHINESE, false, --turn-server turn:turn.example.org:3478",
        "chinese-local.txt, CHINESE, false, --host localhost --http-port off",
        "english-pages.txt, ENGLISH, false, --pages /srv/lesson --base-path /video",
        "chinese-pages.txt, CHINESE, false, --pages /srv/lesson"
    })
    void looksAsAgreed(String file, Language language, boolean qr, String words) throws IOException {
        String screen = screen(new FirstScreen.Look(language, false, qr), words);

        Path golden = Path.of("src/test/resources/screens", file);
        if (Boolean.getBoolean("screens.write")) {
            Files.writeString(golden, screen);
        }
        assertThat(screen).isEqualTo(Files.readString(golden));
        assertThat(screen.lines()).allMatch(line -> columns(line) <= 80);
        if (language == Language.ENGLISH && !qr) {
            assertThat(screen).as("readable on a terminal without UTF-8").isASCII();
        }
    }

    @Test
    void coloursAreThereOnlyWhenWanted() {
        assertThat(screen(PLAIN, "")).doesNotContain("\u001B");
        assertThat(screen(new FirstScreen.Look(Language.ENGLISH, true, true), ""))
                .contains("\u001B[1m", "\u001B[97;40m");
    }

    @Test
    void theLanguageIsThatOfTheLocale() {
        assertThat(Language.of(Map.of("LANG", "zh_CN.UTF-8"))).isEqualTo(Language.CHINESE);
        assertThat(Language.of(Map.of("LANG", "zh_CN.UTF-8", "LC_ALL", "C"))).isEqualTo(Language.ENGLISH);
        assertThat(Language.of(Map.of("LANG", "en_US.UTF-8", "LC_ALL", ""))).isEqualTo(Language.ENGLISH);
    }

    @Test
    void addressesAreWrittenAsUrlsHaveThem() {
        assertThat(Hosts.inUrl("fd00:0:0:0:0:0:0:1")).isEqualTo("[fd00::1]");
        assertThat(Hosts.inUrl("2001:db8:1:2:0:5:6:7")).isEqualTo("[2001:db8:1:2:0:5:6:7]");
        assertThat(Hosts.inUrl("10.0.0.1")).isEqualTo("10.0.0.1");
        assertThat(Hosts.reachable("localhost")).isEmpty();
        assertThat(Hosts.reachable("10.0.0.9")).containsExactly("10.0.0.9");
        assertThat(Hosts.reachable("*")).hasSizeLessThanOrEqualTo(Hosts.SHOWN_MAX);
        assertThat(Hosts.bindable("localhost")).isEqualTo("127.0.0.1");
    }

    private static String screen(FirstScreen.Look look, String words) {
        List<String> line = ("--data-dir /home/ann/.duet " + words)
                .strip()
                .lines()
                .flatMap(each -> List.of(each.split(" +")).stream())
                .toList();
        if (!(Settings.read(line, Map.of()) instanceof Settings.Wish.Serve(Settings settings))) {
            throw new AssertionError(words);
        }
        var facts = new FirstScreen.Facts(
                settings,
                "0.1.0",
                settings.httpPort().isPresent()
                        ? Optional.of(settings.httpPort().getAsInt())
                        : Optional.empty(),
                settings.tls() ? Optional.of(settings.httpsPort()) : Optional.empty(),
                settings.host().equals("*") ? NETWORK : List.of(),
                "epoll, BoringSSL",
                relay(settings),
                settings.tls(),
                false);
        return new FirstScreen(facts, look).text();
    }

    private static Optional<Starter.RelayFacts> relay(Settings settings) {
        List<InetAddress> found = settings.relay().publicAddresses().isEmpty()
                ? List.of(InetAddress.ofLiteral("192.168.1.23"))
                : settings.relay().publicAddresses();
        return settings.relay().isOwn()
                ? Optional.of(new Starter.RelayFacts(
                        "recvmmsg, UDP GSO", settings.relay().udpPort(), found, urls(settings)))
                : Optional.empty();
    }

    /** One that answers, the others in every state there is. */
    private static List<AdvertisedUrl> urls(Settings settings) {
        List<String> urls = settings.relay().urls();
        return IntStream.range(0, urls.size())
                .mapToObj(i -> new AdvertisedUrl(urls.get(i), AdvertisedUrl.State.values()[i]))
                .toList();
    }

    private static int columns(String line) {
        return line.codePoints().map(c -> c >= 0x2E80 && c < 0xFFE0 ? 2 : 1).sum();
    }
}
