package dev.duet.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.function.BooleanSupplier;

/**
 * {@code /healthz} and {@code /readyz}, with the base path and without it, however a load balancer asks: HTTP/1.0 without a Host, OPTIONS, any
 * scheme, port or source. {@code OPTIONS /}, which HAProxy sends when it is told nothing else, asks for readiness.
 */
final class Health {
    private final String basePath;
    private final BooleanSupplier ready;

    Health(String basePath, BooleanSupplier ready) {
        this.basePath = basePath;
        this.ready = ready;
    }

    boolean isProbe(HttpRequest head) {
        HttpMethod method = head.method();
        boolean options = method.equals(HttpMethod.OPTIONS);
        if (!options && !method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            return false;
        }
        return switch (inside(head)) {
            case "/healthz", "/readyz" -> true;
            case "/", "*" -> options && !head.headers().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
            default -> false;
        };
    }

    /** The answer to a probe. */
    Reply answer(HttpRequest head) {
        if (inside(head).equals("/healthz")) {
            return new Reply.Plain(Answers.text(HttpResponseStatus.OK, "ok"));
        }
        return new Reply.Plain(
                ready.getAsBoolean()
                        ? Answers.text(HttpResponseStatus.OK, "ready")
                        : Answers.text(HttpResponseStatus.SERVICE_UNAVAILABLE, "draining"));
    }

    private String inside(HttpRequest head) {
        String path = Requests.path(head.uri());
        return path.startsWith(basePath + "/") ? path.substring(basePath.length()) : path;
    }
}
