package dev.duet.server.http;

import dev.duet.server.DuetConfig;
import dev.duet.server.log.LogEvent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * All that is served by its name alone, and which path leads to what: Duet's own page at {@code /}, or, when somebody's folder is there, at
 * {@code /duet/}, where it always is as well. The classic pages, which speak Socket.IO, are at {@code /classic/}.
 *
 * <p>Thread-safe.
 */
final class Sites {
    private static final Logger log = LoggerFactory.getLogger(Sites.class);
    private static final String OWN = "/duet/";
    private static final String CLASSIC = "/classic/";

    /** What a folder cannot have at its top, because it is Duet's. */
    private static final List<String> TAKEN =
            List.of("/duet", "/socket.io", "/classic", "/ws", "/trust", "/healthz", "/readyz");

    private final String basePath;
    private final Site app = Site.ofClassPath("dev/duet/server/app");
    private final Site classic = Site.ofClassPath("dev/duet/server/classic");
    private final BrowserClients clients = new BrowserClients();
    private final Optional<Pages> pages;

    /**
     * The sites of a server so configured.
     *
     * @throws dev.duet.server.DuetStartException when there is no folder where one is named
     */
    Sites(DuetConfig config) {
        this.basePath = config.basePath();
        this.pages = config.pages().map(path -> {
            Folder folder = Folder.open(path);
            TAKEN.stream()
                    .filter(name -> !(folder.find(name) instanceof Folder.Nothing))
                    .forEach(name -> LogEvent.of("page-shadowed")
                            .with("file", name)
                            .with("by", "duet")
                            .to(log, Level.WARN));
            return new Pages(folder, config.pagesListing(), new CdnScripts(clients::has), basePath);
        });
    }

    /** A path of Duet's own page as it is without {@code /duet}: {@code /duet/ws} is {@code /ws}. */
    static String ownPath(String path) {
        return path.startsWith(OWN) ? path.substring(OWN.length() - 1) : path;
    }

    /** Whether a path leads into somebody's folder. */
    boolean isOfFolder(String path) {
        return pages.isPresent()
                && !path.startsWith(OWN)
                && !path.startsWith(CLASSIC)
                && !path.startsWith("/socket.io/");
    }

    /** The answer to a GET of this path, which has no base path and no query. */
    Reply answer(String path, HttpRequest request) {
        Optional<FullHttpResponse> client = clients.answer(path, request.headers());
        if (client.isPresent()) {
            return new Reply.Plain(client.get());
        }
        if (path.equals("/duet") || path.equals("/classic")) {
            return new Reply.Plain(Answers.redirect(basePath + path + "/"));
        }
        if (isOfFolder(path)) {
            return pages.orElseThrow().answer(path, request);
        }
        String own = ownPath(path);
        if (app.isEmpty() && own.equals("/")) {
            return text(
                    HttpResponseStatus.OK,
                    "Duet is running, but was built without its page: run 'npm ci && npm run build' in web/"
                            + " and build again.");
        }
        String page = basePath + (pages.isPresent() ? OWN : "/");
        Optional<FullHttpResponse> file = path.startsWith(CLASSIC)
                ? classic.answer(path.substring(CLASSIC.length() - 1), request.headers())
                : app.answer(own, request.headers());
        return file.<Reply>map(Reply.Plain::new)
                .orElseGet(() -> text(
                        HttpResponseStatus.NOT_FOUND,
                        "Nothing is here. The page is at " + page + " and the WebSocket at " + basePath + "/ws.\n"
                                + "这里没有内容。页面在 " + page + " 。"));
    }

    private static Reply text(HttpResponseStatus status, String sentence) {
        return new Reply.Plain(Answers.text(status, sentence));
    }
}
