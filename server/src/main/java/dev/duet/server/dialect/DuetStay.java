package dev.duet.server.dialect;

import dev.duet.server.rooms.RoomSession;
import dev.duet.server.rooms.RoomShard;
import dev.duet.server.websocket.Backpressure;
import dev.duet.signaling.Output;
import dev.duet.signaling.RoomName;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One stay of one connection in one room: the session that the room knows. It carries what the room says to the connection's event loop.
 *
 * <p>Not thread-safe but for {@link #receive}: owned by the connection's event loop.
 */
final class DuetStay implements RoomSession {
    final RoomShard shard;
    final RoomName room;
    /** Whether this client numbers its signals and acknowledges what it gets. */
    final boolean numbers;
    /** The participant's id; empty as long as there is no seat. */
    byte[] me = {};

    private final DuetConnection connection;
    private final EventLoop loop;

    DuetStay(DuetConnection connection, EventLoop loop, RoomShard shard, RoomName room, boolean numbers) {
        this.connection = connection;
        this.loop = loop;
        this.shard = shard;
        this.room = room;
        this.numbers = numbers;
    }

    boolean hasSeat() {
        return me.length > 0;
    }

    /** The participant's id. */
    String id() {
        return new String(me, StandardCharsets.US_ASCII);
    }

    @Override
    public void receive(Output output) {
        if (loop.inEventLoop()) {
            connection.perform(this, output);
        } else if (output instanceof Output.Deliver deliver) {
            ReferenceCountUtil.retain(deliver.payload());
            loop.execute(() -> {
                connection.perform(this, deliver);
                ReferenceCountUtil.release(deliver.payload());
            });
        } else {
            loop.execute(() -> connection.perform(this, output));
        }
    }

    @Override
    public Optional<Backpressure> pressure() {
        return Optional.of(connection.pressure());
    }
}
