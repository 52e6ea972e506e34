package dev.duet.server.dialect;

import dev.duet.server.rooms.RoomSession;
import dev.duet.server.rooms.RoomShard;
import dev.duet.signaling.Output;
import dev.duet.signaling.RoomName;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;

/**
 * One stay of one client in one room: the session that the room knows. It carries what the room says to the client's event loop.
 *
 * <p>Not thread-safe but for {@link #receive}: owned by the client's event loop.
 */
abstract sealed class Stay implements RoomSession permits CourseStay, DuetStay {
    final RoomShard shard;
    final RoomName room;
    private final EventLoop loop;

    Stay(EventLoop loop, RoomShard shard, RoomName room) {
        this.loop = loop;
        this.shard = shard;
        this.room = room;
    }

    /** Takes what the room says, on the client's event loop. */
    abstract void perform(Output output);

    @Override
    public final void receive(Output output) {
        if (loop.inEventLoop()) {
            perform(output);
        } else if (output instanceof Output.Deliver deliver) {
            ReferenceCountUtil.retain(deliver.payload());
            loop.execute(() -> {
                perform(deliver);
                ReferenceCountUtil.release(deliver.payload());
            });
        } else {
            loop.execute(() -> perform(output));
        }
    }
}
