package dev.duet.server.engineio;

import dev.duet.engineio.CloseReason;
import dev.duet.engineio.EngineError;
import dev.duet.engineio.EngineRequest;
import dev.duet.engineio.Payload;
import dev.duet.server.ConnectionLimits;
import dev.duet.server.http.Exchange;
import dev.duet.server.http.Handshake;
import dev.duet.server.http.Reply;
import dev.duet.server.websocket.Utf8;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Engine.IO under one path.
 *
 * <p>Thread-safe. A session belongs to the event loop that its id names; requests that come in on others are carried there.
 */
public final class EngineEndpoint {
    private final List<EngineLoop> loops;
    private final ConnectionLimits limits;

    /** How a request may go on, beside what the protocol says. */
    @FunctionalInterface
    public interface Gate {
        /**
         * Asked when a session is about to be opened.
         *
         * @return the answer that refuses it, or nothing
         */
        Optional<Reply> refusal(EngineClient client);
    }

    /**
     * An endpoint on these event loops.
     *
     * @param limits largest WebSocket message, outbound buffers
     * @param cores makes what runs on each loop, from the loop and a supply of ids
     */
    public EngineEndpoint(
            List<EventLoop> eventLoops,
            ConnectionLimits limits,
            BiFunction<EventLoop, Supplier<String>, EngineCore> cores) {
        if (eventLoops.size() > EngineLoop.LOOPS_MAX) {
            throw new IllegalArgumentException(
                    eventLoops.size() + " event loops (expected: <= " + EngineLoop.LOOPS_MAX + ")");
        }
        this.limits = limits;
        List<EngineLoop> made = new ArrayList<>();
        for (EventLoop loop : eventLoops) {
            made.add(new EngineLoop(loop, made.size(), limits.messageBytesMax(), cores));
        }
        loops = List.copyOf(made);
    }

    /**
     * Answers a request under the endpoint's path.
     *
     * @param client whoever asks; kept as {@link dev.duet.engineio.EngineSession#about} when it opens a session
     */
    public Reply answer(HttpRequest request, byte[] body, EngineClient client, Gate gate) {
        HttpHeaders headers = request.headers();
        boolean webSocket = Handshake.isAskedFor(headers);
        if (webSocket) {
            Optional<Reply> refusal = Handshake.refusal(request);
            if (refusal.isPresent()) {
                return refusal.get();
            }
        }
        var query = new QueryStringDecoder(request.uri()).parameters();
        return switch (EngineRequest.of(request.method().name(), query, webSocket)) {
            case EngineRequest.Wrong(EngineError why) -> client.refusal(why);
            case EngineRequest.Open open ->
                gate.refusal(client)
                        .orElseGet(() -> webSocket ? openWebSocket(headers, open, client) : open(open, client));
            case EngineRequest.Get get -> poll(get, client);
            case EngineRequest.Send send -> post(send, headers, body, client);
            case EngineRequest.Upgrade upgrade -> upgrade(upgrade, headers, client);
        };
    }

    private Reply open(EngineRequest.Open open, EngineClient client) {
        return new Reply.Later(exchange ->
                on(exchange).run((engine, now) -> engine.open(open, client, new HttpPoll(exchange, client), now)));
    }

    private Reply openWebSocket(HttpHeaders headers, EngineRequest.Open open, EngineClient client) {
        return new Reply.Upgrade(Handshake.accept(headers), channel -> {
            EngineLoop here = loopOf(channel.eventLoop());
            WebSocketLink link = new WebSocketLink(channel, open.version(), limits, here.scratch, here);
            here.run((engine, now) -> {
                client.uses(link);
                link.attach(engine.open(open, client, link, now));
            });
            channel.pipeline().addLast(link.handler());
        });
    }

    private Reply poll(EngineRequest.Get get, EngineClient client) {
        Optional<EngineLoop> owner = ownerOf(get.sid());
        if (owner.isEmpty()) {
            return client.refusal(EngineError.SESSION_UNKNOWN);
        }
        return new Reply.Later(exchange -> {
            EngineLoop loop = owner.get();
            HttpPoll poll = new HttpPoll(exchange, client);
            exchange.onAborted(() -> loop.run((engine, now) -> engine.pollAborted(get.sid(), poll, now)));
            loop.run((engine, now) -> engine.poll(get.sid(), get.version(), poll, now));
        });
    }

    private Reply post(EngineRequest.Send send, HttpHeaders headers, byte[] body, EngineClient client) {
        Optional<EngineLoop> owner = ownerOf(send.sid());
        boolean binary = headers.get(HttpHeaderNames.CONTENT_TYPE, "").startsWith("application/octet-stream");
        if (owner.isEmpty()) {
            return client.refusal(EngineError.SESSION_UNKNOWN);
        }
        if (!binary && !Utf8.isValid(body, body.length)) {
            return client.refusal(EngineError.BAD_REQUEST);
        }
        return new Reply.Later(exchange -> owner.get()
                .run((engine, now) ->
                        engine.post(send, new Payload(binary, body), new HttpPost(exchange, client), now)));
    }

    /** Whether the session takes the WebSocket is known on its own loop only; the handshake is answered after that. */
    private Reply upgrade(EngineRequest.Upgrade upgrade, HttpHeaders headers, EngineClient client) {
        Optional<EngineLoop> owner = ownerOf(upgrade.sid());
        if (owner.isEmpty()) {
            return client.refusal(EngineError.SESSION_UNKNOWN);
        }
        EngineLoop loop = owner.get();
        Reply accept = new Reply.Upgrade(Handshake.accept(headers), channel -> {
            byte[] scratch = loopOf(channel.eventLoop()).scratch;
            WebSocketLink link = new WebSocketLink(channel, upgrade.version(), limits, scratch, loop);
            channel.pipeline().addLast(link.handler());
            loop.run((engine, now) -> link.attach(engine.upgrade(upgrade, link, now)));
        });
        return new Reply.Later(exchange -> loop.run((engine, _) -> exchange.answer(
                engine.upgradeRefusal(upgrade).map(client::refusal).orElse(accept))));
    }

    private EngineLoop on(Exchange exchange) {
        return loopOf(exchange.channel().eventLoop());
    }

    private EngineLoop loopOf(EventLoop eventLoop) {
        for (EngineLoop loop : loops) {
            if (loop.loop == eventLoop) {
                return loop;
            }
        }
        throw new IllegalArgumentException("not one of this endpoint's event loops");
    }

    private Optional<EngineLoop> ownerOf(String sid) {
        int number = EngineLoop.number(sid);
        return number >= 0 && number < loops.size() ? Optional.of(loops.get(number)) : Optional.empty();
    }

    /** Ends every session; returns when it is said. */
    public void close() {
        for (EngineLoop loop : loops) {
            loop.loop
                    .submit(() -> loop.run((engine, now) -> engine.close(CloseReason.SERVER_SHUTTING_DOWN, now)))
                    .awaitUninterruptibly(1, TimeUnit.SECONDS);
        }
    }
}
