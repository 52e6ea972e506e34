package dev.duet.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.server.Cidr;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom a server believes that trusts the proxies in {@code 10.0.0.0/24} and {@code fd00::/64}. */
final class ClientTest {
    private static final List<Cidr> TRUSTED = List.of(Cidr.parse("10.0.0.0/24"), Cidr.parse("fd00::/64"));
    private static final String PROXY = "10.0.0.1";
    private static final String STRANGER = "198.51.100.9";

    private final HttpHeaders headers = new DefaultHttpHeaders().set("Host", "duet.example:8443");

    private Client from(String remote) {
        return Client.of(headers, new Client.Peer(InetAddress.ofLiteral(remote), false), TRUSTED);
    }

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }

    @Test
    void whoComesByThemselvesIsWhoTheySeem() {
        Client client = from(STRANGER);

        assertThat(client.address()).isEqualTo(address(STRANGER));
        assertThat(client.host()).contains(new Authority("duet.example", 8443));
        assertThat(client.viaProxy()).isFalse();
        assertThat(client.doubt()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Forwarded, for=127.0.0.1",
        "Forwarded, proto=https",
        "X-Forwarded-For, 127.0.0.1",
        "X-Forwarded-Proto, https",
        "X-Forwarded-Host, localhost",
        "X-Real-IP, 127.0.0.1",
        "X-Forwarded-For, ''",
        "X-Forwarded-Something, of its own",
        "CF-Connecting-IP, 127.0.0.1",
        "True-Client-IP, 127.0.0.1",
        "Fly-Client-IP, 127.0.0.1",
        "Via, 1.1 somebody"
    })
    void whoeverAStrangerForwardsCountsAsOutside(String name, String value) {
        headers.set(name, value);
        Client client = from("127.0.0.1");

        assertThat(client.doubt()).contains(WhyPublic.UNTRUSTED_PROXY);
        assertThat(client.address()).isEqualTo(address("127.0.0.1"));
        assertThat(client.host()).contains(new Authority("duet.example", 8443));
        assertThat(client.secure()).isFalse();
    }

    /**
     * Written by hand: what a proxy at 10.0.0.1 may say, who that is, and why it counts as public whatever the address is. {@code X}: {@code
     * X-Forwarded-For}, {@code F}: {@code Forwarded}, {@code R}: {@code X-Real-IP}.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            nullValues = "-",
            value = {
                "F for=192.0.2.43                                            | 192.0.2.43  | -",
                "F For=192.0.2.43;Proto=https;By=10.0.0.1                    | 192.0.2.43  | -",
                "F for=\"192.0.2.43:4711\"                                   | 192.0.2.43  | -",
                "F for=\"[2001:db8::17]:4711\"                               | 2001:db8::17 | -",
                "F for=\"[2001:db8::17]\"                                    | 2001:db8::17 | -",
                "F proto=https ; for = 192.0.2.43                            | 192.0.2.43  | -",
                "X 192.0.2.43                                                | 192.0.2.43  | -",
                "X 2001:db8::17                                              | 2001:db8::17 | -",
                "X [2001:db8::17]:4711                                       | 2001:db8::17 | -",
                "X 192.0.2.43:4711                                           | 192.0.2.43  | -",
                "X fe80::1%eth0                                              | fe80::1     | -",
                "X ::ffff:192.0.2.43                                         | 192.0.2.43  | -",
                "R 192.0.2.43                                                | 192.0.2.43  | -",
                // every hop behind the first is a proxy of ours
                "F for=192.0.2.1, for=10.0.0.8, for=10.0.0.7                 | 192.0.2.1   | -",
                "X 192.0.2.1, 10.0.0.8,10.0.0.7                              | 192.0.2.1   | -",
                "F for=192.0.2.1, for=\"[fd00::5]\"                          | 192.0.2.1   | -",
                "F for=10.0.0.9, for=10.0.0.8                                | 10.0.0.9    | -",
                "X 192.0.2.1; F for=192.0.2.1                                | 192.0.2.1   | -",
                "X 192.0.2.1; R 192.0.2.1                                    | 192.0.2.1   | -",
                "X 192.0.2.1, 10.0.0.7; R 10.0.0.7                           | 192.0.2.1   | -",
                // whom a proxy hides, or does not name
                "F for=unknown                                               | 10.0.0.1    | HIDDEN_ADDRESS",
                "F for=_hidden                                               | 10.0.0.1    | HIDDEN_ADDRESS",
                "F for=\"_gazonk:80\"                                        | 10.0.0.1    | HIDDEN_ADDRESS",
                "F for=127.0.0.1, for=_hidden                                | 10.0.0.1    | HIDDEN_ADDRESS",
                "F for=127.0.0.1, for=_hidden, for=10.0.0.7                  | 10.0.0.7    | HIDDEN_ADDRESS",
                "F proto=https                                               | 10.0.0.1    | HIDDEN_ADDRESS",
                "F for=                                                      | 10.0.0.1    | HIDDEN_ADDRESS",
                "F for                                                       | 10.0.0.1    | HIDDEN_ADDRESS",
                "F ;;;,,,                                                    | 10.0.0.1    | HIDDEN_ADDRESS",
                "F for=192.0.2.43,                                           | 10.0.0.1    | HIDDEN_ADDRESS",
                "F for=localhost                                             | 10.0.0.1    | HIDDEN_ADDRESS",
                "F for=1.2.3.4.5                                             | 10.0.0.1    | HIDDEN_ADDRESS",
                "F for=127.1                                                 | 10.0.0.1    | HIDDEN_ADDRESS",
                "F for=2130706433                                            | 10.0.0.1    | HIDDEN_ADDRESS",
                "F for=0177.0.0.1                                            | 10.0.0.1    | HIDDEN_ADDRESS",
                "F for=127.0.0.1;for=127.0.0.1                               | 10.0.0.1    | HIDDEN_ADDRESS",
                "F for=\"192.0.2.43                                          | 10.0.0.1    | HIDDEN_ADDRESS",
                "F for=unknown;host=\"x,for=127.0.0.1;y=\"                   | 10.0.0.1    | HIDDEN_ADDRESS",
                "F for=unknown;host=\"x\\\",for=127.0.0.1;y=\"              | 10.0.0.1    | HIDDEN_ADDRESS",
                "X unknown                                                   | 10.0.0.1    | HIDDEN_ADDRESS",
                "X 192.0.2.43, unknown                                       | 10.0.0.1    | HIDDEN_ADDRESS",
                "X 127.0.0.1, -                                              | 10.0.0.1    | HIDDEN_ADDRESS",
                "X 192.0.2.43,                                               | 10.0.0.1    | HIDDEN_ADDRESS",
                "X evil'\" DROP TABLE                                        | 10.0.0.1    | HIDDEN_ADDRESS",
                "X [2001:db8::17                                             | 10.0.0.1    | HIDDEN_ADDRESS",
                "X [127.0.0.1]x                                              | 10.0.0.1    | HIDDEN_ADDRESS",
                "R unknown                                                   | 10.0.0.1    | HIDDEN_ADDRESS",
                "R 127.0.0.1; R 127.0.0.1                                    | 10.0.0.1    | HIDDEN_ADDRESS",
                "X-Forwarded-Proto https                                     | 10.0.0.1    | HIDDEN_ADDRESS",
                "X-Forwarded-Host localhost                                  | 10.0.0.1    | HIDDEN_ADDRESS",
                "X-Forwarded-Port 443                                        | 10.0.0.1    | HIDDEN_ADDRESS",
                "X-Forwarded-Server proxy                                    | 10.0.0.1    | HIDDEN_ADDRESS",
                "Via 1.1 proxy                                               | 10.0.0.1    | HIDDEN_ADDRESS",
                "CF-Connecting-IP 127.0.0.1                                  | 10.0.0.1    | HIDDEN_ADDRESS",
                "True-Client-IP 127.0.0.1                                    | 10.0.0.1    | HIDDEN_ADDRESS",
                // nothing at all, from another machine that is there to forward
                "Accept *                                                    | 10.0.0.1    | HIDDEN_ADDRESS",
                // before a hop that nobody has named anything may have been made up
                "F for=127.0.0.1, for=192.0.2.43                             | 192.0.2.43  | UNNAMED_PROXY",
                "F for=127.0.0.1, for=192.168.1.9, for=10.0.0.7              | 192.168.1.9 | UNNAMED_PROXY",
                "X 8.8.8.8, 192.168.1.9                                      | 192.168.1.9 | UNNAMED_PROXY",
                "X unknown, 192.168.1.9                                      | 192.168.1.9 | UNNAMED_PROXY",
                "X , 192.168.1.9                                             | 192.168.1.9 | UNNAMED_PROXY",
                // they contradict each other
                "X 192.168.1.9; F for=127.0.0.1                              | 10.0.0.1    | CONTRADICTION",
                "X 8.8.8.8, 10.0.0.7; F for=127.0.0.1, for=10.0.0.7          | 10.0.0.1    | CONTRADICTION",
                "X 192.168.1.9; F proto=https                                | 10.0.0.1    | CONTRADICTION",
                "X 192.168.1.9; R 8.8.8.8                                    | 10.0.0.1    | CONTRADICTION",
                "X 192.168.1.9; R unknown                                    | 10.0.0.1    | CONTRADICTION",
                "X 192.168.1.9; R 192.168.1.9; R 192.168.1.9                 | 10.0.0.1    | CONTRADICTION",
                "F for=192.168.1.9; R 127.0.0.1                              | 10.0.0.1    | CONTRADICTION",
            })
    void whatATrustedProxySaysIsWhoItIs(String said, String client, @Nullable WhyPublic doubt) {
        for (String header : said.split(";(?= [FRX] )")) {
            String[] parts = header.strip().split(" ", 2);
            String name = switch (parts[0]) {
                case "F" -> "Forwarded";
                case "X" -> "X-Forwarded-For";
                case "R" -> "X-Real-IP";
                default -> parts[0];
            };
            headers.add(name, parts.length > 1 ? parts[1] : "");
        }

        assertThat(from(PROXY).address()).isEqualTo(address(client));
        assertThat(from(PROXY).doubt()).isEqualTo(Optional.ofNullable(doubt));
    }

    @Test
    void besideAProxyOnThisMachineThereIsAPersonAtThisMachine() {
        List<Cidr> loopback = List.of(Cidr.parse("127.0.0.1"));
        Client person = Client.of(headers, new Client.Peer(address("127.0.0.1"), false), loopback);

        assertThat(person.doubt()).isEmpty();
        // Whose Host header is looked at as everybody's is.
        assertThat(person.viaProxy()).isFalse();
    }

    @Test
    void aProxyHeaderThatNamesNobodyHidesWhoItIs() {
        Client client = Client.of(headers, new Client.Peer(address(PROXY), false, false), TRUSTED);

        assertThat(client.doubt()).contains(WhyPublic.HIDDEN_ADDRESS);
    }

    @Test
    void severalHeadersAreOneList() {
        headers.add("X-Forwarded-For", "192.0.2.43").add("X-Forwarded-For", "10.0.0.7");

        assertThat(from(PROXY).address()).isEqualTo(address("192.0.2.43"));
        assertThat(from(PROXY).doubt()).isEmpty();
    }

    @Test
    void ofAChainWithoutEndOnlyTheNearestSixteenAreRead() {
        headers.set("X-Forwarded-For", "192.0.2.43" + ", 10.0.0.7".repeat(15));
        assertThat(from(PROXY).address()).isEqualTo(address("192.0.2.43"));
        assertThat(from(PROXY).doubt()).isEmpty();

        headers.set("X-Forwarded-For", "192.0.2.43" + ", 10.0.0.7".repeat(16));
        assertThat(from(PROXY).doubt()).contains(WhyPublic.UNNAMED_PROXY);

        headers.set("X-Forwarded-For", "192.0.2.43" + ", 10.0.0.7".repeat(40));
        assertThat(from(PROXY).doubt()).contains(WhyPublic.HIDDEN_ADDRESS);
    }

    @Test
    void hostAndSchemeAreThoseOfTheNearestProxy() {
        headers.set(
                "Forwarded",
                "for=192.0.2.1;host=evil.example;proto=http, for=10.0.0.7;host=\"duet.example:444\";proto=HTTPS");
        Client client = from(PROXY);

        assertThat(client.host()).contains(new Authority("duet.example", 444));
        assertThat(client.secure()).isTrue();
    }

    @Test
    void theOlderHeadersSayHostAndSchemeToo() {
        headers.set("X-Forwarded-Proto", "http, https").set("X-Forwarded-Host", "evil.example, duet.example");
        Client client = from(PROXY);

        assertThat(client.host()).contains(new Authority("duet.example", -1));
        assertThat(client.secure()).isTrue();
    }

    @Test
    void whatAProxyDoesNotSayStaysAsItIs() {
        headers.set("X-Forwarded-For", "192.0.2.43");

        assertThat(from(PROXY).host()).contains(new Authority("duet.example", 8443));
        assertThat(from(PROXY).secure()).isFalse();
    }

    @Test
    void twoHostsAreNone() {
        headers.add("Host", "evil.example");

        assertThat(from(STRANGER).host()).isEmpty();
    }

    /** A proxy that writes one of the two headers usually passes the other on as the client sent it. */
    @Test
    void whenTheTwoHeadersDisagreeNeitherIsBelieved() {
        headers.set("X-Forwarded-For", "198.51.100.9").set("Forwarded", "for=127.0.0.1");
        Client client = from(PROXY);

        assertThat(client.doubt()).contains(WhyPublic.CONTRADICTION);
        assertThat(client.address()).isEqualTo(address(PROXY));
    }
}
