package dev.duet.server.dialect;

import dev.duet.server.ConnectionLimits;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What happens when a client does not read: whoever sends to it is not read from either, and after a while or over its maximum of bytes it
 * is closed.
 *
 * <p>Not thread-safe: owned by the channel's event loop; that of another client may pause and resume it.
 */
final class Backpressure {
    private final Channel channel;
    private final ConnectionLimits limits;
    private final Runnable tooSlow;
    /** Clients this one makes wait: they sent to it, and it does not read. */
    private final List<Backpressure> waiting = new ArrayList<>(0);

    private int pauses;
    private int writabilityChanges;

    Backpressure(Channel channel, ConnectionLimits limits, Runnable tooSlow) {
        this.channel = channel;
        this.limits = limits;
        this.tooSlow = tooSlow;
    }

    void slowDown(Backpressure sender) {
        closeIfOverflowing();
        if (channel.isActive() && !waiting.contains(sender)) {
            waiting.add(sender);
            sender.pause();
        }
    }

    void closeIfOverflowing() {
        var outbound = channel.unsafe().outboundBuffer();
        if (outbound != null && outbound.totalPendingWriteBytes() > limits.outboundBytesMax()) {
            tooSlow.run();
        }
    }

    void writable(boolean writable) {
        writabilityChanges++;
        if (writable) {
            wakeWaiting();
            return;
        }
        int now = writabilityChanges;
        channel.eventLoop()
                .schedule(
                        () -> {
                            if (channel.isActive() && writabilityChanges == now) {
                                tooSlow.run();
                            }
                        },
                        limits.outboundHighMax().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    void wakeWaiting() {
        waiting.forEach(Backpressure::resume);
        waiting.clear();
    }

    private void pause() {
        onLoop(() -> {
            if (++pauses == 1) {
                channel.config().setAutoRead(false);
            }
        });
    }

    private void resume() {
        onLoop(() -> {
            if (--pauses == 0) {
                channel.config().setAutoRead(true);
            }
        });
    }

    private void onLoop(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
        } else {
            channel.eventLoop().execute(task);
        }
    }
}
