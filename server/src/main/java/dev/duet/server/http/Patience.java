package dev.duet.server.http;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long a connection may take to say what it wants; then it is closed.
 *
 * <p>Not thread-safe: owned by the channel's event loop.
 */
final class Patience {
    /** For the TLS handshake and the first request's headers together. */
    static final Duration FIRST = Duration.ofSeconds(5);

    /** For the next request on a connection that is kept. */
    static final Duration NEXT = Duration.ofSeconds(15);

    /** For the next piece of a file to be taken; a player that has enough for now asks again later. */
    static final Duration TAKE = Duration.ofSeconds(60);

    private final Channel channel;
    private @Nullable Future<?> timer;

    Patience(Channel channel) {
        this.channel = channel;
    }

    void start(Duration duration) {
        end();
        timer = channel.eventLoop().schedule(() -> channel.close(), duration.toMillis(), TimeUnit.MILLISECONDS);
    }

    void end() {
        if (timer instanceof Future<?> running) {
            running.cancel(false);
            timer = null;
        }
    }
}
