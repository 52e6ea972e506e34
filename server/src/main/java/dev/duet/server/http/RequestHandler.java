package dev.duet.server.http;

import dev.duet.server.access.Networks;
import dev.duet.server.log.LogEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The HTTP of one connection: takes whole requests and writes their answers, one at a time. Only where {@link Routes#takesBody} says so may
 * a request have a body.
 *
 * <p>Not thread-safe: owned by the channel's event loop.
 */
final class RequestHandler extends SimpleChannelInboundHandler<HttpObject> {
    private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);
    private static final int HEADERS_MAX = 64;
    private static final byte[] NO_BODY = {};

    private final Routes routes;
    private final Arrival arrival;
    private final Patience patience;
    private @Nullable HttpRequest request;
    private @Nullable ByteBuf body;
    private @Nullable Exchange waiting;
    private boolean sending;

    RequestHandler(Routes routes, Arrival arrival, Patience patience) {
        this.routes = routes;
        this.arrival = arrival;
        this.patience = patience;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
        if (!ctx.channel().isActive()) {
            // Closed by an earlier answer; what was sent behind that request is not looked at.
            return;
        }
        if (part instanceof HttpRequest
                && (waiting != null || sending || !ctx.channel().isWritable())) {
            // Browsers await one answer before they ask again; who asks without reading would fill our memory with
            // answers.
            ctx.close();
            return;
        }
        if (part instanceof HttpRequest head) {
            RequestForm.toOrigin(head);
            FullHttpResponse refusal = refusal(head);
            if (refusal != null) {
                write(ctx, head, refusal, false);
                return;
            }
            if (RequestForm.waitsForLeave(head)) {
                ctx.writeAndFlush(RequestForm.leave());
            }
            request = head;
        }
        if (!(request instanceof HttpRequest whole)) {
            return;
        }
        if (part instanceof HttpContent content && content.content().isReadable() && !gather(ctx, whole, content)) {
            return;
        }
        if (part instanceof LastHttpContent) {
            byte[] gathered = body == null ? NO_BODY : ByteBufUtil.getBytes(body);
            forgetBody();
            request = null;
            patience.end();
            perform(ctx, whole, routes.answer(whole, gathered, arrival));
        }
    }

    /** Adds to the body; false when it is too large and was refused. */
    private boolean gather(ChannelHandlerContext ctx, HttpRequest whole, HttpContent content) {
        ByteBuf gathered = body;
        int size = content.content().readableBytes() + (gathered == null ? 0 : gathered.readableBytes());
        if (size > routes.bodyMax()) {
            refuseBody(ctx, whole);
            return false;
        }
        if (gathered == null) {
            gathered = ctx.alloc().buffer(Math.min(routes.bodyMax(), 2 * size), routes.bodyMax());
            body = gathered;
        }
        gathered.writeBytes(content.content());
        return true;
    }

    private void refuseBody(ChannelHandlerContext ctx, HttpRequest whole) {
        request = null;
        forgetBody();
        write(ctx, whole, tooLarge(), false);
    }

    private FullHttpResponse tooLarge() {
        return Answers.text(
                HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "The body is larger than " + routes.bodyMax() + " bytes.");
    }

    private void forgetBody() {
        if (body != null) {
            body.release();
            body = null;
        }
    }

    private void perform(ChannelHandlerContext ctx, HttpRequest whole, Reply reply) {
        switch (reply) {
            case Reply.Plain(FullHttpResponse answer) ->
                write(
                        ctx,
                        whole,
                        answer,
                        HttpUtil.isKeepAlive(whole) && !answer.status().equals(HttpResponseStatus.BAD_REQUEST));
            case Reply.Stream stream -> send(ctx, whole, stream);
            case Reply.Upgrade upgrade -> upgrade(ctx, upgrade);
            case Reply.Later later -> {
                Exchange exchange = new Exchange(ctx.channel(), answer -> {
                    waiting = null;
                    if (ctx.channel().isActive()) {
                        perform(ctx, whole, answer);
                    }
                });
                waiting = exchange;
                later.work().accept(exchange);
            }
        }
    }

    /** What is refused before anybody looks at the path; the connection ends with it. */
    private @Nullable FullHttpResponse refusal(HttpRequest head) {
        if (head.decoderResult().isFailure()) {
            return switch (head.decoderResult().cause()) {
                case TooLongHttpHeaderException _ ->
                    Answers.text(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "More than 16 KiB of headers.");
                case TooLongHttpLineException _ ->
                    Answers.text(HttpResponseStatus.REQUEST_URI_TOO_LONG, "The request line is longer than 4 KiB.");
                case null, default -> Answers.text(HttpResponseStatus.BAD_REQUEST, "This is not HTTP/1.1.");
            };
        }
        if (head.headers().size() > HEADERS_MAX) {
            return Answers.text(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "More than 64 headers.");
        }
        boolean probe = routes.isProbe(head);
        FullHttpResponse bodyRefusal = routes.takesBody(head)
                ? refusalOfBody(head.headers())
                : probe ? refusalOfItsBody(head) : refusalOfMethod(head);
        if (bodyRefusal != null) {
            return bodyRefusal;
        }
        int hosts = head.headers().getAll(HttpHeaderNames.HOST).size();
        boolean needsNone = probe && head.protocolVersion().equals(HttpVersion.HTTP_1_0);
        if (hosts > 1 || (hosts == 0 && !needsNone)) {
            return Answers.text(HttpResponseStatus.BAD_REQUEST, "A request needs exactly one Host header.");
        }
        return null;
    }

    private @Nullable FullHttpResponse refusalOfBody(HttpHeaders headers) {
        // Two ways to say where the body ends are a way to smuggle a second request in.
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return Answers.text(HttpResponseStatus.LENGTH_REQUIRED, "A body needs a Content-Length here.");
        }
        if (headers.getAll(HttpHeaderNames.CONTENT_LENGTH).size() > 1) {
            return Answers.text(HttpResponseStatus.BAD_REQUEST, "The body's length is said twice.");
        }
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH, "0");
        if (!length.matches("[0-9]{1,18}")) {
            return Answers.text(HttpResponseStatus.BAD_REQUEST, "The body's length cannot be read.");
        }
        return Long.parseLong(length) > routes.bodyMax() ? tooLarge() : null;
    }

    private static @Nullable FullHttpResponse refusalOfMethod(HttpRequest head) {
        if (!head.method().equals(HttpMethod.GET) && !head.method().equals(HttpMethod.HEAD)) {
            FullHttpResponse answer =
                    Answers.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "Only GET and HEAD are served here.");
            answer.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
            return answer;
        }
        return refusalOfItsBody(head);
    }

    /** Where no request has a body, whatever claims one is a mistake or an attempt to smuggle a second request. */
    private static @Nullable FullHttpResponse refusalOfItsBody(HttpRequest head) {
        return RequestForm.hasBody(head)
                ? Answers.text(HttpResponseStatus.BAD_REQUEST, "A GET request has no body here.")
                : null;
    }

    private void write(ChannelHandlerContext ctx, HttpRequest to, FullHttpResponse answer, boolean keepAlive) {
        HttpUtil.setContentLength(answer, answer.content().readableBytes());
        routes.protect(answer);
        if (to.method().equals(HttpMethod.HEAD)) {
            answer.content().clear();
        }
        if (!keepAlive) {
            answer.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        ChannelFuture written = ctx.writeAndFlush(answer);
        if (keepAlive) {
            patience.start(Patience.NEXT);
        } else {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void send(ChannelHandlerContext ctx, HttpRequest to, Reply.Stream stream) {
        boolean keepAlive = HttpUtil.isKeepAlive(to);
        HttpUtil.setContentLength(stream.head(), stream.body().remainingBytes());
        routes.protect(stream.head());
        if (!keepAlive) {
            stream.head().headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        if (to.method().equals(HttpMethod.HEAD)) {
            stream.body().skip();
        }
        sending = true;
        patience.start(Patience.TAKE);
        ctx.write(stream.head());
        stream.body().start(ctx, new FileSending.Progress() {
            @Override
            public void moved() {
                patience.start(Patience.TAKE);
            }

            @Override
            public void done(ChannelFuture last) {
                sending = false;
                if (keepAlive) {
                    patience.start(Patience.NEXT);
                } else {
                    last.addListener(ChannelFutureListener.CLOSE);
                }
            }
        });
    }

    /** The encoder goes first, so that frames can be written; the decoder last, since it hands on what it has read too far. */
    private void upgrade(ChannelHandlerContext ctx, Reply.Upgrade upgrade) {
        ChannelPipeline pipeline = ctx.pipeline();
        ctx.writeAndFlush(upgrade.accept());
        pipeline.remove(HttpResponseEncoder.class);
        upgrade.opening().accept(ctx.channel());
        pipeline.remove(NoFolding.class);
        pipeline.remove(HttpRequestDecoder.class);
        pipeline.remove(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        patience.end();
        forgetBody();
        if (waiting != null) {
            waiting.connectionGone();
            waiting = null;
        }
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // Resets and failed TLS handshakes are everyday; the rest is a fault of ours and wanted in the log.
        if (cause instanceof RuntimeException && !(cause instanceof DecoderException)) {
            LogEvent.of("request-failed")
                    .with("source", Networks.label(arrival.peer().address()))
                    .to(log, Level.ERROR, cause);
        }
        ctx.close();
    }
}
