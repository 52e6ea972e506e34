package dev.duet.server.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import java.util.function.Consumer;

/** What becomes of a request. */
public sealed interface Reply {
    /** It is answered. */
    record Plain(FullHttpResponse answer) implements Reply {}

    /** It is answered with what a file holds, sent piece by piece. */
    record Stream(HttpResponse head, FileSending body) implements Reply {}

    /**
     * The connection becomes a WebSocket.
     *
     * @param opening takes over the channel when the handshake was written, on the channel's event loop: it adds its handler, and may
     *     write frames
     */
    record Upgrade(FullHttpResponse accept, Consumer<Channel> opening) implements Reply {}

    /**
     * It is answered later.
     *
     * @param work is handed the exchange, on the channel's event loop
     */
    record Later(Consumer<Exchange> work) implements Reply {}
}
