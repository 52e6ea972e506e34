package dev.duet.server.http;

import dev.duet.server.DuetConfig;
import dev.duet.server.HttpMode;
import dev.duet.server.access.Access;
import dev.duet.server.access.Authority;
import dev.duet.server.access.Client;
import dev.duet.server.access.Networks;
import dev.duet.server.access.Origins;
import dev.duet.server.access.WhyPublic;
import dev.duet.server.dialect.CourseDialect;
import dev.duet.server.dialect.DuetConnection;
import dev.duet.server.dialect.DuetDialect;
import dev.duet.server.dialect.Source;
import dev.duet.server.dialect.Sources;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * What each request is answered with. Decides; writing is {@link RequestHandler}'s.
 *
 * <p>Thread-safe.
 */
public final class Requests implements Routes {
    private final String basePath;
    private final HttpMode httpMode;
    private final boolean hasTls;
    private final Sites sites;
    private final TrustPages trustPages;
    private final Origins origins;
    private final Access access;
    private final Refused refused;
    private final DuetDialect dialect;
    private final Sources sources;
    private final SocketIoRoute socketIo;
    private final int bodyMax;
    private final IntSupplier httpsPort;
    private final Health health;
    private final BooleanSupplier serving;

    /**
     * What the server is made of, for its front door.
     *
     * @param course serves Socket.IO clients
     * @param sources who has what open
     * @param httpsPort the port that https is served on; asked when a wrong scheme has to be corrected
     * @param ready whether the server takes new rooms
     * @param serving whether it lets anybody in at all
     */
    public record Parts(
            Optional<TlsContexts> tls,
            List<String> ownNames,
            Access access,
            DuetDialect dialect,
            CourseDialect course,
            Sources sources,
            IntSupplier httpsPort,
            BooleanSupplier ready,
            BooleanSupplier serving) {}

    /**
     * Answers for a server so configured.
     *
     * @throws dev.duet.server.DuetStartException when there is no folder where one is named
     */
    public Requests(DuetConfig config, Parts parts) {
        this.basePath = config.basePath();
        this.httpMode = config.httpMode();
        this.hasTls = parts.tls().isPresent() && config.httpsPort() != DuetConfig.OFF;
        this.sites = new Sites(config);
        this.trustPages = new TrustPages(parts.tls());
        this.origins = new Origins(config.allowedOrigins(), parts.ownNames());
        this.access = parts.access();
        this.refused = new Refused(parts.sources().refusals(), config.anonymous());
        this.dialect = parts.dialect();
        this.sources = parts.sources();
        this.bodyMax = parts.course().bodyMax();
        this.socketIo = new SocketIoRoute(config.basePath(), parts.course(), parts.sources());
        this.httpsPort = parts.httpsPort();
        this.health = new Health(config.basePath(), parts.ready());
        this.serving = parts.serving();
    }

    /**
     * Looks for what is wrong with a configuration before anything is started.
     *
     * @throws dev.duet.server.DuetStartException when there is no folder where one is named
     */
    public static void check(DuetConfig config) {
        config.pages().ifPresent(Folder::open);
    }

    @Override
    public boolean isProbe(HttpRequest head) {
        return health.isProbe(head);
    }

    @Override
    public Reply answer(HttpRequest request, byte[] body, Arrival arrival) {
        HttpHeaders headers = request.headers();
        Client client = access.client(headers, arrival.peer());
        String path = path(request.uri());
        boolean noHost = !request.headers().contains(HttpHeaderNames.HOST);
        if (health.isProbe(request) && (noHost || client.host().isPresent())) {
            return health.answer(request);
        }
        if (client.host().isEmpty() || !path.startsWith("/")) {
            return text(HttpResponseStatus.BAD_REQUEST, "The Host header or the path cannot be read.");
        }
        Authority host = client.host().get();
        if (!path.startsWith(basePath + "/")) {
            if (isEngineIo(request, path)) {
                return socketIo.wrongPath(path);
            }
            if (Handshake.isAskedFor(headers)) {
                return noWebSocketHere(client, host);
            }
            return path.equals(basePath)
                    ? new Reply.Plain(Answers.redirect(basePath + "/"))
                    : text(HttpResponseStatus.NOT_FOUND, "Nothing is here. This server lives under " + basePath + "/");
        }
        String inside = path.substring(basePath.length());
        String own = Sites.ownPath(inside);
        Optional<FullHttpResponse> trust = trustPages.answer(own);
        if (trust.isPresent()) {
            return new Reply.Plain(trust.get());
        }
        if (SocketIoRoute.isHere(own)) {
            return socketIo(request, body, arrival, client);
        }
        if (needsOtherAddress(arrival, client, host)) {
            return isTunnelled(client) ? refused.proxy(client) : otherAddress(headers, host, request.uri());
        }
        if (own.equals("/ws")) {
            return request.method().equals(HttpMethod.POST)
                    ? ahead(request, body, client, host)
                    : webSocket(request, client, host);
        }
        if (isEngineIo(request, own)) {
            return socketIo.wrongPath(path);
        }
        if (Handshake.isAskedFor(headers)) {
            return noWebSocketHere(client, host);
        }
        // A hostile name that leads here may not read somebody's folder.
        if (sites.isOfFolder(inside) && !client.viaProxy() && !origins.isOwnHost(host)) {
            return refused.host(host, client);
        }
        return sites.answer(inside, request);
    }

    /** Whether a Socket.IO client asks, wherever it asks. */
    private static boolean isEngineIo(HttpRequest request, String path) {
        return path.endsWith(SocketIoRoute.PATH + "/") || request.uri().contains("EIO=");
    }

    private Reply socketIo(HttpRequest request, byte[] body, Arrival arrival, Client client) {
        Authority host = client.host().orElseThrow();
        String inside = Sites.ownPath(path(request.uri()).substring(basePath.length()));
        if (needsOtherAddress(arrival, client, host)) {
            return isTunnelled(client) ? refused.proxy(client) : socketIo.elsewhere(httpsUrl(host));
        }
        List<String> origin = request.headers().getAll(HttpHeaderNames.ORIGIN);
        return refusal(origin, client, host).orElseGet(() -> socketIo.answer(request, body, inside, source(client)));
    }

    private Source source(Client client) {
        return new Source(
                Networks.limitKey(client.address()),
                access.refusal(client),
                Networks.label(client.address()),
                client.host().map(Authority::urlHost).orElse("localhost"));
    }

    private String httpsUrl(Authority host) {
        int port = httpsPort.getAsInt();
        return "https://" + host.urlHost() + (port == 443 ? "" : ":" + port);
    }

    private Reply noWebSocketHere(Client client, Authority host) {
        return text(
                HttpResponseStatus.NOT_FOUND,
                "The WebSocket is at " + webSocketUrl(client.secure(), host, host.port()) + ", subprotocol duet.v1.");
    }

    static String path(String uri) {
        int end = uri.indexOf('?');
        return end < 0 ? uri : uri.substring(0, end);
    }

    /** Whether the client came by the wrong scheme or port. */
    private boolean needsOtherAddress(Arrival arrival, Client client, Authority host) {
        if (!hasTls || client.viaProxy()) {
            return false;
        }
        return switch (arrival.entrance()) {
            case HTTPS_PORT -> !arrival.peer().secure();
            case HTTP_PORT -> arrival.peer().secure() || (httpMode == HttpMode.REDIRECT && !host.isLocalhost());
        };
    }

    /** Whether somebody forwarded this whom nobody has named: whoever is behind them would look for our ports there. */
    private static boolean isTunnelled(Client client) {
        return client.doubt().filter(WhyPublic.UNTRUSTED_PROXY::equals).isPresent();
    }

    private Reply otherAddress(HttpHeaders headers, Authority host, String uri) {
        int port = httpsPort.getAsInt();
        if (Handshake.isAskedFor(headers)) {
            return text(
                    HttpResponseStatus.BAD_REQUEST,
                    "Wrong scheme or port. The WebSocket is at " + webSocketUrl(true, host, port)
                            + ", subprotocol duet.v1.");
        }
        return new Reply.Plain(Answers.redirect(httpsUrl(host) + uri));
    }

    private String webSocketUrl(boolean secure, Authority host, int port) {
        return (secure ? "wss://" : "ws://") + host.urlHost() + shownPort(secure, port) + basePath + "/ws";
    }

    private String pageUrl(boolean secure, Authority host) {
        return (secure ? "https://" : "http://") + host.urlHost() + shownPort(secure, host.port()) + basePath + "/";
    }

    private static String shownPort(boolean secure, int port) {
        return port < 0 || port == (secure ? 443 : 80) ? "" : ":" + port;
    }

    /**
     * A WebSocket for who asks for one, and for a plain GET the reason why it would be refused: a page is never told why its WebSocket
     * did not open, so it asks this address once more by {@code fetch}, its own origin in the query.
     */
    private Reply webSocket(HttpRequest request, Client client, Authority host) {
        HttpHeaders headers = request.headers();
        boolean upgrade = Handshake.isAskedFor(headers);
        Optional<Reply> malformed = upgrade ? Handshake.refusal(request) : Optional.empty();
        if (malformed.isPresent()) {
            return malformed.get();
        }
        List<String> origin = upgrade ? headers.getAll(HttpHeaderNames.ORIGIN) : parameter(request, "origin");
        long key = Networks.limitKey(client.address());
        return refusal(origin, client, host)
                .or(() -> upgrade ? Optional.empty() : Optional.of(plainGet(client, host, key)))
                .orElseGet(() -> open(headers, client));
    }

    /** What is said while a WebSocket is still being opened, by whoever may open one. */
    private Reply ahead(HttpRequest request, byte[] body, Client client, Authority host) {
        List<String> origin = request.headers().getAll(HttpHeaderNames.ORIGIN);
        return refusal(origin, client, host)
                .orElseGet(() -> dialect.aheads()
                        .answer(body, source(client), origin.stream().findFirst()));
    }

    private static List<String> parameter(HttpRequest request, String name) {
        return new QueryStringDecoder(request.uri()).parameters().getOrDefault(name, List.of());
    }

    private Optional<Reply> refusal(List<String> origin, Client client, Authority host) {
        if (origin.size() > 1) {
            return Optional.of(text(HttpResponseStatus.BAD_REQUEST, "More than one origin."));
        }
        return switch (origins.check(origin.stream().findFirst(), client)) {
            case ORIGIN_REFUSED -> Optional.of(refused.origin(origin.getFirst(), pageUrl(client.secure(), host)));
            case HOST_REFUSED -> Optional.of(refused.host(host, client));
            case ALLOWED ->
                serving.getAsBoolean()
                        ? Optional.empty()
                        : Optional.of(text(
                                HttpResponseStatus.SERVICE_UNAVAILABLE, "The server is stopping; try again shortly."));
        };
    }

    private Reply plainGet(Client client, Authority host, long key) {
        if (!sources.wouldAdmitUnjoined(key)) {
            return new Reply.Plain(Answers.tooManyConnections());
        }
        FullHttpResponse answer = Answers.text(
                HttpResponseStatus.UPGRADE_REQUIRED,
                "This is Duet's WebSocket. Open it with new WebSocket('"
                        + webSocketUrl(client.secure(), host, host.port()) + "', 'duet.v1').");
        answer.headers().set(HttpHeaderNames.UPGRADE, "websocket").set(HttpHeaderNames.CONNECTION, "Upgrade");
        return new Reply.Plain(answer);
    }

    private Reply open(HttpHeaders headers, Client client) {
        Source source = source(client);
        if (!sources.admitUnjoined(source)) {
            return new Reply.Plain(Answers.tooManyConnections());
        }
        boolean speaksDuet = Handshake.offersSubprotocol(headers);
        return new Reply.Upgrade(Handshake.accept(headers), channel -> {
            DuetConnection connection = new DuetConnection(dialect, channel, source);
            connection.greet(speaksDuet);
            channel.pipeline().addLast(connection.handler());
        });
    }

    private static Reply text(HttpResponseStatus status, String sentence) {
        return new Reply.Plain(Answers.text(status, sentence));
    }

    @Override
    public boolean takesBody(HttpRequest head) {
        String path = path(head.uri());
        boolean plain = head.method().equals(HttpMethod.GET) || head.method().equals(HttpMethod.HEAD);
        if (plain || !path.startsWith(basePath)) {
            return false;
        }
        String own = Sites.ownPath(path.substring(basePath.length()));
        return SocketIoRoute.takesBody(own)
                || (own.equals("/ws") && head.method().equals(HttpMethod.POST));
    }

    @Override
    public int bodyMax() {
        return bodyMax;
    }

    /** Adds what every answer carries, where it does not say otherwise itself. */
    @Override
    public void protect(HttpResponse answer) {
        HttpHeaders headers = answer.headers().set("X-Content-Type-Options", "nosniff");
        setIfAbsent(headers, "Referrer-Policy", "no-referrer");
        setIfAbsent(headers, "Cross-Origin-Resource-Policy", "same-origin");
        if (headers.get(HttpHeaderNames.CONTENT_TYPE, "").startsWith("text/html")) {
            setIfAbsent(headers, "Content-Security-Policy", Answers.CONTENT_POLICY);
            headers.set("Permissions-Policy", Answers.PERMISSIONS_POLICY)
                    .set("Cross-Origin-Opener-Policy", "same-origin");
        }
    }

    private static void setIfAbsent(HttpHeaders headers, String name, String value) {
        if (!headers.contains(name)) {
            headers.set(name, value);
        }
    }
}
