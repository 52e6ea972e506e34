package dev.duet.server.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/** Answers that are not files. */
public final class Answers {
    /**
     * What pages of ours may do: nothing that is not from here. The one policy that makes elements of text is Lit's, which
     * takes the page's own templates and nothing else.
     */
    static final String CONTENT_POLICY = String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' blob: data:",
            "media-src 'self' blob:",
            "connect-src 'self' ws: wss:",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types lit-html");

    static final String PERMISSIONS_POLICY =
            "camera=(self), microphone=(self), display-capture=(self), screen-wake-lock=(self), geolocation=()";

    private Answers() {}

    /** A sentence for whoever looks at the network panel or the terminal. */
    public static FullHttpResponse text(HttpResponseStatus status, String sentence) {
        return bytes(status, "text/plain; charset=utf-8", (sentence + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes of some type, not to be stored. */
    public static FullHttpResponse bytes(HttpResponseStatus status, String type, byte[] body) {
        FullHttpResponse answer =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        answer.headers().set(HttpHeaderNames.CONTENT_TYPE, type).set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        return answer;
    }

    /** One source has too many connections open that lead nowhere. */
    static FullHttpResponse tooManyConnections() {
        return text(
                HttpResponseStatus.TOO_MANY_REQUESTS,
                "too-many-connections: too many connections of this address are open without having joined a room.");
    }

    static FullHttpResponse redirect(String url) {
        FullHttpResponse answer = text(HttpResponseStatus.PERMANENT_REDIRECT, "This is served at " + url);
        answer.headers().set(HttpHeaderNames.LOCATION, url);
        return answer;
    }
}
