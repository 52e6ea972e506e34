package dev.duet.server.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The pages: a few files, read once at start and held in memory with their compressed forms.
 *
 * <p>Thread-safe: never changes.
 */
final class Site {
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("json", "application/json; charset=utf-8"),
            Map.entry("txt", "text/plain; charset=utf-8"),
            Map.entry("svg", "image/svg+xml; charset=utf-8"),
            Map.entry("webmanifest", "application/manifest+json; charset=utf-8"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff2", "font/woff2"));

    @SuppressWarnings("ArrayRecordComponent") // Never compared; the arrays are the files.
    private record Asset(
            String type, String etag, boolean immutable, byte[] plain, Optional<byte[]> br, Optional<byte[]> gz) {}

    private final Map<String, Asset> assets;

    private Site(Map<String, Asset> assets) {
        this.assets = assets;
    }

    /** The files below this folder of the class path; none when there is no such folder. */
    static Site ofClassPath(String folder) {
        URL url = Site.class.getClassLoader().getResource(folder);
        if (url == null) {
            return new Site(Map.of());
        }
        try {
            URI uri = url.toURI();
            if (!uri.getScheme().equals("jar")) {
                return read(Path.of(uri));
            }
            try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                return read(jar.getPath(folder));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Site read(Path root) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put("/" + root.relativize(path).toString().replace('\\', '/'), Files.readAllBytes(path));
            }
        }
        Map<String, Asset> assets = new LinkedHashMap<>();
        files.forEach((path, bytes) -> {
            if (!path.endsWith(".br") && !path.endsWith(".gz")) {
                assets.put(path, asset(path, bytes, files));
            }
        });
        return new Site(Map.copyOf(assets));
    }

    private static Asset asset(String path, byte[] bytes, Map<String, byte[]> files) {
        String extension = path.substring(path.lastIndexOf('.') + 1);
        return new Asset(
                TYPES.getOrDefault(extension, "application/octet-stream"),
                "\"" + sha256(bytes) + "\"",
                path.startsWith("/assets/"),
                bytes,
                Optional.ofNullable(files.get(path + ".br")),
                Optional.ofNullable(files.get(path + ".gz")));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    boolean isEmpty() {
        return assets.isEmpty();
    }

    /** The answer to a request for this path, or nothing when there is no such file. */
    Optional<FullHttpResponse> answer(String path, HttpHeaders request) {
        Asset asset = assets.get(path.equals("/") ? "/index.html" : path);
        if (asset == null) {
            return Optional.empty();
        }
        boolean known = List.of(request.get(HttpHeaderNames.IF_NONE_MATCH, "").split("\\s*,\\s*"))
                .contains(asset.etag);
        String accepted = request.get(HttpHeaderNames.ACCEPT_ENCODING, "");
        String encoding = asset.br.isPresent() && accepts(accepted, "br")
                ? "br"
                : asset.gz.isPresent() && accepts(accepted, "gzip") ? "gzip" : "";
        byte[] body = switch (encoding) {
            case "br" -> asset.br.orElseThrow();
            case "gzip" -> asset.gz.orElseThrow();
            default -> asset.plain;
        };
        FullHttpResponse answer = known
                ? new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NOT_MODIFIED)
                : new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(body));
        HttpHeaders headers = answer.headers()
                .set(HttpHeaderNames.ETAG, asset.etag)
                .set(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING)
                .set(
                        HttpHeaderNames.CACHE_CONTROL,
                        asset.immutable ? "public, max-age=31536000, immutable" : "no-cache");
        if (!known) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, asset.type);
            if (!encoding.isEmpty()) {
                headers.set(HttpHeaderNames.CONTENT_ENCODING, encoding);
            }
        }
        return Optional.of(answer);
    }

    /** Whether an Accept-Encoding header takes this coding: RFC 9110 section 12.5.3. */
    private static boolean accepts(String header, String coding) {
        for (String element : header.split(",")) {
            String[] parts = element.strip().split("\\s*;\\s*");
            if (parts[0].equalsIgnoreCase(coding)) {
                return parts.length == 1 || !parts[1].matches("q=0(\\.0*)?");
            }
        }
        return false;
    }
}
