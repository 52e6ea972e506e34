package dev.duet.server.relay;

import dev.duet.server.log.LogEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The URLs of {@code --relay-url}: asked at start and from time to time whether this relay answers there. What cannot work is not told to
 * clients; a change is one line of the log.
 *
 * <p>Thread-safe.
 */
public final class AdvertisedUrls {
    private static final Logger log = LoggerFactory.getLogger(AdvertisedUrls.class);

    private final RelayServer relay;
    private volatile List<AdvertisedUrl> urls;

    AdvertisedUrls(RelayServer relay, List<String> urls) {
        this.relay = relay;
        this.urls = urls.stream()
                .map(url -> new AdvertisedUrl(url, AdvertisedUrl.State.ANSWERS))
                .toList();
    }

    /** What is known of each. */
    public List<AdvertisedUrl> all() {
        return urls;
    }

    /** Those that clients are told. */
    List<String> usable() {
        return urls.stream()
                .filter(url -> url.state().isUsable())
                .map(AdvertisedUrl::url)
                .toList();
    }

    /** Asks all of them at once; blocks until each has answered or has had its time. */
    synchronized void ask() {
        RelayProbe probe = new RelayProbe(relay.visitorLogin("advertised-url-check"));
        List<AdvertisedUrl> asked = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<AdvertisedUrl>> tasks = urls.stream()
                    .<Callable<AdvertisedUrl>>map(url -> () -> probe.ask(url.url()))
                    .toList();
            for (Future<AdvertisedUrl> answer : threads.invokeAll(tasks)) {
                asked.add(answer.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        for (int i = 0; i < asked.size(); i++) {
            tell(urls.get(i), asked.get(i));
        }
        urls = List.copyOf(asked);
    }

    private static void tell(AdvertisedUrl before, AdvertisedUrl now) {
        if (now.state() == before.state()) {
            return;
        }
        if (now.state() == AdvertisedUrl.State.ANSWERS) {
            LogEvent.of("relay-url-answers").with("url", now.url()).to(log, Level.INFO);
        } else {
            LogEvent.of("relay-url-fails")
                    .with("url", now.url())
                    .with("advertised", now.state().isUsable())
                    .with("fix", now.state().meaning())
                    .to(log, Level.WARN);
        }
    }
}
