package dev.duet.server.dialect;

import dev.duet.server.rooms.RoomSession;
import dev.duet.server.rooms.RoomShard;
import dev.duet.signaling.Output;
import dev.duet.signaling.ParticipantId;
import dev.duet.signaling.RoomName;
import io.netty.channel.EventLoop;

/**
 * One look of one connection into one room: a session without a seat.
 *
 * <p>Not thread-safe but for {@link #receive}: owned by the connection's event loop.
 */
final class DuetLook implements RoomSession {
    final RoomShard shard;
    final RoomName room;
    /** Who will have joined if a join follows: what the relay does for this visitor it goes on doing for that participant. */
    final ParticipantId id;
    /** Whether the room has let it in. */
    boolean admitted;

    private final DuetLobby lobby;
    private final EventLoop loop;

    DuetLook(DuetLobby lobby, EventLoop loop, RoomShard shard, RoomName room, ParticipantId id) {
        this.lobby = lobby;
        this.loop = loop;
        this.shard = shard;
        this.room = room;
        this.id = id;
    }

    @Override
    public void receive(Output output) {
        if (loop.inEventLoop()) {
            lobby.perform(this, output);
        } else {
            loop.execute(() -> lobby.perform(this, output));
        }
    }
}
