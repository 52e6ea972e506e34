package dev.duet.server.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The forms that a request may have by RFC 9112, beside the one that browsers send. */
final class RequestForm {
    private static final Pattern ABSOLUTE = Pattern.compile("(?i)https?://([^/?#]*)([^#]*).*");

    private RequestForm() {}

    /** Turns the absolute form into the origin form; the host that it names replaces the header's: RFC 9112, section 3.2.2. */
    static void toOrigin(HttpRequest head) {
        if (head.decoderResult().isFailure() || head.uri().startsWith("/")) {
            return;
        }
        Matcher absolute = ABSOLUTE.matcher(head.uri());
        if (absolute.matches()) {
            String rest = absolute.group(2);
            head.setUri(rest.startsWith("/") ? rest : '/' + rest);
            head.headers().set(HttpHeaderNames.HOST, absolute.group(1));
        }
    }

    static boolean hasBody(HttpRequest head) {
        return head.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                || (head.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
                        && !"0".equals(head.headers().get(HttpHeaderNames.CONTENT_LENGTH)));
    }

    /** Whether the client sends its body only when it is told that it may. */
    static boolean waitsForLeave(HttpRequest head) {
        return HttpUtil.is100ContinueExpected(head) && hasBody(head);
    }

    static FullHttpResponse leave() {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);
    }
}
