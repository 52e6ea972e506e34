package dev.duet.server.http;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where well-known public addresses of the Socket.IO client and of webrtc-adapter are found on this server: a page that loads them from
 * somebody else's network does not start without that network.
 *
 * <p>Thread-safe.
 */
final class CdnScripts {
    private static final Pattern URL = Pattern.compile("(?:https?:)?//([A-Za-z0-9.-]+)(?::\\d+)?(/[^?#]*)(?:[?#].*)?");

    /** Networks that serve the libraries of many, under a few shapes of paths that they have in common. */
    private static final Set<String> LIBRARIES = Set.of(
            "cdnjs.cloudflare.com",
            "cdnjs.loli.net",
            "cdn.bootcdn.net",
            "cdn.bootcss.com",
            "cdn.staticfile.org",
            "cdn.staticfile.net",
            "lib.baomitu.com",
            "cdn.jsdelivr.net",
            "fastly.jsdelivr.net",
            "gcore.jsdelivr.net",
            "unpkg.com",
            "www.unpkg.com");

    private static final String FILE = "(?<file>socket\\.io(?:\\.[a-z]+)*\\.js)";
    private static final Pattern OWN =
            Pattern.compile("(?!//)(?:[^?#:]*/)?socket\\.io/(?<major>[2-4]/)?" + FILE + "(?:[?#].*)?");
    private static final String ADAPTER_FILE = "adapter[A-Za-z0-9_.-]*\\.js";

    private static final List<Pattern> SOCKET_IO = List.of(
            Pattern.compile("(?:/ajax/libs)?/socket\\.io/(?<version>[^/]+)/" + FILE),
            Pattern.compile("(?:/npm)?/socket\\.io-client(?:@(?<version>[^/]+))?(?:/dist/" + FILE + ")?/?"),
            Pattern.compile("(?:/npm)?/socket\\.io(?:@(?<version>[^/]+))?/client-dist/" + FILE),
            Pattern.compile("/gh/socketio/socket\\.io-client(?:@(?<version>[^/]+))?/dist/" + FILE));

    private static final List<Pattern> SOCKET_IO_OWN = List.of(
            Pattern.compile("/(?<version>[^/]+)/" + FILE),
            Pattern.compile("/socket\\.io-(?<version>\\d+\\.\\d+\\.\\d+)(?<file>(?:\\.[a-z]+)*\\.js)"));

    private static final List<Pattern> ADAPTER = List.of(
            Pattern.compile("(?:/ajax/libs)?/webrtc-adapter/[^/]+/" + ADAPTER_FILE),
            Pattern.compile("(?:/npm)?/webrtc-adapter(?:@[^/]+)?(?:/(?:out|release)/" + ADAPTER_FILE + ")?/?"),
            Pattern.compile("/gh/webrtc(?:hacks)?/adapter(?:@[^/]+)?/(?:out|release)/" + ADAPTER_FILE));

    private static final List<Pattern> ADAPTER_OWN = List.of(Pattern.compile("/adapter/" + ADAPTER_FILE));

    private final Predicate<String> isServed;

    /**
     * Leads to what is here.
     *
     * @param isServed whether a path such as {@code /socket.io/2/socket.io.js} is served
     */
    CdnScripts(Predicate<String> isServed) {
        this.isServed = isServed;
    }

    /** The path on this server, without a base path; nothing when the address is not one of these. */
    Optional<String> local(String address) {
        Matcher url = URL.matcher(address.strip());
        if (!url.matches()) {
            return Optional.empty();
        }
        String path = url.group(2);
        return switch (url.group(1).toLowerCase(Locale.ROOT)) {
            case "cdn.socket.io" -> first(SOCKET_IO_OWN, path).flatMap(this::socketIo);
            case "webrtc.github.io" -> first(ADAPTER_OWN, path).flatMap(_ -> adapter());
            case String host
            when LIBRARIES.contains(host) ->
                first(ADAPTER, path)
                        .flatMap(_ -> adapter())
                        .or(() -> first(SOCKET_IO, path).flatMap(this::socketIo));
            default -> Optional.empty();
        };
    }

    /** The address itself if it is one of this server's Socket.IO clients: the library with an addition, so no digest of it holds. */
    Optional<String> own(String address) {
        Matcher path = OWN.matcher(address.strip());
        return path.matches()
                        && isServed.test("/socket.io/"
                                + Objects.requireNonNullElse(path.group("major"), BrowserClients.STANDARD_MAJOR + "/")
                                + path.group("file"))
                ? Optional.of(address)
                : Optional.empty();
    }

    private static Optional<Matcher> first(List<Pattern> patterns, String path) {
        return patterns.stream()
                .map(pattern -> pattern.matcher(path))
                .filter(Matcher::matches)
                .findFirst();
    }

    private Optional<String> adapter() {
        return Optional.of(BrowserClients.ADAPTER).filter(isServed);
    }

    private Optional<String> socketIo(Matcher path) {
        String named = path.group("file");
        String file = named == null ? "socket.io.min.js" : named.startsWith(".") ? "socket.io" + named : named;
        // The nearest form there is: 2.x has no .min since it is small as it is, 3.x and newer have no .slim.
        return major(path.group("version")).stream()
                .flatMap(major -> List.of(
                                file,
                                file.replace(".slim", ""),
                                file.replace(".min", ""),
                                file.replace(".slim", "").replace(".min", ""))
                        .stream()
                        .map(name -> "/socket.io/" + major + "/" + name))
                .filter(isServed)
                .findFirst();
    }

    /** The major version to serve for a version or range; 1.x speaks as 2.x does, and 0.x as none that is left. */
    private static Optional<String> major(@Nullable String version) {
        Matcher number = Pattern.compile("\\D*(\\d{1,4}).*").matcher(version == null ? "" : version);
        if (!number.matches()) {
            return Optional.of(BrowserClients.NEWEST_MAJOR);
        }
        return switch (number.group(1)) {
            case "1", "2" -> Optional.of("2");
            case "3" -> Optional.of("3");
            case "4" -> Optional.of("4");
            default -> Optional.empty();
        };
    }
}
