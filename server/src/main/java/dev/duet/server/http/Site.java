package dev.duet.server.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A few files of the class path, each read when it is first asked for and from then on held in memory with its compressed forms. Reading one
 * takes the asking event loop milliseconds, once.
 *
 * <p>Thread-safe.
 */
final class Site {
    @SuppressWarnings("ArrayRecordComponent") // Never compared; the arrays are the files.
    private record Asset(
            String type, String etag, boolean immutable, byte[] plain, Optional<byte[]> br, Optional<byte[]> gz) {}

    private final String folder;
    private final Set<String> names;
    private final ConcurrentHashMap<String, Asset> assets = new ConcurrentHashMap<>();

    private Site(String folder, Set<String> names) {
        this.folder = folder;
        this.names = names;
    }

    /** The files below this folder of the class path; none when there is no such folder. */
    static Site ofClassPath(String folder) {
        URL url = Site.class.getClassLoader().getResource(folder);
        if (url == null) {
            return new Site(folder, Set.of());
        }
        try {
            URI uri = url.toURI();
            if (!uri.getScheme().equals("jar")) {
                return new Site(folder, names(Path.of(uri)));
            }
            try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                return new Site(folder, names(jar.getPath(folder)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Set<String> names(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.filter(Files::isRegularFile)
                    .map(path -> "/" + root.relativize(path).toString().replace('\\', '/'))
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    private Asset load(String name) {
        byte[] bytes = read(name);
        return new Asset(
                MediaTypes.of(name),
                "\"" + sha256(bytes) + "\"",
                name.startsWith("/assets/"),
                bytes,
                names.contains(name + ".br") ? Optional.of(read(name + ".br")) : Optional.empty(),
                names.contains(name + ".gz") ? Optional.of(read(name + ".gz")) : Optional.empty());
    }

    private byte[] read(String name) {
        try (InputStream in = Site.class.getClassLoader().getResourceAsStream(folder + name)) {
            if (in == null) {
                throw new IllegalStateException("resource missing: " + folder + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isCompressed(String name) {
        return name.endsWith(".br") || name.endsWith(".gz");
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    boolean isEmpty() {
        return names.isEmpty();
    }

    boolean has(String path) {
        return names.contains(path) && !isCompressed(path);
    }

    /** The files below a folder of it, such as {@code /lib/}, in the order of their names. */
    List<String> namesUnder(String start) {
        return names.stream()
                .filter(name -> name.startsWith(start) && !isCompressed(name))
                .sorted()
                .toList();
    }

    /** The answer to a request for this path, or nothing when there is no such file. */
    Optional<FullHttpResponse> answer(String path, HttpHeaders request) {
        String name = path.endsWith("/") ? path + "index.html" : path;
        if (!has(name)) {
            return Optional.empty();
        }
        Asset asset = assets.computeIfAbsent(name, this::load);
        boolean known = Freshness.isKnown(asset.etag, request.get(HttpHeaderNames.IF_NONE_MATCH, ""));
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
                return parts.length == 1 || !parts[1].matches("[qQ]=0(\\.0*)?");
            }
        }
        return false;
    }
}
