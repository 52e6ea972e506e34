package dev.duet.server.http;

import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The WebSocket opening handshake, server side: RFC 6455 section 4.2. */
public final class Handshake {
    static final String SUBPROTOCOL = "duet.v1";
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private Handshake() {}

    /** Whether this asks for a WebSocket, rightly or not. */
    public static boolean isAskedFor(HttpHeaders headers) {
        return headers.containsValue(HttpHeaderNames.UPGRADE, "websocket", true);
    }

    /** Whether it is asked for as section 4.2.1 has it, all but the version. */
    private static boolean isWellFormed(HttpRequest request) {
        HttpHeaders headers = request.headers();
        return request.method().equals(HttpMethod.GET)
                && request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                && isAskedFor(headers)
                && headers.containsValue(HttpHeaderNames.CONNECTION, "upgrade", true)
                && headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY).size() == 1
                && isKey(headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY));
    }

    private static boolean isKey(String text) {
        try {
            return text.length() == 24 && Base64.getDecoder().decode(text).length == 16;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isVersion13(HttpHeaders headers) {
        return "13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION));
    }

    static boolean offersSubprotocol(HttpHeaders headers) {
        return List.of(String.join(",", headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL))
                        .split("\\s*,\\s*"))
                .contains(SUBPROTOCOL);
    }

    /** The answer to a request for a WebSocket that is not as section 4.2.1 has it; nothing when it is. */
    public static Optional<Reply> refusal(HttpRequest request) {
        if (!isVersion13(request.headers())) {
            FullHttpResponse answer =
                    Answers.text(HttpResponseStatus.UPGRADE_REQUIRED, "Only WebSocket version 13 is spoken here.");
            answer.headers().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
            return Optional.of(new Reply.Plain(answer));
        }
        return isWellFormed(request)
                ? Optional.empty()
                : Optional.of(new Reply.Plain(Answers.text(
                        HttpResponseStatus.BAD_REQUEST, "This is not a WebSocket handshake as RFC 6455 has it.")));
    }

    /** The 101 that accepts it. No extension is ever accepted. */
    public static FullHttpResponse accept(HttpHeaders request) {
        FullHttpResponse answer =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
        answer.headers()
                .set(HttpHeaderNames.UPGRADE, "websocket")
                .set(HttpHeaderNames.CONNECTION, "Upgrade")
                .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, proof(request.get(HttpHeaderNames.SEC_WEBSOCKET_KEY)));
        if (offersSubprotocol(request)) {
            answer.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL);
        }
        return answer;
    }

    private static String proof(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-1", e);
        }
    }
}
