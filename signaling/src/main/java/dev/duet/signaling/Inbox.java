package dev.duet.signaling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is on its way to one participant: a stream from each of the others.
 *
 * <p>Not thread-safe: owned by the room's event loop.
 */
final class Inbox {
    /** Something kept, and whose it is. */
    record Waiting(ParticipantId from, Stream.Kept kept) {}

    private final Rooms rooms;
    private final Map<ParticipantId, Stream> streams = new HashMap<>(4);

    Inbox(Rooms rooms) {
        this.rooms = rooms;
    }

    /** The stream from this participant; begun if there was none. */
    Stream from(ParticipantId sender) {
        return streams.computeIfAbsent(sender, _ -> new Stream());
    }

    long accepted(ParticipantId sender) {
        return streams.get(sender) instanceof Stream stream ? stream.accepted() : 0;
    }

    long acknowledged(ParticipantId sender) {
        return streams.get(sender) instanceof Stream stream ? stream.acknowledged() : 0;
    }

    boolean fits(Stream stream, int sizeBytes) {
        return stream.fits(sizeBytes, rooms.limits) && rooms.keptBytes + sizeBytes <= rooms.limits.keptBytesMax();
    }

    void keep(Stream stream, SignalKind kind, Payload payload) {
        stream.keep(kind, payload.kept(), ++rooms.lastArrival);
        rooms.keptBytes += payload.sizeBytes();
    }

    /** The participant has what this sender sent, up to this number; says whether that is news. */
    boolean acknowledge(ParticipantId sender, long seq) {
        Stream stream = streams.get(sender);
        if (stream == null || seq <= stream.acknowledged() || seq > stream.accepted()) {
            return false;
        }
        rooms.keptBytes -= stream.acknowledge(seq);
        return true;
    }

    /** Whether everything after this number can still be sent. */
    boolean canGoOnAfter(ParticipantId sender, long received) {
        return acknowledged(sender) <= received && received <= accepted(sender);
    }

    /** Believes what an earlier process has to have known. */
    void goOnAfter(ParticipantId sender, long received) {
        forget(sender);
        streams.put(sender, Stream.after(received));
    }

    void forget(ParticipantId sender) {
        if (streams.remove(sender) instanceof Stream stream) {
            rooms.keptBytes -= stream.keptBytes();
        }
    }

    void clear() {
        for (ParticipantId sender : List.copyOf(streams.keySet())) {
            forget(sender);
        }
    }

    /** Everything that is kept, in the order in which it came into the room. */
    List<Waiting> waiting() {
        List<Waiting> all = new ArrayList<>();
        streams.forEach((sender, stream) -> stream.kept().forEach(kept -> all.add(new Waiting(sender, kept))));
        all.sort(Comparator.comparingLong(waiting -> waiting.kept.arrival()));
        return all;
    }

    long keptBytes() {
        return streams.values().stream().mapToLong(Stream::keptBytes).sum();
    }

    void checkInvariants(Room room) {
        streams.forEach((sender, stream) -> {
            Rooms.require(room.member(sender) != null, "something is kept of somebody who is not in the room", sender);
            stream.checkInvariants(rooms.limits);
        });
    }
}
