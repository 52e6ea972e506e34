package dev.duet.server.relay;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Datagrams that wait for {@code sendmmsg}, in memory the kernel reads as it is. Datagrams of equal length that go from one socket to one
 * destination are one <i>run</i>: one message, whose parts the kernel cuts apart again (UDP_SEGMENT), without a copy here. The last datagram
 * of a run may be shorter. A datagram may join its run although others lie between, but never overtakes one to the same destination.
 *
 * <p>Not thread-safe. Nothing is allocated after the constructor.
 */
final class SendQueue {
    /** What the kernel takes in one message (UDP_MAX_SEGMENTS; newer ones take more). */
    static final int RUN_DATAGRAMS_MAX = 64;

    /** An IP packet holds 65,535 bytes with its headers. */
    static final int RUN_BYTES_MAX = 65_000;

    /** How far back a run is looked for. Clients and peers send a video frame's packets in a row, so that a few are enough. */
    private static final int LOOK_BACK = 16;

    private static final long CONTROL_BYTES = LinuxStructs.controlSpace(LinuxStructs.CONTROL_DATA + Short.BYTES);
    /** More than a run needs, lest the first vectors of all messages share a few lines of the processor's cache. */
    private static final long VECTORS_BYTES = (RUN_DATAGRAMS_MAX + 4) * LinuxStructs.VECTOR_BYTES;

    private final int messagesMax;
    private final MemorySegment headers;
    private final MemorySegment names;
    private final MemorySegment controls;
    private final MemorySegment vectors;
    private final MemorySegment loneHeaders;
    private final int[] sockets;
    private final long[] highs;
    private final long[] lows;
    private final int[] ports;
    private final int[] datagrams;
    private final int[] segmentBytes;
    private final int[] bytes;
    /** Whether a datagram may still join. */
    private final boolean[] open;

    private int messages;
    private boolean joining = true;

    /** @param segmentOption the type of the control message that says how long the parts of a run are */
    SendQueue(Arena arena, int messagesMax, int segmentOption) {
        this.messagesMax = messagesMax;
        headers = arena.allocate(LinuxStructs.MESSAGE_BYTES * messagesMax, Long.BYTES);
        names = arena.allocate((long) LinuxStructs.ADDRESS_BYTES_MAX * messagesMax, Long.BYTES);
        controls = arena.allocate(CONTROL_BYTES * messagesMax, Long.BYTES);
        vectors = arena.allocate(VECTORS_BYTES * messagesMax, Long.BYTES);
        loneHeaders = arena.allocate(LinuxStructs.MESSAGE_BYTES * RUN_DATAGRAMS_MAX, Long.BYTES);
        sockets = new int[messagesMax];
        highs = new long[messagesMax];
        lows = new long[messagesMax];
        ports = new int[messagesMax];
        datagrams = new int[messagesMax];
        segmentBytes = new int[messagesMax];
        bytes = new int[messagesMax];
        open = new boolean[messagesMax];
        for (int message = 0; message < messagesMax; message++) {
            long header = message * LinuxStructs.MESSAGE_BYTES;
            long control = message * CONTROL_BYTES;
            headers.set(JAVA_LONG, header + LinuxStructs.MESSAGE_NAME, names.address() + nameAt(message));
            headers.set(JAVA_LONG, header + LinuxStructs.MESSAGE_VECTORS, vectors.address() + vectorAt(message, 0));
            headers.set(JAVA_LONG, header + LinuxStructs.MESSAGE_CONTROL, controls.address() + control);
            controls.set(JAVA_LONG, control + LinuxStructs.CONTROL_LENGTH, LinuxStructs.CONTROL_DATA + Short.BYTES);
            controls.set(JAVA_INT, control + LinuxStructs.CONTROL_LEVEL, LinuxSocketCalls.SOL_UDP);
            controls.set(JAVA_INT, control + LinuxStructs.CONTROL_TYPE, segmentOption);
        }
    }

    private static long nameAt(int message) {
        return (long) message * LinuxStructs.ADDRESS_BYTES_MAX;
    }

    private static long vectorAt(int message, int datagram) {
        return message * VECTORS_BYTES + datagram * LinuxStructs.VECTOR_BYTES;
    }

    /** Whether datagrams join runs from now on; they do at first. */
    void joining(boolean allowed) {
        joining = allowed;
    }

    boolean isFull() {
        return messages == messagesMax;
    }

    /** Messages, each of which is a run or a lone datagram. */
    int messages() {
        return messages;
    }

    /** Of whose socket a message is; negative when the socket was closed. */
    int socket(int message) {
        return sockets[message];
    }

    int datagrams(int message) {
        return datagrams[message];
    }

    int segmentBytes(int message) {
        return segmentBytes[message];
    }

    /** The address of a message's {@code mmsghdr}; the next message's follows. */
    long header(int message) {
        return headers.address() + message * LinuxStructs.MESSAGE_BYTES;
    }

    /**
     * Finds the message that the next datagram to this destination belongs to, or begins one; {@link #add} must follow. There is room:
     * {@link #isFull} was asked.
     *
     * @param length the datagram's length in bytes
     */
    int message(int socket, long high, long low, int port, int length) {
        if (joining) {
            for (int message = messages - 1, end = Math.max(0, messages - LOOK_BACK); message >= end; message--) {
                if (ports[message] == port
                        && lows[message] == low
                        && highs[message] == high
                        && sockets[message] == socket) {
                    if (fits(message, length)) {
                        return message;
                    }
                    // A later message may not take what an earlier one cannot: it would arrive out of order.
                    break;
                }
            }
        }
        int message = messages++;
        sockets[message] = socket;
        highs[message] = high;
        lows[message] = low;
        ports[message] = port;
        datagrams[message] = 0;
        segmentBytes[message] = length;
        bytes[message] = 0;
        // An empty datagram is none of a run's parts.
        open[message] = length > 0;
        int nameBytes = LinuxStructs.writeAddress(names, nameAt(message), high, low, port);
        long header = message * LinuxStructs.MESSAGE_BYTES;
        headers.set(JAVA_INT, header + LinuxStructs.MESSAGE_NAME_LENGTH, nameBytes);
        headers.set(JAVA_LONG, header + LinuxStructs.MESSAGE_CONTROL_LENGTH, 0);
        return message;
    }

    private boolean fits(int message, int length) {
        return open[message]
                && length > 0
                && length <= segmentBytes[message]
                && datagrams[message] < RUN_DATAGRAMS_MAX
                && bytes[message] + length <= RUN_BYTES_MAX;
    }

    /** Puts a datagram that lies at this address behind the others of the message. */
    void add(int message, long address, int length) {
        int datagram = datagrams[message]++;
        long vector = vectorAt(message, datagram);
        vectors.set(JAVA_LONG, vector + LinuxStructs.VECTOR_BASE, address);
        vectors.set(JAVA_LONG, vector + LinuxStructs.VECTOR_LENGTH, length);
        bytes[message] += length;
        if (length < segmentBytes[message]) {
            open[message] = false;
        }
        long header = message * LinuxStructs.MESSAGE_BYTES;
        headers.set(JAVA_LONG, header + LinuxStructs.MESSAGE_VECTOR_COUNT, datagram + 1);
        if (datagram == 1) {
            headers.set(JAVA_LONG, header + LinuxStructs.MESSAGE_CONTROL_LENGTH, CONTROL_BYTES);
            long control = message * CONTROL_BYTES;
            controls.set(JAVA_SHORT, control + LinuxStructs.CONTROL_DATA, (short) segmentBytes[message]);
        }
    }

    /** Makes a message of each datagram of a run. The address of the first one's {@code mmsghdr}; good until the next call. */
    long apart(int run) {
        int nameBytes = headers.get(JAVA_INT, run * LinuxStructs.MESSAGE_BYTES + LinuxStructs.MESSAGE_NAME_LENGTH);
        for (int datagram = 0; datagram < datagrams[run]; datagram++) {
            long header = datagram * LinuxStructs.MESSAGE_BYTES;
            loneHeaders.set(JAVA_LONG, header + LinuxStructs.MESSAGE_NAME, names.address() + nameAt(run));
            loneHeaders.set(JAVA_INT, header + LinuxStructs.MESSAGE_NAME_LENGTH, nameBytes);
            loneHeaders.set(
                    JAVA_LONG, header + LinuxStructs.MESSAGE_VECTORS, vectors.address() + vectorAt(run, datagram));
            loneHeaders.set(JAVA_LONG, header + LinuxStructs.MESSAGE_VECTOR_COUNT, 1);
        }
        return loneHeaders.address();
    }

    /** What waits for this socket is not sent. */
    void forget(int socket) {
        for (int message = 0; message < messages; message++) {
            if (sockets[message] == socket) {
                sockets[message] = -1;
            }
        }
    }

    void clear() {
        messages = 0;
    }
}
