package dev.duet.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Serves a small folder of the class path, whose compressed files are named by their content. */
final class SiteTest {
    private final Site site = Site.ofClassPath("dev/duet/server/http/pages");
    private final HttpHeaders request = new DefaultHttpHeaders();

    private FullHttpResponse get(String path) {
        return site.answer(path, request).orElseThrow();
    }

    private static String body(FullHttpResponse answer) {
        return answer.content().toString(StandardCharsets.UTF_8);
    }

    @Test
    void theFolderItselfIsItsIndex() {
        assertThat(body(get("/"))).isEqualTo(body(get("/index.html"))).startsWith("<!doctype html>");
    }

    @ParameterizedTest
    @CsvSource({
        "/index.html, text/html; charset=utf-8",
        "/assets/app-1.js, text/javascript; charset=utf-8",
        "/unknown.thing, application/octet-stream"
    })
    void aFileIsServedAsWhatItIs(String path, String type) {
        assertThat(get(path).headers().get("content-type")).isEqualTo(type);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/nothing",
                "/assets",
                "/assets/",
                "/index.html.br",
                "/index.html.gz",
                "/../SiteTest.class",
                "/./index.html",
                "//index.html",
                "/%69ndex.html",
                "/assets/../index.html",
                "\\index.html",
                "/INDEX.HTML",
                "/index.html\0"
            })
    void whatIsNoFileIsNotServed(String path) {
        assertThat(site.answer(path, request)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "br | br",
                "gzip | gzip",
                "gzip, deflate, br | br",
                "GZIP | gzip",
                "br;q=1.0, gzip;q=0.8 | br",
                "br;q=0, gzip | gzip",
                "br;q=0.0, gzip | gzip",
                "br;q=0.000 , gzip;q=0 | ''",
                "br ; q=0 | ''",
                "br;Q=0 | ''",
                "br;q=0.001 | br",
                "identity | ''",
                "brotli, gzipped | ''",
                "'' | ''"
            })
    void aFileIsCompressedAsTheClientTakesIt(String accepted, String encoding) {
        request.set("Accept-Encoding", accepted);
        FullHttpResponse answer = get("/index.html");

        assertThat(answer.headers().get("content-encoding", "")).isEqualTo(encoding);
        assertThat(body(answer))
                .isEqualTo(
                        switch (encoding) {
                            case "br" -> "br";
                            case "gzip" -> "gz";
                            default -> "<!doctype html>\n<title>Page</title>\n";
                        });
        assertThat(answer.headers().get("vary")).isEqualToIgnoringCase("accept-encoding");
    }

    @Test
    void aFileThatHasNoBetterFormIsServedInTheOneItHas() {
        request.set("Accept-Encoding", "br, gzip");

        assertThat(get("/assets/app-1.js").headers().get("content-encoding")).isEqualTo("gzip");
        assertThat(get("/unknown.thing").headers().get("content-encoding")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "\"other\", %s", "%s ,\"other\"", "W/%s", "\"other\",W/%s", "*"})
    void whatTheClientHasIsNotSentAgain(String template) {
        String etag = get("/index.html").headers().get("etag");
        request.set("If-None-Match", template.formatted(etag));
        FullHttpResponse answer = get("/index.html");

        assertThat(answer.status().code()).isEqualTo(304);
        assertThat(answer.content().readableBytes()).isZero();
        assertThat(answer.headers().get("etag")).isEqualTo(etag);
    }

    @Test
    void whatTheClientHasOfAnOlderVersionIsSentAnew() {
        request.set("If-None-Match", "\"older\"");

        assertThat(get("/index.html").status().code()).isEqualTo(200);
    }

    @Test
    void filesNamedByTheirContentAreKeptForAYearAndOthersAreAskedForAgain() {
        assertThat(get("/assets/app-1.js").headers().get("cache-control")).contains("immutable");
        assertThat(get("/").headers().get("cache-control")).isEqualTo("no-cache");
    }

    @Test
    void withoutAFolderThereIsNothing() {
        assertThat(Site.ofClassPath("no/such/folder").isEmpty()).isTrue();
        assertThat(Site.ofClassPath("no/such/folder").answer("/", request)).isEmpty();
    }
}
