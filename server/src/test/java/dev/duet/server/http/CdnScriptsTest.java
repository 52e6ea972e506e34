package dev.duet.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses that pages have been seen to load these scripts from. */
final class CdnScriptsTest {
    private final CdnScripts scripts = new CdnScripts(new BrowserClients()::has);

    @ParameterizedTest
    @CsvSource({
        "https://cdnjs.cloudflare.com/ajax/libs/socket.io/2.0.3/socket.io.js, /socket.io/2/socket.io.js",
        "http://cdnjs.cloudflare.com/ajax/libs/socket.io/2.0.3/socket.io.js, /socket.io/2/socket.io.js",
        "//cdnjs.cloudflare.com/ajax/libs/socket.io/2.3.0/socket.io.slim.js, /socket.io/2/socket.io.slim.js",
        "https://cdnjs.cloudflare.com/ajax/libs/socket.io/2.3.0/socket.io.dev.js, /socket.io/2/socket.io.dev.js",
        "https://cdnjs.cloudflare.com/ajax/libs/socket.io/1.7.4/socket.io.min.js, /socket.io/2/socket.io.js",
        "https://cdnjs.cloudflare.com/ajax/libs/socket.io/3.1.3/socket.io.min.js, /socket.io/3/socket.io.min.js",
        "https://cdnjs.cloudflare.com/ajax/libs/socket.io/4.7.2/socket.io.js, /socket.io/4/socket.io.js",
        "https://CDNJS.cloudflare.com/ajax/libs/socket.io/4.7.2/socket.io.min.js?x=1, /socket.io/4/socket.io.min.js",
        "https://cdn.bootcss.com/socket.io/2.1.1/socket.io.js, /socket.io/2/socket.io.js",
        "https://cdn.bootcdn.net/ajax/libs/socket.io/2.1.1/socket.io.js, /socket.io/2/socket.io.js",
        "https://cdn.staticfile.org/socket.io/4.1.2/socket.io.min.js, /socket.io/4/socket.io.min.js",
        "https://lib.baomitu.com/socket.io/2.4.0/socket.io.slim.dev.js, /socket.io/2/socket.io.slim.dev.js",
        "https://cdn.jsdelivr.net/npm/socket.io-client@2/dist/socket.io.js, /socket.io/2/socket.io.js",
        "https://cdn.jsdelivr.net/npm/socket.io-client@2/dist/socket.io.slim.min.js, /socket.io/2/socket.io.slim.js",
        "https://cdn.jsdelivr.net/npm/socket.io-client@^3.0.0/dist/socket.io.min.js, /socket.io/3/socket.io.min.js",
        "https://cdn.jsdelivr.net/npm/socket.io-client@4.x/dist/socket.io.slim.min.js, /socket.io/4/socket.io.min.js",
        "https://cdn.jsdelivr.net/npm/socket.io-client/dist/socket.io.js, /socket.io/4/socket.io.js",
        "https://cdn.jsdelivr.net/npm/socket.io-client@4, /socket.io/4/socket.io.min.js",
        "https://cdn.jsdelivr.net/npm/socket.io-client@2, /socket.io/2/socket.io.js",
        "https://fastly.jsdelivr.net/npm/socket.io-client@4/dist/socket.io.min.js, /socket.io/4/socket.io.min.js",
        "https://cdn.jsdelivr.net/npm/socket.io@4.5.0/client-dist/socket.io.js, /socket.io/4/socket.io.js",
        "https://cdn.jsdelivr.net/gh/socketio/socket.io-client@2.2.0/dist/socket.io.js, /socket.io/2/socket.io.js",
        "https://unpkg.com/socket.io-client@latest/dist/socket.io.js, /socket.io/4/socket.io.js",
        "https://unpkg.com/socket.io-client@4.7.5/dist/socket.io.esm.min.js, /socket.io/4/socket.io.esm.min.js",
        "https://cdn.socket.io/4.7.5/socket.io.min.js, /socket.io/4/socket.io.min.js",
        "https://cdn.socket.io/3.1.3/socket.io.min.js, /socket.io/3/socket.io.min.js",
        "https://cdn.socket.io/socket.io-1.4.5.js, /socket.io/2/socket.io.js",
        "https://cdn.socket.io/socket.io-3.0.1.min.js, /socket.io/3/socket.io.min.js",
        "https://webrtc.github.io/adapter/adapter-latest.js, /duet/lib/adapter.js",
        "http://webrtc.github.io/adapter/adapter-7.4.0.js, /duet/lib/adapter.js",
        "https://cdnjs.cloudflare.com/ajax/libs/webrtc-adapter/8.1.1/adapter.min.js, /duet/lib/adapter.js",
        "https://cdn.bootcdn.net/ajax/libs/webrtc-adapter/7.7.0/adapter.js, /duet/lib/adapter.js",
        "https://cdn.jsdelivr.net/npm/webrtc-adapter@8.2.0/out/adapter.js, /duet/lib/adapter.js",
        "https://cdn.jsdelivr.net/npm/webrtc-adapter/out/adapter.min.js, /duet/lib/adapter.js",
        "https://unpkg.com/webrtc-adapter@latest/out/adapter_no_global.js, /duet/lib/adapter.js",
        "https://unpkg.com/webrtc-adapter, /duet/lib/adapter.js",
        "'  https://webrtc.github.io/adapter/adapter-latest.js\n', /duet/lib/adapter.js"
    })
    void aWellKnownAddressIsFoundHere(String address, String path) {
        assertThat(scripts.local(address)).contains(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/socket.io/socket.io.js",
                "socket.io.js",
                "js/socket.io/2.0.3/socket.io.js",
                "https://www.example.org/socket.io/2.0.3/socket.io.js",
                "https://cdnjs.cloudflare.com.example.org/ajax/libs/socket.io/2.0.3/socket.io.js",
                "https://example.org/?https://cdnjs.cloudflare.com/ajax/libs/socket.io/2.0.3/socket.io.js",
                "ftp://cdnjs.cloudflare.com/ajax/libs/socket.io/2.0.3/socket.io.js",
                "https://cdnjs.cloudflare.com/ajax/libs/socket.io/0.9.16/socket.io.min.js",
                "https://cdnjs.cloudflare.com/ajax/libs/socket.io/9.0.0/socket.io.min.js",
                "https://cdnjs.cloudflare.com/ajax/libs/socket.io/2.0.3/socket.io.js.map",
                "https://cdnjs.cloudflare.com/ajax/libs/socket.io/4.7.5/socket.io.esm.js",
                "https://cdnjs.cloudflare.com/ajax/libs/socket.io-stream/0.9.1/socket.io-stream.js",
                "https://cdnjs.cloudflare.com/ajax/libs/jquery/3.6.0/jquery.min.js",
                "https://cdn.jsdelivr.net/npm/socket.io-client-next@4/dist/socket.io.js",
                "https://cdn.jsdelivr.net/npm/socket.io-client@4/build/esm/index.js",
                "https://cdn.jsdelivr.net/npm/socket.io-client@4/+esm",
                "https://unpkg.com/webrtc-adapter@8/src/js/adapter_core.js",
                "https://unpkg.com/webrtc-adapter-test@1/out/adapter.js",
                "https://webrtc.github.io/samples/src/js/main.js",
                "javascript:alert(1)"
            })
    void anyOtherAddressIsLeftAlone(String address) {
        assertThat(scripts.local(address)).isEmpty();
    }

    @Test
    void withoutTheClientsNothingIsPromised() {
        assertThat(new CdnScripts(_ -> false).local("https://cdn.socket.io/4.7.5/socket.io.min.js"))
                .isEmpty();
    }

    /** They have an addition, so what a page may say of the library's digest does not hold for them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/socket.io/socket.io.js",
                "socket.io/socket.io.js?v=2",
                "../socket.io/4/socket.io.min.js",
                "/video/socket.io/3/socket.io.min.js"
            })
    void theClientsThatAreServedHereAreKnown(String address) {
        assertThat(scripts.own(address)).contains(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://other.test/socket.io/socket.io.js",
                "//other.test/socket.io/socket.io.js",
                "js/socket.io.js",
                "/socket.io/5/socket.io.js",
                "/socket.io/2/socket.io.min.js",
                "/duet/lib/adapter.js"
            })
    void otherScriptsAreNot(String address) {
        assertThat(scripts.own(address)).isEmpty();
    }
}
