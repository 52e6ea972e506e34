package dev.duet.server.http;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells pages of other origins why they may not use this server, and what helps; and once for each origin tells it the log, since the
 * terminal is where somebody looks whose page says nothing.
 *
 * <p>The origin {@code null} cannot be allowed. It is that of a page opened from disk, but just as well that of a sandboxed frame on any
 * site: allowing it would allow everybody.
 *
 * <p>Thread-safe.
 */
final class OriginRefusal {
    private static final Logger log = LoggerFactory.getLogger(OriginRefusal.class);
    private static final int TOLD_MAX = 100;
    private static final Pattern FORM = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]{0,30}://[A-Za-z0-9.:\\[\\]_-]{1,260}");

    private final Once told = new Once(TOLD_MAX);

    /**
     * The refusal.
     *
     * @param origin as the page's browser named it
     * @param here where pages of this server are, e.g. {@code http://localhost:8080/}
     */
    FullHttpResponse answer(String origin, String here) {
        boolean fromDisk = origin.equals("null") || origin.startsWith("file:");
        // Shown as a part of a command that somebody may copy: only what is an origin's form.
        String shown = FORM.matcher(origin).matches() ? origin : "ORIGIN";
        if (told.isNew(fromDisk ? "null" : shown)) {
            log.warn(
                    "event=origin-refused origin={} hint=\"{}\"",
                    fromDisk ? "null" : shown,
                    fromDisk
                            ? "a page opened from disk; start with --pages FOLDER and open it at " + here
                            : "a page of another server; start with --allow-origin " + shown + ", or --pages FOLDER");
        }
        FullHttpResponse answer =
                Answers.text(HttpResponseStatus.FORBIDDEN, fromDisk ? fromDisk(here) : elsewhere(shown, here));
        // Without it the browser would show a message about CORS in place of this text, which is no secret.
        answer.headers().set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        return answer;
    }

    private static String fromDisk(String here) {
        return "origin-refused: this page was opened from disk, and such pages may not use this server."
                + " Start Duet with --pages FOLDER, the folder that the page is in, and open it at " + here + " .\n"
                + "这个页面是直接从磁盘打开的，不能使用本服务器。请用 --pages 文件夹 启动 Duet（页面所在的文件夹），再从 " + here + " 打开它。";
    }

    private static String elsewhere(String origin, String here) {
        boolean known = !origin.equals("ORIGIN");
        return "origin-refused: pages of " + (known ? origin : "another origin")
                + " may not use this server. Whoever runs it can allow them with --allow-origin " + origin
                + " , or serve their folder with --pages FOLDER, at " + here + " .\n"
                + "来自" + (known ? " " + origin + " " : "其他来源") + "的页面不能使用本服务器。管理员可以用 --allow-origin " + origin
                + " 放行，或者用 --pages 文件夹 直接提供这些页面，地址是 " + here + " 。";
    }
}
