package dev.duet.server.http;

import dev.duet.engineio.EngineError;
import dev.duet.server.access.WhyPublic;
import dev.duet.server.dialect.CourseClient;
import dev.duet.server.dialect.CourseDialect;
import dev.duet.server.dialect.Source;
import dev.duet.server.dialect.Sources;
import dev.duet.server.engineio.EngineClient;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Optional;

/**
 * {@code /socket.io/}: the course dialect's door. Whoever comes the wrong way is told the right one, in the answer and once in the log.
 *
 * <p>Thread-safe.
 */
final class SocketIoRoute {
    static final String PATH = "/socket.io";

    private final String path;
    private final CourseDialect dialect;
    private final Sources sources;
    private final Noticed noticed = new Noticed();

    SocketIoRoute(String basePath, CourseDialect dialect, Sources sources) {
        this.path = basePath + PATH + "/";
        this.dialect = dialect;
        this.sources = sources;
    }

    /** Whether a path inside the base path is here; the scripts under {@code /socket.io/} are files. */
    static boolean isHere(String inside) {
        return takesBody(inside) || inside.startsWith(PATH + "/1/");
    }

    /** Whether it may have other methods than GET and HEAD, and a body. */
    static boolean takesBody(String inside) {
        return inside.equals(PATH) || inside.equals(PATH + "/");
    }

    /**
     * Answers a request whose origin is allowed.
     *
     * @param source who asks
     */
    Reply answer(HttpRequest request, byte[] body, String inside, Source source) {
        HttpHeaders headers = request.headers();
        EngineClient client =
                new EngineClient(new CourseClient(source), Optional.ofNullable(headers.get(HttpHeaderNames.ORIGIN)));
        if (request.method().equals(HttpMethod.OPTIONS)) {
            return preflight(headers, client);
        }
        if (!takesBody(inside)) {
            String fix = "Socket.IO is at " + path + " for clients 1.7 to 4.x; 0.9 is too old, take " + path
                    + "socket.io.js";
            noticed.once("wrong-client", inside.length() > 40 ? inside.substring(0, 40) : inside, fix);
            return client.refusal(EngineError.BAD_REQUEST, EngineError.BAD_REQUEST.json(fix));
        }
        Reply reply = dialect.endpoint().answer(request, body, client, _ -> refusal(source, client));
        if (reply instanceof Reply.Plain(FullHttpResponse answer)
                && answer.status().equals(HttpResponseStatus.BAD_REQUEST)) {
            return notice(request, client, reply);
        }
        return reply;
    }

    /** A client of an unknown version, or a person who opened the address in a browser. */
    private Reply notice(HttpRequest request, EngineClient client, Reply reply) {
        List<String> version =
                new QueryStringDecoder(request.uri()).parameters().getOrDefault("EIO", List.of());
        if (version.size() == 1
                && (version.getFirst().equals("3") || version.getFirst().equals("4"))) {
            return reply;
        }
        String said = version.isEmpty() ? "none" : version.getFirst();
        String about = "EIO=" + (said.length() <= 8 && said.chars().allMatch(Character::isLetterOrDigit) ? said : "?");
        String fix = "this server speaks EIO=3 (socket.io-client 2.x) and EIO=4 (3.x, 4.x); a page can take its client"
                + " from " + path + "socket.io.js";
        noticed.once("wrong-client", about, fix);
        return client.refusal(EngineError.UNSUPPORTED_VERSION, EngineError.UNSUPPORTED_VERSION.json(fix));
    }

    private Optional<Reply> refusal(Source source, EngineClient client) {
        if (source.whyPublic().isPresent()) {
            WhyPublic why = source.whyPublic().get();
            sources.refusals().add(why, source.label());
            String fix = "anonymous-refused: only this machine and private networks may join without a token; "
                    + why.cause() + "; whoever runs the server: " + why.fix();
            return Optional.of(client.refusal(EngineError.FORBIDDEN, EngineError.FORBIDDEN.json(fix)));
        }
        return sources.admitUnjoined(source)
                ? Optional.empty()
                : Optional.of(new Reply.Plain(client.allow(Answers.tooManyConnections())));
    }

    /** What a browser asks before another origin's page may send bytes. */
    private static Reply preflight(HttpHeaders headers, EngineClient client) {
        FullHttpResponse answer = client.allow(Answers.text(HttpResponseStatus.OK, "GET, POST"));
        answer.headers()
                .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST")
                .set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, "600");
        Optional.ofNullable(headers.get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS))
                .filter(asked -> asked.length() <= 256 && asked.matches("[A-Za-z0-9, -]+"))
                .ifPresent(asked -> answer.headers().set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, asked));
        return new Reply.Plain(answer);
    }

    /** The client came by the wrong scheme or port. */
    Reply elsewhere(String url) {
        String fix = "Wrong scheme or port. Socket.IO is at " + url + path;
        noticed.once("wrong-address", "socket.io", fix);
        return new Reply.Plain(Answers.text(HttpResponseStatus.BAD_REQUEST, fix));
    }

    /** The client came by a path under which nothing is. */
    Reply wrongPath(String asked) {
        String fix = "Socket.IO is at " + path + "; the client finds it with io({path: '" + path + "'})";
        noticed.once("wrong-path", asked.length() > 80 ? asked.substring(0, 80) : asked, fix);
        return new Reply.Plain(Answers.text(HttpResponseStatus.NOT_FOUND, "Nothing is here. " + fix + "."));
    }
}
