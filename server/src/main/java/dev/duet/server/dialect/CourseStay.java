package dev.duet.server.dialect;

import dev.duet.server.rooms.RoomShard;
import dev.duet.server.websocket.Backpressure;
import dev.duet.signaling.Output;
import dev.duet.signaling.ParticipantId;
import dev.duet.signaling.RoomName;
import dev.duet.socketio.Event;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One stay of a course client in one room, and who awaits how its join ends.
 */
final class CourseStay extends Stay {
    /** Joins of one stay that await an acknowledgement: a client that sends again what is not acknowledged yet has a few of them. */
    private static final int ASKED_MAX = 8;

    /** The room as this page named it; that is how it is named to it. */
    final byte[] roomJson;
    /** What page each of the others is; a page that was reloaded is another, though its seat is the same. */
    final Map<ParticipantId, String> instances = new HashMap<>(2);

    private final CourseConnection connection;
    private final List<Event> asked = new ArrayList<>(1);
    private boolean joined;

    CourseStay(CourseConnection connection, EventLoop loop, RoomShard shard, RoomName room, byte[] roomJson) {
        super(loop, shard, room);
        this.connection = connection;
        this.roomJson = roomJson;
    }

    /** A join of this stay, acknowledged when its outcome is known. */
    void asks(Event join) {
        if (joined) {
            join.ack();
        } else if (asked.size() < ASKED_MAX) {
            asked.add(join);
        } else {
            CourseReplies.refuse(join, "already-in-room", "the join is under way; ask once");
        }
    }

    boolean isJoined() {
        return joined;
    }

    void hasSeat() {
        joined = true;
        asked.forEach(Event::ack);
        asked.clear();
    }

    /** There is no seat, or none any more. */
    void hasNoSeat(String code, String fix) {
        asked.forEach(join -> CourseReplies.refuse(join, code, fix));
        asked.clear();
    }

    @Override
    void perform(Output output) {
        connection.perform(this, output);
    }

    @Override
    public Optional<Backpressure> pressure() {
        return connection.engine.pressure();
    }
}
