package dev.duet.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.server.Cidr;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.List;
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
        return Client.of(headers, InetAddress.ofLiteral(remote), false, TRUSTED);
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
        assertThat(client.fromOutside()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "Forwarded, for=127.0.0.1",
        "Forwarded, proto=https",
        "X-Forwarded-For, 127.0.0.1",
        "X-Forwarded-Proto, https",
        "X-Forwarded-Host, localhost",
        "X-Real-IP, 127.0.0.1",
        "Via, 1.1 somebody"
    })
    void whoeverAStrangerForwardsCountsAsOutside(String name, String value) {
        headers.set(name, value);
        Client client = from("127.0.0.1");

        assertThat(client.fromOutside()).isTrue();
        assertThat(client.address()).isEqualTo(address("127.0.0.1"));
        assertThat(client.host()).contains(new Authority("duet.example", 8443));
        assertThat(client.secure()).isFalse();
    }

    @ParameterizedTest(name = "Forwarded: {0} is {1}")
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "for=192.0.2.43 | 192.0.2.43",
                "For=192.0.2.43;Proto=https;By=10.0.0.1 | 192.0.2.43",
                "for=\"192.0.2.43:4711\" | 192.0.2.43",
                "for=\"[2001:db8::17]:4711\" | 2001:db8::17",
                "for=\"[2001:db8::17]\" | 2001:db8::17",
                "proto=https ; for = 192.0.2.43 | 192.0.2.43",
                // the last one that is not trusted; before it anything may have been made up
                "for=127.0.0.1, for=192.0.2.43 | 192.0.2.43",
                "for=127.0.0.1, for=192.0.2.43, for=10.0.0.7 | 192.0.2.43",
                "for=192.0.2.1, for=10.0.0.8, for=10.0.0.7 | 192.0.2.1",
                "for=192.0.2.1, for=192.0.2.2, for=\"[fd00::5]\" | 192.0.2.2",
                // everybody is trusted: the first is the client
                "for=10.0.0.9, for=10.0.0.8 | 10.0.0.9",
                // whom a proxy hides is the proxy
                "for=unknown | 10.0.0.1",
                "for=_hidden | 10.0.0.1",
                "for=\"_gazonk:80\" | 10.0.0.1",
                "for=127.0.0.1, for=_hidden | 10.0.0.1",
                "for=127.0.0.1, for=_hidden, for=10.0.0.7 | 10.0.0.7",
                // names are not looked up
                "for=localhost | 10.0.0.1",
                "for=1.2.3.4.5 | 10.0.0.1",
                "for= | 10.0.0.1",
                "for | 10.0.0.1",
                ";;;,,, | 10.0.0.1",
                "for=192.0.2.43, | 192.0.2.43"
            })
    void theClientIsTheLastOneWhomNoTrustedProxyIs(String forwarded, String client) {
        headers.set("Forwarded", forwarded);

        assertThat(from(PROXY).address()).isEqualTo(address(client));
        assertThat(from(PROXY).viaProxy()).isTrue();
    }

    @ParameterizedTest(name = "X-Forwarded-For: {0} is {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.43 | 192.0.2.43",
                "2001:db8::17 | 2001:db8::17",
                "[2001:db8::17]:4711 | 2001:db8::17",
                "192.0.2.43:4711 | 192.0.2.43",
                "127.0.0.1, 192.0.2.43 | 192.0.2.43",
                "127.0.0.1,192.0.2.43 , 10.0.0.7 | 192.0.2.43",
                "unknown, 192.0.2.43 | 192.0.2.43",
                "192.0.2.43, unknown | 10.0.0.1",
                "evil'; DROP TABLE | 10.0.0.1",
                "::ffff:192.0.2.43 | 192.0.2.43"
            })
    void theOlderHeaderIsReadTheSameWay(String forwarded, String client) {
        headers.set("X-Forwarded-For", forwarded);

        assertThat(from(PROXY).address()).isEqualTo(address(client));
    }

    @Test
    void severalHeadersAreOneList() {
        headers.add("X-Forwarded-For", "127.0.0.1").add("X-Forwarded-For", "192.0.2.43");

        assertThat(from(PROXY).address()).isEqualTo(address("192.0.2.43"));
    }

    @Test
    void theRealIpOfATrustedProxyIsTheClient() {
        headers.set("X-Real-IP", "192.0.2.43");

        assertThat(from(PROXY).address()).isEqualTo(address("192.0.2.43"));
    }

    @Test
    void ofAChainWithoutEndOnlyTheNearestSixteenAreRead() {
        headers.set("X-Forwarded-For", "192.0.2.43" + ", 10.0.0.7".repeat(16));

        assertThat(from(PROXY).address()).isEqualTo(address("10.0.0.7"));
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

        assertThat(client.fromOutside()).isTrue();
        assertThat(client.address()).isEqualTo(address(PROXY));
    }

    @Test
    void whenTheTwoHeadersAgreeTheyAreBelieved() {
        headers.set("X-Forwarded-For", "127.0.0.1, 198.51.100.9").set("Forwarded", "for=198.51.100.9");
        Client client = from(PROXY);

        assertThat(client.fromOutside()).isFalse();
        assertThat(client.address()).isEqualTo(address("198.51.100.9"));
    }
}
