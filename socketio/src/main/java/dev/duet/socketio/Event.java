package dev.duet.socketio;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An event that a client sent. */
public final class Event {
    private final Socket socket;
    private final Args all;
    private final String name;
    private long ackId;

    Event(Socket socket, Args all, long ackId) {
        this.socket = socket;
        this.all = all;
        this.name = String.valueOf(all.value(0));
        this.ackId = ackId;
    }

    /** What kind of event it is; a number given as a name is its decimal digits. */
    public String name() {
        return name;
    }

    /** What it carries. */
    public Args args() {
        return all.from(1);
    }

    /** Whether the client awaits an acknowledgement that it has not got yet. */
    public boolean wantsAck() {
        return ackId != SocketPacket.NO_ACK;
    }

    /**
     * Acknowledges the event if that is awaited, once.
     *
     * @param args as for {@link Emission#of(String, Object...)}
     */
    public void ack(@Nullable Object... args) {
        reply(Emission.written(Arrays.asList(args)));
    }

    /** Acknowledges with arguments that came in. */
    public void ack(Args args) {
        reply(Emission.again(args));
    }

    private void reply(Emission emission) {
        if (wantsAck()) {
            socket.sendReply(emission, ackId);
            ackId = SocketPacket.NO_ACK;
        }
    }

    /** The event as it came, to be sent on to others without a change. */
    public Emission asEmission() {
        return Emission.again(all);
    }
}
