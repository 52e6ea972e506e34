package dev.duet.server.http;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * The scripts that pages of other people ask for: the browser clients of Socket.IO where its own server has them, one of each major
 * version, with {@code web/clients/src/page-nonce.js} behind it, and webrtc-adapter. Otherwise unchanged files of their packages.
 *
 * <p>Thread-safe.
 */
final class BrowserClients {
    /** The major version of {@code /socket.io/socket.io.js}: the one most course pages were written for. */
    static final String STANDARD_MAJOR = "2";

    static final String NEWEST_MAJOR = "4";

    static final String ADAPTER = "/duet/lib/adapter.js";
    private static final String FOLDER = "dev/duet/server/clients";
    private static final String SOCKET_IO = "/socket.io/";
    private static final String LIBRARY = "/duet/lib/";

    private final Site files = Site.ofClassPath(FOLDER);
    private final Properties versions = new Properties();

    BrowserClients() {
        try (InputStream in =
                BrowserClients.class.getClassLoader().getResourceAsStream(FOLDER + "/versions.properties")) {
            if (in != null) {
                versions.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The answer to a request for this path, or nothing when no client could be meant. */
    Optional<FullHttpResponse> answer(String path, HttpHeaders request) {
        if (path.startsWith(LIBRARY)) {
            return files.answer(path.substring("/duet".length()), request).map(BrowserClients::forEveryOrigin);
        }
        if (!path.startsWith(SOCKET_IO) || !(path.endsWith(".js") || path.endsWith(".map"))) {
            return Optional.empty();
        }
        String name = path.substring(SOCKET_IO.length());
        String whole = name.contains("/") ? name : STANDARD_MAJOR + "/" + name;
        Optional<FullHttpResponse> answer =
                files.answer(SOCKET_IO + whole, request).map(BrowserClients::forEveryOrigin);
        answer.ifPresent(found -> found.headers().set("X-Socket.IO-Client", version(whole.substring(0, 1))));
        return Optional.of(answer.orElseGet(() -> name.contains("msgpack") ? noMsgpack() : noSuchClient()));
    }

    /** Whether this is the address of one of them. */
    boolean has(String path) {
        return path.startsWith(LIBRARY)
                ? files.has(path.substring("/duet".length()))
                : path.startsWith(SOCKET_IO) && files.has(path);
    }

    /** The version that is served of a major one of Socket.IO. */
    String version(String major) {
        return versions.getProperty("socket.io." + major, "none");
    }

    /** They are public, and a page of another origin that may connect needs them too. */
    private static FullHttpResponse forEveryOrigin(FullHttpResponse answer) {
        answer.headers().set("Cross-Origin-Resource-Policy", "cross-origin");
        return answer;
    }

    private static FullHttpResponse noMsgpack() {
        return Answers.text(
                HttpResponseStatus.NOT_FOUND,
                "This server does not read msgpack: take the same file without .msgpack, and no parser option.\n"
                        + "本服务器不支持 msgpack：请改用不带 .msgpack 的同名文件，也不要设置 parser 选项。");
    }

    private FullHttpResponse noSuchClient() {
        if (files.isEmpty()) {
            return Answers.text(
                    HttpResponseStatus.NOT_FOUND,
                    "This server was built without the clients of Socket.IO: run 'npm ci && npm run build' in web/"
                            + " and build again.");
        }
        String names = files.namesUnder(SOCKET_IO).stream()
                .filter(name -> name.endsWith(".js"))
                .collect(Collectors.joining("\n"));
        return Answers.text(
                HttpResponseStatus.NOT_FOUND,
                "There is no such client here. There are:\n没有这个客户端文件。可用的有：\n"
                        + "/socket.io/socket.io.js (" + version(STANDARD_MAJOR) + ", as /socket.io/" + STANDARD_MAJOR
                        + "/socket.io.js)\n" + names);
    }
}
