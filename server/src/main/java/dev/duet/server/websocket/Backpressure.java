package dev.duet.server.websocket;

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
public final class Backpressure {
    private final Channel channel;
    private final ConnectionLimits limits;
    private final Runnable tooSlow;
    /** Clients this one makes wait: they sent to it, and it does not read. */
    private final List<Backpressure> waiting = new ArrayList<>(0);

    private int pauses;
    private int writabilityChanges;

    /**
     * For one client.
     *
     * @param tooSlow closes the connection
     */
    public Backpressure(Channel channel, ConnectionLimits limits, Runnable tooSlow) {
        this.channel = channel;
        this.limits = limits;
        this.tooSlow = tooSlow;
    }

    /** This client does not keep up: whoever sent to it waits. */
    public void slowDown(Backpressure sender) {
        closeIfOverflowing();
        if (channel.isActive() && !waiting.contains(sender)) {
            waiting.add(sender);
            sender.pause();
        }
    }

    /** Whether more bytes wait for this client than should. */
    public boolean isBehind() {
        return !channel.isWritable();
    }

    /** Closes the connection when more bytes wait for it than may. */
    public void closeIfOverflowing() {
        var outbound = channel.unsafe().outboundBuffer();
        if (outbound != null && outbound.totalPendingWriteBytes() > limits.outboundBytesMax()) {
            tooSlow.run();
        }
    }

    /** The outbound buffer went over its high mark (false) or under its low mark (true). */
    public void writable(boolean writable) {
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

    /** Whoever waits for this client goes on: it keeps up again, or is gone. */
    public void wakeWaiting() {
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
