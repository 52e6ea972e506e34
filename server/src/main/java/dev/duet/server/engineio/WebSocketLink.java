package dev.duet.server.engineio;

import dev.duet.engineio.CloseReason;
import dev.duet.engineio.EngineServer;
import dev.duet.engineio.EngineVersion;
import dev.duet.engineio.Link;
import dev.duet.engineio.Packet;
import dev.duet.server.ConnectionLimits;
import dev.duet.server.websocket.Backpressure;
import dev.duet.server.websocket.CloseCode;
import dev.duet.server.websocket.Frames;
import dev.duet.server.websocket.WebSocketHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Arrays;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket between its channel and its session, which may live on another event loop.
 *
 * <p>Thread-safe: {@link Link}'s methods are called on the session's loop, the listener's on the channel's.
 */
final class WebSocketLink implements Link, WebSocketHandler.Listener {
    private final Channel channel;
    private final EngineVersion version;
    private final WebSocketHandler handler;
    private final Backpressure pressure;
    /** Written on the session's loop before anything from the channel gets there. */
    private EngineServer.@Nullable Socket socket;

    private final EngineLoop owner;
    private volatile boolean pinged;

    /**
     * A link between this channel and a session.
     *
     * @param scratch the channel's event loop's array
     * @param owner the session's event loop
     */
    WebSocketLink(Channel channel, EngineVersion version, ConnectionLimits limits, byte[] scratch, EngineLoop owner) {
        this.channel = channel;
        this.owner = owner;
        this.version = version;
        this.handler = new WebSocketHandler(this, scratch, limits.messageBytesMax());
        this.pressure = new Backpressure(channel, limits, () -> close(CloseReason.TOO_SLOW));
    }

    WebSocketHandler handler() {
        return handler;
    }

    Backpressure pressure() {
        return pressure;
    }

    /** The session that this is for; called on its loop. */
    void attach(EngineServer.Socket newSocket) {
        socket = newSocket;
        newSocket.about().ifPresent(client -> ((EngineClient) client).uses(this));
    }

    // ---- to the client ----

    @Override
    public void send(Packet packet) {
        int prefix = packet.prefix(version);
        byte[] data = packet.data();
        int size = data.length + (prefix == Packet.NO_PREFIX ? 0 : 1);
        ByteBuf frame = packet.binary() ? Frames.binary(channel.alloc(), size) : Frames.text(channel.alloc(), size);
        if (prefix != Packet.NO_PREFIX) {
            frame.writeByte(prefix);
        }
        channel.writeAndFlush(frame.writeBytes(data), channel.voidPromise());
        onChannel(pressure::closeIfOverflowing);
    }

    @Override
    public void ping() {
        pinged = true;
        channel.writeAndFlush(Frames.ping(channel.alloc()), channel.voidPromise());
    }

    @Override
    public void close(CloseReason why) {
        CloseCode code = switch (why) {
            case TRANSPORT_CLOSE, FORCED_CLOSE -> CloseCode.NORMAL;
            case TRANSPORT_ERROR, PARSE_ERROR -> CloseCode.PROTOCOL_ERROR;
            case PING_TIMEOUT -> CloseCode.SILENT;
            case TOO_SLOW -> CloseCode.TOO_SLOW;
            case SERVER_SHUTTING_DOWN -> CloseCode.SERVICE_RESTART;
        };
        onChannel(() -> {
            handler.close(channel, code, why.id());
            if (why == CloseReason.PING_TIMEOUT || why == CloseReason.TOO_SLOW) {
                channel.close();
            }
        });
    }

    private void onChannel(Runnable action) {
        if (channel.eventLoop().inEventLoop()) {
            action.run();
        } else {
            channel.eventLoop().execute(action);
        }
    }

    // ---- from the client ----

    @Override
    public void text(byte[] utf8, int length) {
        message(false, utf8, length);
    }

    @Override
    public void binary(byte[] bytes, int length) {
        message(true, bytes, length);
    }

    private void message(boolean binary, byte[] bytes, int length) {
        if (owner.loop.inEventLoop()) {
            deliver(binary, bytes, length);
        } else {
            byte[] copy = Arrays.copyOf(bytes, length);
            owner.loop.execute(() -> deliver(binary, copy, length));
        }
    }

    private void deliver(boolean binary, byte[] bytes, int length) {
        toSession((to, now) -> {
            if (binary) {
                to.binary(bytes, 0, length, now);
            } else {
                to.text(bytes, 0, length, now);
            }
        });
    }

    @Override
    public void heard() {
        if (pinged) {
            pinged = false;
            toSession(EngineServer.Socket::heard);
        }
    }

    @Override
    public void tooLarge() {
        // The close frame says it; the session sees its transport close.
    }

    @Override
    public void writable(boolean writable) {
        pressure.writable(writable);
    }

    @Override
    public void closing(int code) {
        // Whatever the code: the session sees its transport close.
    }

    @Override
    public void closed() {
        pressure.wakeWaiting();
        toSession(EngineServer.Socket::closed);
    }

    private void toSession(ObjLongConsumer<EngineServer.Socket> action) {
        owner.run((_, now) -> {
            if (socket instanceof EngineServer.Socket to) {
                action.accept(to, now);
            }
        });
    }
}
