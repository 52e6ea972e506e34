package dev.duet.server.relay;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Reads what ICMP said of the datagrams of a socket (IP_RECVERR, IPV6_RECVERR).
 *
 * <p>Not thread-safe.
 */
final class ErrorQueue {
    /** Per call; what is left makes the socket ready again. */
    private static final int MESSAGES_MAX = 64;

    private static final int CONTROL_BYTES = 512;

    private final LinuxSocketCalls calls;
    private final MemorySegment header;
    private final MemorySegment name;
    private final MemorySegment control;

    ErrorQueue(LinuxSocketCalls calls, Arena arena) {
        this.calls = calls;
        header = arena.allocate(LinuxStructs.MESSAGE_BYTES, Long.BYTES);
        name = arena.allocate(LinuxStructs.ADDRESS_BYTES_MAX, Long.BYTES);
        control = arena.allocate(CONTROL_BYTES, Long.BYTES);
        header.set(JAVA_LONG, LinuxStructs.MESSAGE_NAME, name.address());
        header.set(JAVA_LONG, LinuxStructs.MESSAGE_CONTROL, control.address());
        // No vector: what the refused datagram held is not read.
    }

    void read(int descriptor, int socket, UdpSockets.Receiver receiver) {
        for (int message = 0; message < MESSAGES_MAX; message++) {
            header.set(JAVA_INT, LinuxStructs.MESSAGE_NAME_LENGTH, LinuxStructs.ADDRESS_BYTES_MAX);
            header.set(JAVA_LONG, LinuxStructs.MESSAGE_CONTROL_LENGTH, CONTROL_BYTES);
            int result = calls.receiveError(descriptor, header.address());
            if (result < 0 && result != -Errno.EINTR) {
                return;
            }
            // Without a destination nobody could say whom it is about.
            if (result >= 0 && header.get(JAVA_INT, LinuxStructs.MESSAGE_NAME_LENGTH) > 0) {
                handOver(socket, receiver);
            }
        }
    }

    private void handOver(int socket, UdpSockets.Receiver receiver) {
        long end = header.get(JAVA_LONG, LinuxStructs.MESSAGE_CONTROL_LENGTH);
        long at = 0;
        while (at + LinuxStructs.CONTROL_DATA <= end) {
            long length = control.get(JAVA_LONG, at + LinuxStructs.CONTROL_LENGTH);
            if (length < LinuxStructs.CONTROL_DATA || at + length > end) {
                return;
            }
            long error = at + LinuxStructs.CONTROL_DATA;
            if (length >= LinuxStructs.CONTROL_DATA + LinuxStructs.ERROR_BYTES && isError(at) && isIcmp(error)) {
                int type = Byte.toUnsignedInt(control.get(JAVA_BYTE, error + LinuxStructs.ERROR_TYPE));
                int code = Byte.toUnsignedInt(control.get(JAVA_BYTE, error + LinuxStructs.ERROR_CODE));
                receiver.refused(socket, LinuxStructs.address(name, 0).toInetSocketAddress(), type, code);
            }
            at += LinuxStructs.controlSpace(length);
        }
    }

    private boolean isError(long at) {
        int level = control.get(JAVA_INT, at + LinuxStructs.CONTROL_LEVEL);
        int type = control.get(JAVA_INT, at + LinuxStructs.CONTROL_TYPE);
        return switch (level) {
            case LinuxSocketCalls.IPPROTO_IP -> type == LinuxSocketCalls.IP_RECVERR;
            case LinuxSocketCalls.IPPROTO_IPV6 -> type == LinuxSocketCalls.IPV6_RECVERR;
            default -> false;
        };
    }

    /** Not one of this machine's own, such as that a datagram was too long for the path. */
    private boolean isIcmp(long error) {
        int origin = control.get(JAVA_BYTE, error + LinuxStructs.ERROR_ORIGIN);
        return origin == LinuxStructs.SO_EE_ORIGIN_ICMP || origin == LinuxStructs.SO_EE_ORIGIN_ICMP6;
    }
}
