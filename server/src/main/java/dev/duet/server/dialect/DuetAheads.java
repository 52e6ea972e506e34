package dev.duet.server.dialect;

import dev.duet.server.http.Answers;
import dev.duet.server.http.Exchange;
import dev.duet.server.http.Reply;
import dev.duet.server.websocket.Utf8;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * What is said by POST while a WebSocket is still being opened: docs/protocol.md, "Ahead of the WebSocket".
 *
 * <p>Thread-safe.
 */
public final class DuetAheads {
    /** Chosen by the client, and all that says who goes on. */
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-]{16,64}");

    private static final int KEY_MAX = 64;

    private final DuetDialect dialect;
    private final Map<String, DuetAhead> byKey = new ConcurrentHashMap<>();

    DuetAheads(DuetDialect dialect) {
        this.dialect = dialect;
    }

    /**
     * Takes a POST whose origin is allowed.
     *
     * @param body the key, which says which session it belongs to, in the first line; then one message a line
     * @param origin another origin whose page may read the answer
     */
    public Reply answer(byte[] body, Source source, Optional<String> origin) {
        int end = lineEnd(body, 0);
        String key = new String(body, 0, Math.min(end, KEY_MAX + 1), StandardCharsets.ISO_8859_1);
        if (!KEY.matcher(key).matches()) {
            return text(
                    HttpResponseStatus.BAD_REQUEST,
                    "The first line of a POST here is a key of 16 to 64 of A-Z a-z 0-9 _ -, each other one a message.",
                    origin);
        }
        List<byte[]> lines = lines(body, end + 1);
        return new Reply.Later(exchange -> take(key, lines, source, new Answering(exchange, origin)));
    }

    /** Where the answer goes, and who may read it. */
    record Answering(Exchange exchange, Optional<String> origin) {
        void say(byte[] json) {
            exchange.answer(
                    new Reply.Plain(allow(Answers.bytes(HttpResponseStatus.OK, "application/json", json), origin)));
        }

        /** There is nothing to say that the WebSocket will not say as well. */
        void sayNothing() {
            say(new byte[0]);
        }

        void refuse(HttpResponseStatus status, String sentence) {
            exchange.answer(text(status, sentence, origin));
        }
    }

    private void take(String key, List<byte[]> lines, Source source, Answering answering) {
        DuetAhead known = byKey.get(key);
        if (known != null) {
            answering.sayNothing();
            known.loop.execute(() -> lines.forEach(known::take));
            return;
        }
        EventLoop loop = answering.exchange().channel().eventLoop();
        if (lines.size() != 1
                || !(dialect.on(loop).reader.read(lines.getFirst(), lines.getFirst().length)
                        instanceof DuetMessage.Join join)
                || join.streams().isEmpty()) {
            answering.refuse(
                    HttpResponseStatus.CONFLICT,
                    "Nobody has joined by this key; the first POST is one join with streams.");
        } else if (!source.mayJoin()) {
            source.whyPublic().ifPresent(why -> dialect.sources.refusals().add(why, source.label()));
            answering.refuse(HttpResponseStatus.FORBIDDEN, "anonymous-refused");
        } else if (!dialect.sources.admitAhead(source)) {
            answering.refuse(HttpResponseStatus.TOO_MANY_REQUESTS, "too-many-connections");
        } else {
            DuetAhead ahead = new DuetAhead(dialect, loop, source, join, answering);
            byKey.put(key, ahead);
            ahead.begin(join, () -> byKey.remove(key, ahead));
        }
    }

    private static int lineEnd(byte[] body, int start) {
        int end = start;
        while (end < body.length && body[end] != '\n') {
            end++;
        }
        return end;
    }

    /** The messages in a body from there on, one a line, without those that are none. */
    private List<byte[]> lines(byte[] body, int from) {
        List<byte[]> lines = new ArrayList<>();
        for (int start = from, end = 0; start < body.length; start = end + 1) {
            end = lineEnd(body, start);
            byte[] line = Arrays.copyOfRange(body, start, end);
            if (line.length > 0 && line.length <= dialect.limits.messageBytesMax() && Utf8.isValid(line, line.length)) {
                lines.add(line);
            }
        }
        return lines;
    }

    private static Reply text(HttpResponseStatus status, String sentence, Optional<String> origin) {
        return new Reply.Plain(allow(Answers.text(status, sentence), origin));
    }

    private static FullHttpResponse allow(FullHttpResponse answer, Optional<String> origin) {
        origin.ifPresent(allowed -> answer.headers()
                .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, allowed)
                .set(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN));
        return answer;
    }
}
