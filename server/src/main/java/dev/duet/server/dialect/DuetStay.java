package dev.duet.server.dialect;

import dev.duet.server.rooms.RoomShard;
import dev.duet.server.websocket.Backpressure;
import dev.duet.signaling.Output;
import dev.duet.signaling.RoomName;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One stay of one connection in one room.
 */
final class DuetStay extends Stay {
    /** Whether this client numbers its signals and acknowledges what it gets. */
    final boolean numbers;
    /** The participant's id; empty as long as there is no seat. */
    byte[] me = {};

    private final DuetConnection connection;

    DuetStay(DuetConnection connection, EventLoop loop, RoomShard shard, RoomName room, boolean numbers) {
        super(loop, shard, room);
        this.connection = connection;
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
    void perform(Output output) {
        connection.perform(this, output);
    }

    @Override
    public Optional<Backpressure> pressure() {
        return Optional.of(connection.pressure());
    }
}
