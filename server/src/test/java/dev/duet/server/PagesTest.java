package dev.duet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.server.RawHttp.Answer;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody's own pages beside Duet's, over real sockets. */
final class PagesTest {
    private static final String PAGE = """
            <!doctype html>
            <script src="https://cdn.bootcss.com/socket.io/2.0.3/socket.io.js" integrity="sha256-x"></script>
            <script>io.connect()</script>
            """;

    @TempDir
    private static Path folder;

    private static DuetServer server;
    private static DuetServer listing;

    @BeforeAll
    static void start() throws IOException {
        write("index.html", PAGE);
        write("lesson/call.html", "<title>call</title>\n");
        write("lesson/call me.html", "<title>call</title>\n");
        write("lesson/.hidden", "x");
        write("data.bin", "0123456789");
        write("empty.txt", "");
        write("main.js", "// 脚本\n");
        write("film.MP4", "x");
        write("ws", "mine\n");
        Files.writeString(folder.resolve("old.html"), "<meta charset=gbk>中文\n", Charset.forName("GBK"));
        var config = DuetConfig.builder()
                .httpPort(0)
                .eventLoops(2)
                .basePath("/video")
                .pages(folder);
        server = DuetServer.start(config.build());
        listing = DuetServer.start(config.pagesListing(true).build());
    }

    @AfterAll
    static void stop() {
        server.close();
        listing.close();
    }

    private static void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static Answer get(String path, String... headers) throws IOException {
        return get(server, path, headers);
    }

    private static Answer get(DuetServer from, String path, String... headers) throws IOException {
        try (RawHttp http = RawHttp.plain(from.http().orElseThrow())) {
            return http.get(path, headers);
        }
    }

    @Test
    void theFolderIsTheFirstPageAndItsScriptsAreLedHere() throws IOException {
        Answer answer = get("/video/?room=1");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo(PAGE.replace(
                        "https://cdn.bootcss.com/socket.io/2.0.3/socket.io.js\" integrity=\"sha256-x",
                        "/video/socket.io/2/socket.io.js"));
        assertThat(Files.readString(folder.resolve("index.html"))).isEqualTo(PAGE);
        assertThat(answer.header("content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(answer.header("content-security-policy")).contains("script-src 'self' 'unsafe-inline'");
        assertThat(answer.header("permissions-policy")).contains("camera=(self)");
        assertThat(answer.header("cache-control")).isEqualTo("no-cache");
        assertThat(get("/video/socket.io/2/socket.io.js").status()).isEqualTo(200);
    }

    @Test
    void duetsOwnPageIsBesideIt() throws IOException {
        Answer page = get("/video/duet/");
        String asset = page.body().replaceAll("(?s).*src=\"(assets/[^\"]+)\".*", "$1");

        assertThat(page.body()).contains("<title>Duet</title>");
        assertThat(page.header("content-security-policy")).contains("script-src 'self';");
        assertThat(get("/video/duet/" + asset).header("cache-control")).contains("immutable");
        assertThat(get("/video/duet/ws", RawHttp.UPGRADE.split("\r\n")).status())
                .isEqualTo(101);
        assertThat(get("/video/ws", RawHttp.UPGRADE.split("\r\n")).status()).isEqualTo(101);
        assertThat(get("/video/duet").header("location")).isEqualTo("/video/duet/");
        assertThat(get("/video/duet/trust").body()).contains("nothing to trust");
        assertThat(get("/video/duet/nothing").body()).contains("The page is at /video/duet/");
        assertThat(get("/video/healthz").body()).isEqualTo("ok\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "index.html", "chat.html", "call.html"})
    void theClassicPagesAreBesideItUnderTheStrictPolicy(String name) throws IOException {
        Answer page = get("/video/classic/" + name);

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body()).contains("<h1");
        assertThat(page.header("content-security-policy")).contains("script-src 'self';", "trusted-types lit-html");
        assertThat(get("/video/classic").header("location")).isEqualTo("/video/classic/");
        assertThat(get("/video/classic/nothing").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "lesson/call.html, text/html; charset=utf-8",
        "old.html, text/html",
        "main.js, text/javascript",
        "film.MP4, video/mp4",
        "data.bin, application/octet-stream",
        "empty.txt, text/plain; charset=utf-8"
    })
    void aFileIsServedAsWhatItIs(String name, String type) throws IOException {
        Answer answer = get("/video/" + name);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo(type);
        assertThat(answer.header("content-length")).isEqualTo(String.valueOf(Files.size(folder.resolve(name))));
        assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/video/nothing.html",
                "/video/../PagesTest",
                "/video/%2e%2e/x",
                "/video//etc/passwd",
                "/video/lesson/.hidden",
                "/video/lesson/call.html/"
            })
    void whatIsNotThereSaysWhereDuetIs(String path) throws IOException {
        Answer answer = get(path);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).contains("/video/duet/").doesNotContain(folder.toString());
    }

    @Test
    void aFolderWithoutItsSlashKeepsTheQuery() throws IOException {
        Answer answer = get("/video/lesson?room=7");

        assertThat(answer.status()).isEqualTo(307);
        assertThat(answer.header("location")).isEqualTo("/video/lesson/?room=7");
    }

    @Test
    void aFolderWithoutAnIndexIsListedOnlyWhenThatIsWanted() throws IOException {
        assertThat(get("/video/lesson/").status()).isEqualTo(404);
        assertThat(get("/video/lesson/").body()).contains("--pages-listing");

        Answer list = get(listing, "/video/lesson/");
        assertThat(list.status()).isEqualTo(200);
        assertThat(list.body())
                .contains("<a href=\"./call.html\">call.html</a>", "<a href=\"./call%20me.html\">", "../")
                .doesNotContain("hidden");
        assertThat(list.header("content-security-policy")).contains("script-src 'self';");
        assertThat(get(listing, "/video/lesson/", "Accept-Language: zh-CN,zh").body())
                .contains("文件列表");
        assertThat(get(listing, "/video/").body()).isEqualTo(get("/video/").body());
    }

    @Test
    void anEditIsSeenAtTheNextRequestAndWhatIsKnownIsNotSentAgain() throws IOException {
        for (String name : new String[] {"edited.html", "edited.css"}) {
            write(name, "one");
            Answer first = get("/video/" + name);
            String known = "If-None-Match: " + first.header("etag");
            String date = "If-Modified-Since: " + first.header("last-modified");
            assertThat(get("/video/" + name, known).status()).isEqualTo(304);
            assertThat(get("/video/" + name, date).status()).isEqualTo(304);

            write(name, "two");
            Files.setLastModifiedTime(
                    folder.resolve(name), FileTime.from(Instant.now().plusSeconds(2)));
            assertThat(get("/video/" + name, known).body()).isEqualTo("two");
            assertThat(get("/video/" + name, date).body()).isEqualTo("two");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-3, 206, 0123, bytes 0-3/10",
        "bytes=8-, 206, 89, bytes 8-9/10",
        "bytes=8-99, 206, 89, bytes 8-9/10",
        "bytes=-3, 206, 789, bytes 7-9/10",
        "bytes=-30, 206, 0123456789, bytes 0-9/10",
        "bytes=10-, 416, '', bytes */10",
        "bytes=-0, 416, '', bytes */10",
        "bytes=5-2, 200, 0123456789, ''",
        "'bytes=0-1,3-4', 200, 0123456789, ''",
        "bytes=99999999999999999999-, 200, 0123456789, ''",
        "chapters=1-2, 200, 0123456789, ''"
    })
    void aPlayerMayAskForAPart(String range, int status, String body, String content) throws IOException {
        Answer answer = get("/video/data.bin", "Range: " + range);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo(body);
        assertThat(answer.header("content-range")).isEqualTo(content);
    }

    @Test
    void aLargeFileComesWholeAndTheConnectionGoesOn() throws IOException {
        byte[] bytes = new byte[3_000_001];
        new Random(1).nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ('a' + (bytes[i] & 15));
        }
        Files.write(folder.resolve("large.bin"), bytes);
        try (RawHttp http = RawHttp.plain(server.http().orElseThrow())) {
            assertThat(http.get("/video/large.bin").body()).isEqualTo(new String(bytes, StandardCharsets.US_ASCII));
            Answer head = http.send("HEAD /video/large.bin HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                    .read(false);
            assertThat(head.header("content-length")).isEqualTo("3000001");
            assertThat(http.get("/video/healthz").body()).isEqualTo("ok\n");
        }
    }

    @Test
    void whoAsksAgainBeforeTheFileIsTakenIsClosed() throws IOException {
        Files.write(folder.resolve("film.webm"), new byte[30_000_000]);
        try (RawHttp http = RawHttp.plain(server.http().orElseThrow())) {
            String request = "GET /video/film.webm HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
            http.send(request + request);

            long bytes = 0;
            try {
                for (byte[] piece = new byte[65_536]; ; ) {
                    int count = http.socket.getInputStream().read(piece);
                    if (count < 0) {
                        break;
                    }
                    bytes += count;
                }
            } catch (SocketException _) {
                // Reset, since the second request was never read: closed all the same.
            }
            assertThat(bytes).isLessThan(30_000_000);
        }
    }

    @Test
    void aFileThatBecomesShorterEndsTheConnection() throws IOException {
        Path file = Files.write(folder.resolve("shrinking.webm"), new byte[30_000_000]);
        try (RawHttp http = RawHttp.plain(server.http().orElseThrow())) {
            http.send("GET /video/shrinking.webm HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            assertThat(http.socket.getInputStream().read()).isEqualTo('H'); // It has begun, and waits for its reader.
            Files.write(file, new byte[10]);

            assertThat(http.socket.getInputStream().readAllBytes()).hasSizeLessThan(30_000_000);
        }
    }

    @Test
    void aHostileNameThatLeadsHereReadsNoFile() throws IOException {
        try (RawHttp http = RawHttp.plain(server.http().orElseThrow())) {
            Answer answer = http.send("GET /video/data.bin HTTP/1.1\r\nHost: evil.example\r\n\r\n")
                    .read();

            assertThat(answer.status()).isEqualTo(421);
            assertThat(answer.body()).contains("host-refused");
        }
    }

    @Test
    void aFolderThatIsNotThereEndsTheStart() {
        var config = DuetConfig.builder()
                .httpPort(0)
                .pages(folder.resolve("nowhere"))
                .build();

        assertThatThrownBy(() -> DuetServer.start(config))
                .isInstanceOfSatisfying(
                        DuetStartException.class, e -> assertThat(e.code()).isEqualTo("pages-missing"));
    }
}
