package dev.duet.server.http;

import dev.duet.server.http.Requests.Plain;
import dev.duet.server.http.Requests.Reply;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Optional;

/**
 * All that is served by its name alone, and which path leads to what.
 *
 * <p>Thread-safe.
 */
final class Sites {
    private final String basePath;
    private final Site app = Site.ofClassPath("dev/duet/server/app");
    private final BrowserClients clients = new BrowserClients();

    /**
     * The sites of this class path.
     *
     * @param basePath what stands before every path outside, e.g. {@code /video}
     */
    Sites(String basePath) {
        this.basePath = basePath;
    }

    /** The answer to a GET of this path, which has no base path and no query. */
    Reply answer(String path, HttpHeaders request) {
        Optional<FullHttpResponse> client = clients.answer(path, request);
        if (client.isPresent()) {
            return new Plain(client.get());
        }
        if (app.isEmpty() && path.equals("/")) {
            return text(
                    HttpResponseStatus.OK,
                    "Duet is running, but was built without its page: run 'npm ci && npm run build' in web/"
                            + " and build again.");
        }
        return app.answer(path, request)
                .<Reply>map(Plain::new)
                .orElseGet(() -> text(
                        HttpResponseStatus.NOT_FOUND,
                        "Nothing is here. The page is at " + basePath + "/ and the WebSocket at " + basePath + "/ws.\n"
                                + "这里没有内容。页面在 " + basePath + "/ 。"));
    }

    private static Reply text(HttpResponseStatus status, String sentence) {
        return new Plain(Answers.text(status, sentence));
    }
}
