package dev.duet.server.http;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits for its answer.
 *
 * <p>Thread-safe, except where it says otherwise.
 */
public final class Exchange {
    private final Channel channel;
    private final Writer writer;
    private boolean answered;
    private @Nullable Runnable aborted;

    /** Writes the answer; called on the channel's event loop. */
    interface Writer {
        void write(Reply reply);
    }

    Exchange(Channel channel, Writer writer) {
        this.channel = channel;
        this.writer = writer;
    }

    /** The connection it came by. */
    public Channel channel() {
        return channel;
    }

    /** Answers it. A second answer is dropped. */
    public void answer(Reply reply) {
        if (channel.eventLoop().inEventLoop()) {
            answerHere(reply);
        } else {
            channel.eventLoop().execute(() -> answerHere(reply));
        }
    }

    private void answerHere(Reply reply) {
        if (!answered) {
            answered = true;
            writer.write(reply);
        }
    }

    /** What to do when the connection goes before the answer; to be called on the channel's event loop, by {@link Reply.Later}'s work. */
    public void onAborted(Runnable action) {
        aborted = action;
    }

    void connectionGone() {
        if (!answered) {
            answered = true;
            if (aborted != null) {
                aborted.run();
            }
        }
    }
}
