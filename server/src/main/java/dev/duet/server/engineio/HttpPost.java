package dev.duet.server.engineio;

import dev.duet.engineio.EngineError;
import dev.duet.engineio.Post;
import dev.duet.server.http.Exchange;
import dev.duet.server.http.Reply;
import io.netty.handler.codec.http.HttpResponseStatus;

/** A POST, as a session answers it. */
final class HttpPost implements Post {
    private static final byte[] OK = {'o', 'k'};

    private final Exchange exchange;
    private final EngineClient client;

    HttpPost(Exchange exchange, EngineClient client) {
        this.exchange = exchange;
        this.client = client;
    }

    @Override
    public void ok() {
        exchange.answer(new Reply.Plain(client.answer(HttpResponseStatus.OK, "text/html", OK)));
    }

    @Override
    public void refuse(EngineError why) {
        exchange.answer(client.refusal(why));
    }
}
