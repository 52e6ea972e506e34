package dev.duet.engineio;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Packets that wait for a transport, in order. Not thread-safe: owned by its session's event loop. */
final class Outbox {
    private final ArrayDeque<Packet> packets = new ArrayDeque<>(0);
    private int bytes;

    void add(Packet packet) {
        packets.add(packet);
        bytes += packet.data().length;
    }

    boolean isEmpty() {
        return packets.isEmpty();
    }

    boolean isOver(EngineOptions options) {
        return packets.size() > options.queuePacketsMax() || bytes > options.queueBytesMax();
    }

    /** Takes the first one. */
    @Nullable
    Packet next() {
        Packet packet = packets.poll();
        bytes -= packet == null ? 0 : packet.data().length;
        return packet;
    }

    /** Takes all of them. */
    List<Packet> all() {
        List<Packet> all = new ArrayList<>(packets);
        clear();
        return all;
    }

    void clear() {
        packets.clear();
        bytes = 0;
    }
}
