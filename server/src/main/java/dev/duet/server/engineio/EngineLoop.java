package dev.duet.server.engineio;

import dev.duet.engineio.EngineServer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one event loop, and their time.
 *
 * <p>Thread-safe: {@link #run} gets everything onto the loop.
 */
final class EngineLoop {
    /** Two characters that name the loop, then 20 random bytes. */
    private static final int RANDOM_BYTES = 20;

    private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";
    static final int LOOPS_MAX = DIGITS.length() * DIGITS.length();

    final EventLoop loop;
    /** Where the WebSockets of this loop unmask their messages. */
    final byte[] scratch;

    private final EngineCore core;
    private @Nullable Future<?> timer;
    private long timerNanos = Long.MAX_VALUE;

    EngineLoop(EventLoop loop, int number, int messageMax, BiFunction<EventLoop, Supplier<String>, EngineCore> cores) {
        this.loop = loop;
        this.scratch = new byte[messageMax];
        SecureRandom random = new SecureRandom();
        String prefix = "" + DIGITS.charAt(number / DIGITS.length()) + DIGITS.charAt(number % DIGITS.length());
        this.core = cores.apply(loop, () -> {
            byte[] bytes = new byte[RANDOM_BYTES];
            random.nextBytes(bytes);
            return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        });
    }

    /** The number of the loop that this id was made on; -1 when it was made on none. */
    static int number(String id) {
        if (id.length() < 2) {
            return -1;
        }
        int high = DIGITS.indexOf(id.charAt(0));
        int low = DIGITS.indexOf(id.charAt(1));
        return high < 0 || low < 0 ? -1 : high * DIGITS.length() + low;
    }

    /** Does something with the sessions, at once when called on the loop. */
    void run(ObjLongConsumer<EngineServer> action) {
        if (loop.inEventLoop()) {
            runHere(action);
        } else {
            loop.execute(() -> runHere(action));
        }
    }

    private void runHere(ObjLongConsumer<EngineServer> action) {
        action.accept(core.engine(), System.nanoTime());
        keepTime();
    }

    /** Sets the timer when something is due earlier than it is set to. */
    void keepTime() {
        long next = core.nextDeadlineNanos();
        if (next == Long.MAX_VALUE || (timer != null && next - timerNanos >= 0)) {
            return;
        }
        if (timer instanceof Future<?> earlier) {
            earlier.cancel(false);
        }
        timerNanos = next;
        timer = loop.schedule(this::timeCame, Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private void timeCame() {
        timer = null;
        core.timePassed(System.nanoTime());
        keepTime();
    }
}
