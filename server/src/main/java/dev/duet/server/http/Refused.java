package dev.duet.server.http;

import dev.duet.server.access.Authority;
import dev.duet.server.access.Client;
import dev.duet.server.access.Networks;
import dev.duet.server.access.Refusals;
import dev.duet.server.access.WhyPublic;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.regex.Pattern;

/**
 * Tells who is refused at the door why, and what helps; and tells it the log, since the terminal is where somebody looks whose page says
 * nothing.
 *
 * <p>Thread-safe.
 */
final class Refused {
    private static final Pattern FORM = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]{0,30}://[A-Za-z0-9.:\\[\\]_-]{1,260}");

    private final Refusals refusals;
    /** What has to be given beside a proxy's address, so that those behind it may join. */
    private final String alsoAnonymous;

    Refused(Refusals refusals, boolean anonymous) {
        this.refusals = refusals;
        this.alsoAnonymous = anonymous ? "" : " --anonymous";
    }

    /**
     * A page of another origin. The origin {@code null} cannot be allowed: it is that of a page opened from disk, but just as well that of a
     * sandboxed frame on any site, and allowing it would allow everybody.
     *
     * @param origin as the page's browser named it
     * @param here where pages of this server are, e.g. {@code http://localhost:8080/}
     */
    Reply origin(String origin, String here) {
        boolean fromDisk = origin.equals("null") || origin.startsWith("file:");
        // Shown as a part of a command that somebody may copy: only what is an origin's form.
        String shown = FORM.matcher(origin).matches() ? origin : "ORIGIN";
        refusals.add(
                "origin-refused",
                "origin",
                fromDisk ? "null" : shown,
                fromDisk
                        ? "a page opened from disk; start with --pages FOLDER and open it at " + here
                        : "a page of another server; start with --allow-origin " + shown + ", or --pages FOLDER");
        FullHttpResponse answer =
                Answers.text(HttpResponseStatus.FORBIDDEN, fromDisk ? fromDisk(here) : elsewhere(shown, here));
        // Without it the browser would show a message about CORS in place of this text, which is no secret.
        answer.headers().set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        return new Reply.Plain(answer);
    }

    /** A host that is none of this server's names. */
    Reply host(Authority host, Client client) {
        String proxy = client.address().getHostAddress();
        refusals.add(
                "host-refused",
                "host",
                host.host(),
                "none of this server's names: add it with --allow-origin https://" + host.host()
                        + ", or name the proxy in front with --trusted-proxy " + proxy);
        return text("host-refused: " + host.host() + " is none of this server's names. Whoever runs it can add it with "
                + "--allow-origin https://" + host.host() + ", or name its proxy with --trusted-proxy " + proxy + " .");
    }

    /** A proxy or tunnel that nobody has named: whoever is behind it cannot be sent to a port of this server. */
    Reply proxy(Client client) {
        String option = "--trusted-proxy " + client.address().getHostAddress() + alsoAnonymous;
        refusals.add(
                WhyPublic.UNTRUSTED_PROXY.id(),
                "source",
                Networks.label(client.address()),
                WhyPublic.UNTRUSTED_PROXY.cause() + ": start with " + option);
        return text("untrusted-proxy: " + WhyPublic.UNTRUSTED_PROXY.cause() + ". Whoever runs it can start it with "
                + option + " .\n这个请求经过了一个服务器尚未信任的代理或隧道。管理员可以在启动时加上 " + option + " 。");
    }

    private static Reply text(String sentence) {
        return new Reply.Plain(Answers.text(HttpResponseStatus.MISDIRECTED_REQUEST, sentence));
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
