package dev.duet.server.rooms;

import dev.duet.signaling.Limits;
import dev.duet.signaling.Output;
import dev.duet.signaling.RoomName;
import dev.duet.signaling.Rooms;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * All rooms of this process, divided among the event loops by the hash of their names.
 *
 * <p>Thread-safe.
 */
public final class RoomShards {
    private final List<RoomShard> shards;

    /**
     * Makes a shard for each loop.
     *
     * @param directories gives the directory for the shard of that number
     * @param gone hears of everybody who left for good, on their room's loop
     */
    public RoomShards(
            List<EventLoop> loops,
            Limits limits,
            Policy policy,
            IntFunction<Directory> directories,
            Consumer<Output.Gone> gone) {
        List<RoomShard> made = new ArrayList<>();
        // Whoever had a seat of an earlier process has as long to come back to it as if the connection alone had been
        // lost.
        long earlierUntil = System.nanoTime() + limits.seatGraceNanos();
        for (int i = 0; i < loops.size(); i++) {
            Rooms rooms = new Rooms(limits, i, loops.size(), earlierUntil);
            made.add(new RoomShard(loops.get(i), rooms, policy, directories.apply(i), gone));
        }
        shards = List.copyOf(made);
    }

    /** The shard that owns this room. */
    public RoomShard of(RoomName room) {
        int hash = room.hashCode();
        return shards.get(Math.floorMod(hash ^ (hash >>> 16), shards.size()));
    }

    /** From now on nobody begins a room: who is the first in one is told to try again later. Seats are resumed, and rooms filled. */
    public void takeNoNewRooms() {
        shards.forEach(RoomShard::takeNoNewRooms);
    }

    /** Rooms of all shards; exact only while nothing happens. */
    public int roomCount() {
        return shards.stream().mapToInt(RoomShard::roomCount).sum();
    }
}
