package dev.duet.server.relay;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.duet.turn.Datagram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory of datagrams, each with what {@code recvmmsg} needs to fill it. The first {@code batch} slots are received into; the others are
 * spare.
 *
 * <p>Not thread-safe. Nothing is allocated after the constructor.
 */
final class ReceiveSlots {
    /**
     * From slot to slot: one line of the processor's cache more than a datagram, lest all headers, which lie at the same offset, share a few
     * lines of it.
     */
    private static final long STRIDE_BYTES = Datagram.CAPACITY + 64;

    private static final long ALIGNMENT_BYTES = 64;

    private final MemorySegment memory;
    private final MemorySegment headers;
    private final MemorySegment names;
    private final Datagram[] datagrams;

    ReceiveSlots(Arena arena, int batch, int spare) {
        int slots = batch + spare;
        memory = arena.allocate(STRIDE_BYTES * slots, ALIGNMENT_BYTES);
        headers = arena.allocate(LinuxStructs.MESSAGE_BYTES * batch, Long.BYTES);
        names = arena.allocate((long) LinuxStructs.ADDRESS_BYTES_MAX * batch, Long.BYTES);
        MemorySegment vectors = arena.allocate(LinuxStructs.VECTOR_BYTES * batch, Long.BYTES);
        datagrams = new Datagram[slots];
        for (int slot = 0; slot < slots; slot++) {
            datagrams[slot] = new Datagram(
                    memory.asSlice(slot * STRIDE_BYTES, Datagram.CAPACITY).asByteBuffer(), slot);
        }
        for (int slot = 0; slot < batch; slot++) {
            long vector = slot * LinuxStructs.VECTOR_BYTES;
            vectors.set(JAVA_LONG, vector + LinuxStructs.VECTOR_BASE, address(slot, Datagram.HEADROOM));
            vectors.set(JAVA_LONG, vector + LinuxStructs.VECTOR_LENGTH, Datagram.PAYLOAD_BYTES_MAX);
            long header = slot * LinuxStructs.MESSAGE_BYTES;
            headers.set(JAVA_LONG, header + LinuxStructs.MESSAGE_NAME, names.address() + nameAt(slot));
            headers.set(JAVA_INT, header + LinuxStructs.MESSAGE_NAME_LENGTH, LinuxStructs.ADDRESS_BYTES_MAX);
            headers.set(JAVA_LONG, header + LinuxStructs.MESSAGE_VECTORS, vectors.address() + vector);
            headers.set(JAVA_LONG, header + LinuxStructs.MESSAGE_VECTOR_COUNT, 1);
        }
    }

    private static long nameAt(int slot) {
        return (long) slot * LinuxStructs.ADDRESS_BYTES_MAX;
    }

    Datagram datagram(int slot) {
        return datagrams[slot];
    }

    /** Whether this datagram's memory is here. */
    boolean owns(Datagram datagram) {
        int slot = datagram.slot();
        return slot >= 0 && slot < datagrams.length && datagrams[slot] == datagram;
    }

    /** Where in memory this byte of a slot is. */
    long address(int slot, int offset) {
        return memory.address() + slot * STRIDE_BYTES + offset;
    }

    /** The address of a slot's {@code mmsghdr}; the next slot's follows. */
    long header(int slot) {
        return headers.address() + slot * LinuxStructs.MESSAGE_BYTES;
    }

    /** Whether what was received into this slot was longer than what is relayed. */
    boolean isTruncated(int slot) {
        long header = slot * LinuxStructs.MESSAGE_BYTES;
        return (headers.get(JAVA_INT, header + LinuxStructs.MESSAGE_FLAGS) & LinuxSocketCalls.MSG_TRUNC) != 0;
    }

    /** What was received into this slot; it is ready to be received into again. */
    Datagram received(int slot) {
        long name = nameAt(slot);
        int bytes = headers.get(JAVA_INT, slot * LinuxStructs.MESSAGE_BYTES + LinuxStructs.MESSAGE_LENGTH);
        return datagrams[slot].received(
                LinuxStructs.addressHigh(names, name),
                LinuxStructs.addressLow(names, name),
                LinuxStructs.addressPort(names, name),
                bytes);
    }

    /** The kernel has written the length of the sender's address where the room for it stood. */
    void renew(int slot) {
        long header = slot * LinuxStructs.MESSAGE_BYTES;
        headers.set(JAVA_INT, header + LinuxStructs.MESSAGE_NAME_LENGTH, LinuxStructs.ADDRESS_BYTES_MAX);
    }
}
