package dev.duet.server.engineio;

import dev.duet.engineio.EngineError;
import dev.duet.engineio.Payload;
import dev.duet.engineio.Poll;
import dev.duet.server.http.Exchange;
import dev.duet.server.http.Reply;
import io.netty.handler.codec.http.HttpResponseStatus;

/** A GET, as a session answers it. */
final class HttpPoll implements Poll {
    private final Exchange exchange;
    private final EngineClient client;

    HttpPoll(Exchange exchange, EngineClient client) {
        this.exchange = exchange;
        this.client = client;
    }

    @Override
    public void answer(Payload payload) {
        String type = payload.binary() ? "application/octet-stream" : "text/plain; charset=UTF-8";
        exchange.answer(new Reply.Plain(client.answer(HttpResponseStatus.OK, type, payload.body())));
    }

    @Override
    public void refuse(EngineError why) {
        exchange.answer(client.refusal(why));
    }
}
