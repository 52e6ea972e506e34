package dev.duet.server.http;

import dev.duet.server.http.Folder.Directory;
import dev.duet.server.http.Folder.File;
import dev.duet.server.log.LogEvent;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Somebody's own pages, from a folder of this machine: read anew for each request, never written. HTML loses its dependence on other
 * people's networks on the way: see {@link CdnScripts}.
 *
 * <p>Looking a file up and reading its pieces happens on the asking event loop, at most {@value #HTML_BYTES_MAX} bytes of HTML and 64 KiB of
 * anything else at a time; that is meant for a local disk.
 *
 * <p>Thread-safe.
 */
final class Pages {
    /** HTML beyond it is sent as it is. */
    static final int HTML_BYTES_MAX = 2 * 1024 * 1024;

    /** A file beyond it is refused. */
    static final long FILE_BYTES_MAX = 1L << 30;

    /**
     * What these pages may do: everything that needs nothing but this server, scripts and styles inside of the HTML included. A socket may
     * lead elsewhere, since not every browser takes 'self' for one.
     */
    static final String CONTENT_POLICY = String.join(
            "; ",
            "default-src 'self' blob: data:",
            "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:",
            "style-src 'self' 'unsafe-inline' blob: data:",
            "connect-src 'self' ws: wss: blob: data:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'");

    private static final Logger log = LoggerFactory.getLogger(Pages.class);
    private static final int TOLD_MAX = 1_000;

    private final Folder folder;
    private final boolean listing;
    private final CdnScripts scripts;
    private final String basePath;
    private final Once told = new Once(TOLD_MAX);

    /**
     * Serves a folder.
     *
     * @param listing whether a directory without an index shows what is in it
     * @param basePath what stands before every path outside, e.g. {@code /video}
     */
    Pages(Folder folder, boolean listing, CdnScripts scripts, String basePath) {
        this.folder = folder;
        this.listing = listing;
        this.scripts = scripts;
        this.basePath = basePath;
    }

    /** The answer to a GET of this path, which has no base path and no query. */
    Reply answer(String path, HttpRequest request) {
        return switch (folder.find(path)) {
            case File file -> file(path, file, request.headers());
            case Directory _ when !path.endsWith("/") -> withSlash(path, request.uri());
            case Directory directory -> {
                if (folder.child(directory, "index.html") instanceof File index) {
                    yield file(path + "index.html", index, request.headers());
                }
                yield listing
                        ? new Reply.Plain(FolderListing.answer(folder, directory, path, request.headers()))
                        : noIndex(path);
            }
            case Folder.Nothing _ ->
                text(
                        HttpResponseStatus.NOT_FOUND,
                        "The folder that --pages names has no such file. Duet's own page is at " + basePath
                                + "/duet/ .\n--pages 指定的文件夹里没有这个文件。Duet 自带的页面在 " + basePath + "/duet/ 。");
        };
    }

    private Reply noIndex(String path) {
        return text(
                HttpResponseStatus.NOT_FOUND,
                "There is no index.html in " + (path.equals("/") ? "the folder that --pages names" : "this folder")
                        + ". Open a page by its name, or start Duet with --pages-listing to see what is there."
                        + " Duet's own page is at " + basePath + "/duet/ .\n"
                        + "这个文件夹里没有 index.html。请直接打开某个页面，或用 --pages-listing 启动 Duet 以显示文件列表。Duet 自带的页面在 "
                        + basePath + "/duet/ 。");
    }

    /** A page's relative addresses need the slash; the query is the page's. */
    private Reply withSlash(String path, String uri) {
        int query = uri.indexOf('?');
        String address = basePath + path + "/" + (query < 0 ? "" : uri.substring(query));
        var answer = Answers.text(HttpResponseStatus.TEMPORARY_REDIRECT, "This is served at " + address);
        answer.headers().set(HttpHeaderNames.LOCATION, address);
        return new Reply.Plain(answer);
    }

    private Reply file(String path, File file, HttpHeaders request) {
        long size = file.attributes().size();
        if (size > FILE_BYTES_MAX) {
            return text(
                    HttpResponseStatus.FORBIDDEN,
                    "file-too-large: files of more than 1 GiB are not served.\n超过 1 GiB 的文件不提供下载。");
        }
        try {
            FileChannel channel =
                    FileChannel.open(file.path(), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
            boolean isHtml = type(file.path()).startsWith("text/html");
            return isHtml && size <= HTML_BYTES_MAX
                    ? html(path, file, channel, request)
                    : stream(file, channel, request);
        } catch (IOException e) {
            LogEvent.of("page-unreadable")
                    .with("file", path)
                    .with("reason", e.getMessage())
                    .to(log, Level.WARN);
            return text(
                    HttpResponseStatus.NOT_FOUND,
                    "This file cannot be read by the user that runs Duet.\n运行 Duet 的用户无法读取这个文件。");
        }
    }

    private Reply html(String path, File file, FileChannel channel, HttpHeaders request) throws IOException {
        byte[] bytes;
        try (channel) {
            bytes = read(channel);
        }
        HtmlScripts.Result page = HtmlScripts.replace(
                new String(bytes, StandardCharsets.ISO_8859_1),
                from -> scripts.local(from).map(to -> basePath + to).or(() -> scripts.own(from)));
        tell(path, page);
        byte[] body = page.html().getBytes(StandardCharsets.ISO_8859_1);
        Instant modified = file.attributes().lastModifiedTime().toInstant();
        String etag = "\"" + Site.sha256(body) + "\"";
        boolean known = Freshness.isKnown(etag, modified, request);
        var answer = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                known ? HttpResponseStatus.NOT_MODIFIED : HttpResponseStatus.OK,
                known ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        describe(answer, etag, modified);
        if (!known) {
            answer.headers().set(HttpHeaderNames.CONTENT_TYPE, isUtf8(body) ? MediaTypes.HTML : "text/html");
        }
        return new Reply.Plain(answer);
    }

    /** What is there of it, should it grow meanwhile. */
    private static byte[] read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(channel.size(), HTML_BYTES_MAX));
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            // Until it is full or the file ends.
        }
        byte[] whole = new byte[bytes.flip().remaining()];
        bytes.get(whole);
        return whole;
    }

    private void tell(String path, HtmlScripts.Result page) {
        page.changes().stream()
                .filter(change -> told.isNew(path + " " + change.from()))
                .forEach(change -> {
                    boolean same = change.from().equals(change.to());
                    LogEvent.of(same ? "integrity-dropped" : "cdn-rewritten")
                            .with("file", path)
                            .with("from", change.from())
                            .with("to", change.to())
                            .to(log, Level.INFO);
                });
        page.kept().stream()
                .filter(address -> address.strip().matches("(?i)(https?:)?//.*") && told.isNew(path + " " + address))
                .forEach(address -> LogEvent.of("script-blocked")
                        .with("file", path)
                        .with("from", address.strip())
                        .with("hint", "scripts of other servers are not run; keep a copy beside the page")
                        .to(log, Level.WARN));
    }

    /** Everything but HTML, or too much of it to be looked through: in pieces, from the place that the client wants. */
    private static Reply stream(File file, FileChannel channel, HttpHeaders request) throws IOException {
        long size = channel.size();
        Instant modified = file.attributes().lastModifiedTime().toInstant();
        String etag = "\"" + Long.toHexString(size) + "-" + modified.getEpochSecond() + "-" + modified.getNano() + "\"";
        ByteRange range = ByteRange.of(request, etag, size);
        boolean known = Freshness.isKnown(etag, modified, request);
        if (known || range instanceof ByteRange.Beyond) {
            channel.close();
            var answer = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    known ? HttpResponseStatus.NOT_MODIFIED : HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE);
            describe(answer, etag, modified);
            if (!known) {
                answer.headers().set(HttpHeaderNames.CONTENT_RANGE, "bytes */" + size);
            }
            return new Reply.Plain(answer);
        }
        boolean isPart = range instanceof ByteRange.Part;
        HttpResponse head = new DefaultHttpResponse(
                HttpVersion.HTTP_1_1, isPart ? HttpResponseStatus.PARTIAL_CONTENT : HttpResponseStatus.OK);
        describe(head, etag, modified);
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, type(file.path())).set(HttpHeaderNames.ACCEPT_RANGES, "bytes");
        long start = 0;
        long length = size;
        if (range instanceof ByteRange.Part(long first, long last)) {
            head.headers().set(HttpHeaderNames.CONTENT_RANGE, "bytes " + first + "-" + last + "/" + size);
            start = first;
            length = last - first + 1;
        }
        return new Reply.Stream(head, new FileSending(channel, start, length));
    }

    private static void describe(HttpResponse answer, String etag, Instant modified) {
        answer.headers()
                .set(HttpHeaderNames.ETAG, etag)
                .set(HttpHeaderNames.LAST_MODIFIED, Freshness.date(modified))
                .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                .set("Referrer-Policy", "same-origin")
                .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    }

    /** Without the encoding where the page's own says it: old pages are not all UTF-8, and their scripts follow them. */
    private static String type(Path file) {
        String type = MediaTypes.of(String.valueOf(file.getFileName()));
        boolean follows =
                type.startsWith("text/javascript") || type.startsWith("text/css") || type.startsWith("text/html");
        return follows ? type.substring(0, type.indexOf(';')) : type;
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static Reply text(HttpResponseStatus status, String sentence) {
        return new Reply.Plain(Answers.text(status, sentence));
    }
}
