package dev.duet.server.access;

import dev.duet.server.log.LogEvent;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Whom this server refused something, by cause: counted, and said in the log once a minute for each cause and source, since the log is where
 * somebody looks who was told of people that wait.
 *
 * <p>Thread-safe.
 */
public final class Refusals {
    private static final Logger log = LoggerFactory.getLogger(Refusals.class);
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** More causes and sources in a minute than anybody reads; beyond it they are counted only. */
    private static final int REMEMBERED_MAX = 256;

    private final LongSupplier nanoTime;
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final Map<String, Said> said = new ConcurrentHashMap<>();

    /** When it was said, and how often it came since. */
    private record Said(long atNanos, AtomicLong since) {}

    public Refusals() {
        this(System::nanoTime);
    }

    Refusals(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Somebody was refused something.
     *
     * @param cause a name, one of few; it is the event of the log
     * @param key what {@code about} is
     * @param about who or what was refused, as logs may show it
     * @param fix a sentence for whoever runs the server; what strangers sent must not stand in it unchecked
     */
    public void add(String cause, String key, String about, String fix) {
        counts.computeIfAbsent(cause, _ -> new LongAdder()).increment();
        long now = nanoTime.getAsLong();
        String both = cause + ' ' + about;
        Said before = said.get(both);
        if (before != null && now - before.atNanos < PAUSE_NANOS) {
            before.since.incrementAndGet();
            return;
        }
        if (before == null && said.size() >= REMEMBERED_MAX) {
            said.values().removeIf(it -> now - it.atNanos >= PAUSE_NANOS);
        }
        Said next = new Said(now, new AtomicLong());
        boolean mine = before == null
                ? said.size() < REMEMBERED_MAX && said.putIfAbsent(both, next) == null
                : said.replace(both, before, next);
        if (!mine) {
            return;
        }
        LogEvent event = LogEvent.of(cause).with(key, about).with("fix", fix);
        if (before != null && before.since.get() > 0) {
            event.with("more", before.since.get());
        }
        event.to(log, Level.WARN);
    }

    /** Somebody may not join without a token. */
    public void add(WhyPublic why, String source) {
        add(why.id(), "source", source, why.cause() + ": " + why.fix());
    }

    /** How often, by cause. */
    public Map<String, Long> counts() {
        Map<String, Long> all = new TreeMap<>();
        counts.forEach((cause, count) -> all.put(cause, count.sum()));
        return all;
    }
}
