package dev.duet.server.http;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP of one connection: takes whole requests, which have no body here, and writes their answers in order.
 *
 * <p>Not thread-safe: owned by the channel's event loop.
 */
final class RequestHandler extends SimpleChannelInboundHandler<HttpObject> {
    private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);
    private static final int HEADERS_MAX = 64;

    private final Requests requests;
    private final Arrival arrival;
    private final Patience patience;
    private @Nullable HttpRequest request;
    private boolean sending;

    RequestHandler(Requests requests, Arrival arrival, Patience patience) {
        this.requests = requests;
        this.arrival = arrival;
        this.patience = patience;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
        if (!ctx.channel().isActive()) {
            // Closed by an earlier answer; what was sent behind that request is not looked at.
            return;
        }
        if (part instanceof HttpRequest && (sending || !ctx.channel().isWritable())) {
            // Browsers await one answer before they ask again; who asks without reading would fill our memory with
            // answers.
            ctx.close();
            return;
        }
        if (part instanceof HttpRequest head) {
            FullHttpResponse refusal = refusal(head);
            if (refusal != null) {
                write(ctx, head, refusal, false);
                return;
            }
            request = head;
        }
        if (part instanceof LastHttpContent && request instanceof HttpRequest whole) {
            request = null;
            patience.end();
            switch (requests.answer(whole, arrival)) {
                case Requests.Plain(FullHttpResponse answer) ->
                    write(
                            ctx,
                            whole,
                            answer,
                            HttpUtil.isKeepAlive(whole) && !answer.status().equals(HttpResponseStatus.BAD_REQUEST));
                case Requests.Stream stream -> send(ctx, whole, stream);
                case Requests.Upgrade upgrade -> upgrade(ctx, upgrade);
            }
        }
    }

    /** What is refused before anybody looks at the path; the connection ends with it. */
    private static @Nullable FullHttpResponse refusal(HttpRequest head) {
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
        if (!head.method().equals(HttpMethod.GET) && !head.method().equals(HttpMethod.HEAD)) {
            FullHttpResponse answer =
                    Answers.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "Only GET and HEAD are served here.");
            answer.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
            return answer;
        }
        // No request here has a body, so whatever claims one is a mistake or an attempt to smuggle a second request.
        boolean hasBody = head.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                || (head.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
                        && !"0".equals(head.headers().get(HttpHeaderNames.CONTENT_LENGTH)));
        if (hasBody) {
            return Answers.text(HttpResponseStatus.BAD_REQUEST, "A GET request has no body here.");
        }
        if (head.headers().getAll(HttpHeaderNames.HOST).size() != 1) {
            return Answers.text(HttpResponseStatus.BAD_REQUEST, "A request needs exactly one Host header.");
        }
        return null;
    }

    private void write(ChannelHandlerContext ctx, HttpRequest to, FullHttpResponse answer, boolean keepAlive) {
        HttpUtil.setContentLength(answer, answer.content().readableBytes());
        requests.protect(answer);
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

    private void send(ChannelHandlerContext ctx, HttpRequest to, Requests.Stream stream) {
        boolean keepAlive = HttpUtil.isKeepAlive(to);
        HttpUtil.setContentLength(stream.head(), stream.body().remainingBytes());
        requests.protect(stream.head());
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

    private void upgrade(ChannelHandlerContext ctx, Requests.Upgrade upgrade) {
        ChannelPipeline pipeline = ctx.pipeline();
        ctx.writeAndFlush(upgrade.accept());
        upgrade.opening().open(ctx.channel(), pipeline.context(HttpServerCodec.class));
        pipeline.remove(NoFolding.class);
        pipeline.remove(HttpServerCodec.class);
        pipeline.remove(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        patience.end();
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // Resets and failed TLS handshakes are everyday; the rest is a fault of ours and wanted in the log.
        if (cause instanceof RuntimeException && !(cause instanceof DecoderException)) {
            log.error("event=request-failed source={}", Networks.label(arrival.remote()), cause);
        }
        ctx.close();
    }
}
