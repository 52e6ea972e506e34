package dev.duet.server.http;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;

/**
 * What is served: decides about requests, writes nothing.
 *
 * <p>Thread-safe.
 */
public interface Routes {
    /** Whether a load balancer asks for this server's health: it may ask by OPTIONS, and by HTTP/1.0 without a Host. */
    boolean isProbe(HttpRequest head);

    /** Whether this request may be other than a GET or HEAD without a body; then {@link #bodyMax} says how large its body may be. */
    boolean takesBody(HttpRequest head);

    /** The largest body in bytes. */
    int bodyMax();

    /**
     * Answers one request.
     *
     * @param body all of it; empty when there is none
     */
    Reply answer(HttpRequest head, byte[] body, Arrival arrival);

    /** Adds what every answer carries. */
    void protect(HttpResponse answer);
}
