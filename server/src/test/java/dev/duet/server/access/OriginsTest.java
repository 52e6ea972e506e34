package dev.duet.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server called {@code duet.example}, on a machine called {@code kitchen}, that also allows {@code https://clinic.example} and {@code
 * http://dev.example:3000}.
 */
final class OriginsTest {
    private final Origins origins = new Origins(
            List.of("https://clinic.example", "http://dev.example:3000"),
            List.of("duet.example", "Kitchen", "kitchen.local"));

    @ParameterizedTest(name = "{0} asks {1}, secure {2}, by proxy {3}: {4}")
    @CsvSource(
            nullValues = "-",
            value = {
                // its own pages
                "https://duet.example,          duet.example,       true,  false, ALLOWED",
                "https://duet.example:443,      duet.example,       true,  false, ALLOWED",
                "https://duet.example,          duet.example:443,   true,  false, ALLOWED",
                "http://duet.example,           duet.example:80,    false, false, ALLOWED",
                "https://duet.example:8443,     duet.example:8443,  true,  false, ALLOWED",
                "HTTPS://DUET.Example,          duet.EXAMPLE,       true,  false, ALLOWED",
                "https://duet.example.,         duet.example.,      true,  false, ALLOWED",
                "https://kitchen:8443,          kitchen:8443,       true,  false, ALLOWED",
                "https://kitchen.local:8443,    KITCHEN.local:8443, true,  false, ALLOWED",
                "http://localhost:8080,         localhost:8080,     false, false, ALLOWED",
                "http://app.localhost:8080,     app.localhost:8080, false, false, ALLOWED",
                "http://127.0.0.1:8080,         127.0.0.1:8080,     false, false, ALLOWED",
                "https://192.168.1.20:8443,     192.168.1.20:8443,  true,  false, ALLOWED",
                "https://[2001:db8::1]:8443,    [2001:db8::1]:8443, true,  false, ALLOWED",
                "https://[2001:DB8::1]:8443,    [2001:db8::1]:8443, true,  false, ALLOWED",
                // no browser
                "-,                             duet.example,       true,  false, ALLOWED",
                "-,                             127.0.0.1:8080,     false, false, ALLOWED",
                // named ones
                "https://clinic.example,        duet.example,       true,  false, ALLOWED",
                "https://clinic.example:443,    192.168.1.20:8443,  true,  false, ALLOWED",
                "http://dev.example:3000,       localhost:8080,     false, false, ALLOWED",
                "https://clinic.example,        clinic.example,     true,  false, ALLOWED",
                "http://clinic.example,         duet.example,       true,  false, ORIGIN_REFUSED",
                "https://clinic.example:8443,   duet.example,       true,  false, ORIGIN_REFUSED",
                "http://dev.example,            duet.example,       true,  false, ORIGIN_REFUSED",
                "https://dev.example:3000,      duet.example,       true,  false, ORIGIN_REFUSED",
                // another scheme or port is another origin
                "http://duet.example,           duet.example,       true,  false, ORIGIN_REFUSED",
                "https://duet.example,          duet.example,       false, false, ORIGIN_REFUSED",
                "https://duet.example:8443,     duet.example,       true,  false, ORIGIN_REFUSED",
                "https://duet.example,          duet.example:8443,  true,  false, ORIGIN_REFUSED",
                "http://localhost:3000,         localhost:8080,     false, false, ORIGIN_REFUSED",
                "http://localhost:8080,         127.0.0.1:8080,     false, false, ORIGIN_REFUSED",
                "https://duet.example:80,       duet.example:80,    false, false, ORIGIN_REFUSED",
                // look-alikes
                "https://evil.example,          duet.example,       true,  false, ORIGIN_REFUSED",
                "https://a.duet.example,        duet.example,       true,  false, ORIGIN_REFUSED",
                "https://duet.example.evil.com, duet.example,       true,  false, ORIGIN_REFUSED",
                "https://evilduet.example,      duet.example,       true,  false, ORIGIN_REFUSED",
                "https://duet.exampl,           duet.example,       true,  false, ORIGIN_REFUSED",
                "https://duet-example,          duet.example,       true,  false, ORIGIN_REFUSED",
                "https://xn--dut-bma.example,   duet.example,       true,  false, ORIGIN_REFUSED",
                "https://duét.example,          duet.example,       true,  false, ORIGIN_REFUSED",
                "https://duet.example..,        duet.example,       true,  false, ORIGIN_REFUSED",
                "https://clinic.example.evil,   duet.example,       true,  false, ORIGIN_REFUSED",
                // not origins at all
                "null,                          duet.example,       true,  false, ORIGIN_REFUSED",
                "'',                            duet.example,       true,  false, ORIGIN_REFUSED",
                "duet.example,                  duet.example,       true,  false, ORIGIN_REFUSED",
                "//duet.example,                duet.example,       true,  false, ORIGIN_REFUSED",
                "file://,                       duet.example,       true,  false, ORIGIN_REFUSED",
                "file:///duet.example,          duet.example,       true,  false, ORIGIN_REFUSED",
                "wss://duet.example,            duet.example,       true,  false, ORIGIN_REFUSED",
                "ftp://duet.example,            duet.example,       true,  false, ORIGIN_REFUSED",
                "chrome-extension://duet,       duet.example,       true,  false, ORIGIN_REFUSED",
                "https://duet.example/,         duet.example,       true,  false, ORIGIN_REFUSED",
                "https://duet.example/path,     duet.example,       true,  false, ORIGIN_REFUSED",
                "https://evil@duet.example,     duet.example,       true,  false, ORIGIN_REFUSED",
                "https://duet.example@evil.com, duet.example,       true,  false, ORIGIN_REFUSED",
                "https://duet.example:,         duet.example,       true,  false, ORIGIN_REFUSED",
                "https://duet.example:0,        duet.example,       true,  false, ORIGIN_REFUSED",
                "https://duet.example:65536,    duet.example,       true,  false, ORIGIN_REFUSED",
                "https://duet.example:0443,     duet.example,       true,  false, ALLOWED",
                "'https://duet.example, https://evil.example', duet.example, true, false, ORIGIN_REFUSED",
                "https://,                      duet.example,       true,  false, ORIGIN_REFUSED",
                "https://.,                     duet.example,       true,  false, ORIGIN_REFUSED",
                // a name that somebody else made point here
                "https://rebound.evil,          rebound.evil,       true,  false, HOST_REFUSED",
                "http://rebound.evil:8080,      rebound.evil:8080,  false, false, HOST_REFUSED",
                "-,                             rebound.evil,       true,  false, HOST_REFUSED",
                "https://clinic.example,        rebound.evil,       true,  false, HOST_REFUSED",
                "http://127.0.0.1.evil:8080,    127.0.0.1.evil:8080, false, false, HOST_REFUSED",
                "http://127.evil,               127.evil,           false, false, HOST_REFUSED",
                "http://localhost.evil,         localhost.evil,     false, false, HOST_REFUSED",
                "http://evil-localhost,         evil-localhost,     false, false, HOST_REFUSED",
                "https://a.duet.example,        a.duet.example,     true,  false, HOST_REFUSED",
                "https://kitchen.evil,          kitchen.evil,       true,  false, HOST_REFUSED",
                // behind a proxy the proxy answers for the name
                "https://public.example,        public.example,     true,  true,  ALLOWED",
                "-,                             public.example,     true,  true,  ALLOWED",
                "http://public.example,         public.example,     true,  true,  ORIGIN_REFUSED",
                "https://evil.example,          public.example,     true,  true,  ORIGIN_REFUSED",
                "https://clinic.example,        public.example,     true,  true,  ALLOWED"
            })
    void onlyItsOwnPagesAndTheNamedOnesMayUseTheServer(
            String origin, String host, boolean secure, boolean viaProxy, Origins.Verdict verdict) {
        assertThat(check(origin, host, secure, true, viaProxy)).isEqualTo(verdict);
    }

    private Origins.Verdict check(
            @Nullable String origin, String host, boolean secure, boolean schemeKnown, boolean viaProxy) {
        InetAddress somebody = InetAddress.ofLiteral("192.0.2.1");
        return origins.check(
                Optional.ofNullable(origin),
                new Client(somebody, Authority.parse(host), secure, schemeKnown, viaProxy, Optional.empty()));
    }

    @Test
    void whatAProxyDoesNotPassOnIsNotCompared() {
        assertThat(check("https://public.example:9443", "public.example", true, true, true))
                .isEqualTo(Origins.Verdict.ALLOWED);
        assertThat(check("https://public.example", "public.example", false, false, true))
                .isEqualTo(Origins.Verdict.ALLOWED);
        // What it does pass on is.
        assertThat(check("https://public.example:9443", "public.example:9444", true, true, true))
                .isEqualTo(Origins.Verdict.ORIGIN_REFUSED);
        assertThat(check("https://public.example", "public.example", false, true, true))
                .isEqualTo(Origins.Verdict.ORIGIN_REFUSED);
        assertThat(check("https://evil.example:9443", "public.example", true, true, true))
                .isEqualTo(Origins.Verdict.ORIGIN_REFUSED);
        assertThat(check("https://duet.example:9443", "duet.example", true, true, false))
                .isEqualTo(Origins.Verdict.ORIGIN_REFUSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "capacitor://localhost",
                "ionic://localhost",
                "chrome-extension://abcdefgh",
                "app://-",
                "tauri://localhost:1"
            })
    void anAppsOwnSchemeCanBeAllowed(String origin) {
        Origins others = new Origins(List.of(origin), List.of("duet.example"));
        Client client = new Client(
                InetAddress.ofLiteral("192.0.2.1"),
                Authority.parse("duet.example"),
                true,
                true,
                false,
                Optional.empty());

        assertThat(others.check(Optional.of(origin), client)).isEqualTo(Origins.Verdict.ALLOWED);
        assertThat(others.check(Optional.of(origin.toUpperCase(Locale.ROOT)), client))
                .isEqualTo(Origins.Verdict.ALLOWED);
        assertThat(others.check(Optional.of(origin + "x"), client)).isEqualTo(Origins.Verdict.ORIGIN_REFUSED);
        assertThat(others.check(Optional.of("https://localhost"), client)).isEqualTo(Origins.Verdict.ORIGIN_REFUSED);
        assertThat(origins.check(Optional.of(origin), client)).isEqualTo(Origins.Verdict.ORIGIN_REFUSED);
    }

    @ParameterizedTest
    @CsvSource({
        "[0:0:0:0:0:0:0:1]:8080, ::1, 8080",
        "[::1%lo]:8080,          ::1, 8080",
        "[::1%25lo],             ::1, -1",
        "::1,                    ::1, -1",
        "0:0:0:0:0:0:0:1,        ::1, -1",
        "[::ffff:127.0.0.1]:80,  127.0.0.1, 80",
        "[2001:DB8:0:0::1],      2001:db8::1, -1"
    })
    void anAddressIsTheSameHoweverAClientWritesIt(String text, String host, int port) {
        assertThat(Authority.parse(text)).contains(new Authority(host, port));
        assertThat(check(null, text, false, true, false)).isEqualTo(Origins.Verdict.ALLOWED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "clinic.example",
                "https://clinic.example/",
                "https://*.clinic.example",
                "*",
                "null",
                "ws://a",
                "wss://a",
                "file://",
                "file:///",
                "file://a",
                "capacitor://",
                "capacitor://*",
                "capacitor://localhost/",
                "capacitor://a b",
                "://a",
                "1a://b",
                "https://a:b"
            })
    void whatIsNoOriginCannotBeAllowed(String text) {
        assertThatThrownBy(() -> new Origins(List.of(text), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":80",
                "a b",
                "a/b",
                "a:b",
                "a:",
                "a:-1",
                "a:99999",
                "a:123456",
                "[::1",
                "a@b",
                "a,b",
                "[]",
                "%41",
                "a\0"
            })
    void whatIsNoHostIsNotRead(String text) {
        assertThat(Authority.parse(text)).isEmpty();
    }

    @Test
    void aHostIsReadWithoutCaseBracketsAndFinalDot() {
        assertThat(Authority.parse("[2001:DB8::1]:8443")).contains(new Authority("2001:db8::1", 8443));
        assertThat(Authority.parse("Duet.Example.")).contains(new Authority("duet.example", -1));
    }
}
