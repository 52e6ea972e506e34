package dev.duet.server.engineio;

import dev.duet.engineio.EngineError;
import dev.duet.server.http.Answers;
import dev.duet.server.http.Reply;
import dev.duet.server.websocket.Backpressure;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whoever sent a request, and, when that opened a session, whoever is at its other end.
 *
 * <p>Thread-safe.
 */
public final class EngineClient {
    private final Object about;
    private final Optional<String> origin;
    private volatile @Nullable WebSocketLink link;

    /**
     * A client.
     *
     * @param about what the application knows of it
     * @param origin another origin whose pages may read the answers; nothing when none may, or none asked
     */
    public EngineClient(Object about, Optional<String> origin) {
        this.about = about;
        this.origin = origin;
    }

    /** What the application knows of it. */
    public Object about() {
        return about;
    }

    /** What slows down those who send to this client, and this client when others do not keep up; nothing while it polls. */
    public Optional<Backpressure> pressure() {
        return Optional.ofNullable(link).map(WebSocketLink::pressure);
    }

    void uses(@Nullable WebSocketLink newLink) {
        link = newLink;
    }

    /** The answer that refuses a request. */
    public Reply refusal(EngineError why) {
        return refusal(why, why.json());
    }

    /** The answer that refuses a request, with other words. */
    public Reply refusal(EngineError why, String json) {
        return new Reply.Plain(answer(
                HttpResponseStatus.valueOf(why.status()),
                "application/json; charset=utf-8",
                json.getBytes(StandardCharsets.UTF_8)));
    }

    FullHttpResponse answer(HttpResponseStatus status, String type, byte[] body) {
        return allow(Answers.bytes(status, type, body));
    }

    /** Lets the pages of an allowed origin read the answer. */
    public FullHttpResponse allow(FullHttpResponse answer) {
        origin.ifPresent(allowed -> answer.headers()
                .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, allowed)
                .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true")
                .set(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN));
        return answer;
    }
}
