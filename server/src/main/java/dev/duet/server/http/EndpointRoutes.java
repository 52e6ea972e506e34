package dev.duet.server.http;

import dev.duet.server.access.Access;
import dev.duet.server.access.Client;
import dev.duet.server.access.Origins;
import dev.duet.server.engineio.EngineClient;
import dev.duet.server.engineio.EngineEndpoint;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Engine.IO endpoints by path, the browser clients for them, and a folder of pages if there is one.
 *
 * <p>Thread-safe.
 */
public final class EndpointRoutes implements Routes {
    private final Map<String, EngineEndpoint> endpoints;
    private final int payloadMax;
    private final Access access;
    private final Origins origins;
    private final BrowserClients clients = new BrowserClients();
    private final Optional<Pages> pages;

    /**
     * Serves these.
     *
     * @param endpoints by path, without a slash at its end
     * @param payloadMax largest body in bytes
     * @param access who a request is from
     * @param allowedOrigins whose pages may connect, beside the server's own
     * @param pages the folder that is served beside them
     * @throws dev.duet.server.DuetStartException when there is no such folder
     */
    public EndpointRoutes(
            Map<String, EngineEndpoint> endpoints,
            int payloadMax,
            Access access,
            List<String> allowedOrigins,
            Optional<Path> pages) {
        this.access = access;
        this.endpoints = Map.copyOf(endpoints);
        this.payloadMax = payloadMax;
        this.origins = new Origins(allowedOrigins, List.of());
        this.pages = pages.map(path -> new Pages(Folder.open(path), true, new CdnScripts(clients::has), ""));
    }

    private Optional<EngineEndpoint> endpoint(HttpRequest request) {
        String path = Requests.path(request.uri());
        return Optional.ofNullable(endpoints.get(path.endsWith("/") ? path.substring(0, path.length() - 1) : path));
    }

    @Override
    public boolean isProbe(HttpRequest head) {
        return false;
    }

    @Override
    public boolean takesBody(HttpRequest head) {
        return !head.method().equals(HttpMethod.GET)
                && !head.method().equals(HttpMethod.HEAD)
                && endpoint(head).isPresent();
    }

    @Override
    public int bodyMax() {
        return payloadMax;
    }

    @Override
    public Reply answer(HttpRequest head, byte[] body, Arrival arrival) {
        Client client = access.client(head.headers(), arrival.peer());
        Optional<EngineEndpoint> endpoint = endpoint(head);
        if (client.host().isEmpty()) {
            return new Reply.Plain(Answers.text(HttpResponseStatus.BAD_REQUEST, "The Host header cannot be read."));
        }
        if (endpoint.isEmpty()) {
            return file(Requests.path(head.uri()), head);
        }
        Optional<String> origin = Optional.ofNullable(head.headers().get(HttpHeaderNames.ORIGIN));
        Origins.Verdict verdict = origins.check(origin, client);
        if (verdict != Origins.Verdict.ALLOWED) {
            return new Reply.Plain(
                    Answers.text(HttpResponseStatus.FORBIDDEN, "Pages of this origin may not use this server."));
        }
        EngineClient engineClient = new EngineClient(arrival.peer().address(), origin);
        return endpoint.get().answer(head, body, engineClient, _ -> Optional.empty());
    }

    private Reply file(String path, HttpRequest request) {
        return clients.answer(path, request.headers())
                .<Reply>map(Reply.Plain::new)
                .or(() -> pages.map(folder -> folder.answer(path, request)))
                .orElseGet(() -> new Reply.Plain(Answers.text(
                        HttpResponseStatus.NOT_FOUND,
                        "Nothing is here but " + String.join(", ", endpoints.keySet()) + ".")));
    }

    @Override
    public void protect(HttpResponse answer) {
        answer.headers().set("X-Content-Type-Options", "nosniff");
    }

    /** Ends every session. */
    public void close() {
        endpoints.values().forEach(EngineEndpoint::close);
    }
}
