package dev.duet.server.relay;

import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.duet.stun.TransportAddress;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * How Linux lays out what its socket calls take, on x86-64 and aarch64: where fields are, and how socket addresses are read and written.
 * Pointers are longs here.
 */
final class LinuxStructs {
    /** {@code struct mmsghdr}: a {@code struct msghdr}, and how many bytes were moved. */
    private static final StructLayout MESSAGE = structLayout(
            JAVA_LONG.withName("msg_name"),
            JAVA_INT.withName("msg_namelen"),
            paddingLayout(4),
            JAVA_LONG.withName("msg_iov"),
            JAVA_LONG.withName("msg_iovlen"),
            JAVA_LONG.withName("msg_control"),
            JAVA_LONG.withName("msg_controllen"),
            JAVA_INT.withName("msg_flags"),
            paddingLayout(4),
            JAVA_INT.withName("msg_len"),
            paddingLayout(4));

    static final long MESSAGE_BYTES = MESSAGE.byteSize();
    static final long MESSAGE_NAME = at(MESSAGE, "msg_name");
    static final long MESSAGE_NAME_LENGTH = at(MESSAGE, "msg_namelen");
    static final long MESSAGE_VECTORS = at(MESSAGE, "msg_iov");
    static final long MESSAGE_VECTOR_COUNT = at(MESSAGE, "msg_iovlen");
    static final long MESSAGE_CONTROL = at(MESSAGE, "msg_control");
    static final long MESSAGE_CONTROL_LENGTH = at(MESSAGE, "msg_controllen");
    static final long MESSAGE_FLAGS = at(MESSAGE, "msg_flags");
    static final long MESSAGE_LENGTH = at(MESSAGE, "msg_len");

    private static final StructLayout VECTOR =
            structLayout(JAVA_LONG.withName("iov_base"), JAVA_LONG.withName("iov_len"));
    static final long VECTOR_BYTES = VECTOR.byteSize();
    static final long VECTOR_BASE = at(VECTOR, "iov_base");
    static final long VECTOR_LENGTH = at(VECTOR, "iov_len");

    /** The data follow. */
    private static final StructLayout CONTROL = structLayout(
            JAVA_LONG.withName("cmsg_len"), JAVA_INT.withName("cmsg_level"), JAVA_INT.withName("cmsg_type"));

    static final long CONTROL_LENGTH = at(CONTROL, "cmsg_len");
    static final long CONTROL_LEVEL = at(CONTROL, "cmsg_level");
    static final long CONTROL_TYPE = at(CONTROL, "cmsg_type");
    static final long CONTROL_DATA = CONTROL.byteSize();
    private static final long CONTROL_ALIGNMENT = Long.BYTES;

    /** {@code struct sock_extended_err}: data of a control message of the error queue. */
    private static final StructLayout EXTENDED_ERROR = structLayout(
            JAVA_INT.withName("ee_errno"),
            JAVA_BYTE.withName("ee_origin"),
            JAVA_BYTE.withName("ee_type"),
            JAVA_BYTE.withName("ee_code"),
            JAVA_BYTE.withName("ee_pad"),
            JAVA_INT.withName("ee_info"),
            JAVA_INT.withName("ee_data"));

    static final long ERROR_BYTES = EXTENDED_ERROR.byteSize();
    static final long ERROR_ORIGIN = at(EXTENDED_ERROR, "ee_origin");
    static final long ERROR_TYPE = at(EXTENDED_ERROR, "ee_type");
    static final long ERROR_CODE = at(EXTENDED_ERROR, "ee_code");
    static final int SO_EE_ORIGIN_ICMP = 2;
    static final int SO_EE_ORIGIN_ICMP6 = 3;

    /** {@code struct epoll_event}: x86-64 packs it, for the sake of 32-bit programs; nobody else does. */
    private static final StructLayout EVENT = System.getProperty("os.arch").equals("amd64")
            ? structLayout(JAVA_INT.withName("events"), JAVA_LONG_UNALIGNED.withName("data"))
            : structLayout(JAVA_INT.withName("events"), paddingLayout(4), JAVA_LONG.withName("data"));

    static final long EVENT_BYTES = EVENT.byteSize();
    static final ValueLayout.OfInt EVENT_INT = JAVA_INT_UNALIGNED;
    static final ValueLayout.OfLong EVENT_LONG = JAVA_LONG_UNALIGNED;
    static final long EVENT_EVENTS = at(EVENT, "events");
    static final long EVENT_DATA = at(EVENT, "data");

    /** Room for one socket address of either family; {@code sockaddr_in6} takes 28. */
    static final int ADDRESS_BYTES_MAX = 32;

    private static final int IPV4_ADDRESS_BYTES = 16;
    private static final int IPV6_ADDRESS_BYTES = 28;
    private static final long ADDRESS_FAMILY = 0;
    private static final long ADDRESS_PORT = 2;
    private static final long ADDRESS_IPV4 = 4;
    private static final long ADDRESS_IPV6_FLOW = 4;
    private static final long ADDRESS_IPV6_HIGH = 8;
    private static final long ADDRESS_IPV6_LOW = 16;
    private static final long ADDRESS_IPV6_SCOPE = 24;
    private static final ValueLayout.OfShort NET_SHORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NET_INT = JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong NET_LONG = JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);

    private LinuxStructs() {}

    private static long at(StructLayout struct, String field) {
        return struct.byteOffset(PathElement.groupElement(field));
    }

    /** Where the control message after one of this length begins. */
    static long controlSpace(long length) {
        return (length + CONTROL_ALIGNMENT - 1) & -CONTROL_ALIGNMENT;
    }

    /** Writes a socket address; flow information and scope are 0. Returns its length in bytes. */
    static int writeAddress(MemorySegment memory, long at, long high, long low, int port) {
        memory.set(NET_SHORT, at + ADDRESS_PORT, (short) port);
        if (TransportAddress.isIpv4(high, low)) {
            memory.set(JAVA_SHORT, at + ADDRESS_FAMILY, (short) LinuxSocketCalls.AF_INET);
            memory.set(NET_INT, at + ADDRESS_IPV4, (int) low);
            return IPV4_ADDRESS_BYTES;
        }
        memory.set(JAVA_SHORT, at + ADDRESS_FAMILY, (short) LinuxSocketCalls.AF_INET6);
        memory.set(JAVA_INT, at + ADDRESS_IPV6_FLOW, 0);
        memory.set(NET_LONG, at + ADDRESS_IPV6_HIGH, high);
        memory.set(NET_LONG, at + ADDRESS_IPV6_LOW, low);
        memory.set(JAVA_INT, at + ADDRESS_IPV6_SCOPE, 0);
        return IPV6_ADDRESS_BYTES;
    }

    private static boolean isIpv6(MemorySegment memory, long at) {
        return memory.get(JAVA_SHORT, at + ADDRESS_FAMILY) == LinuxSocketCalls.AF_INET6;
    }

    static long addressHigh(MemorySegment memory, long at) {
        return isIpv6(memory, at) ? memory.get(NET_LONG, at + ADDRESS_IPV6_HIGH) : 0;
    }

    static long addressLow(MemorySegment memory, long at) {
        return isIpv6(memory, at)
                ? memory.get(NET_LONG, at + ADDRESS_IPV6_LOW)
                : TransportAddress.ipv4(memory.get(NET_INT, at + ADDRESS_IPV4));
    }

    static int addressPort(MemorySegment memory, long at) {
        return Short.toUnsignedInt(memory.get(NET_SHORT, at + ADDRESS_PORT));
    }

    static TransportAddress address(MemorySegment memory, long at) {
        return new TransportAddress(addressHigh(memory, at), addressLow(memory, at), addressPort(memory, at));
    }
}
