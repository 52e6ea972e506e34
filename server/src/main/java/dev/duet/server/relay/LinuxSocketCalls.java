package dev.duet.server.relay;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The system calls of Linux that sockets of a relay need. Each answers with its result, or with the negative error number ({@link Errno}).
 * Pointers are passed as addresses, so that a call costs no check of the memory behind it: whoever calls keeps that memory alive.
 *
 * <p>Plain downcalls on purpose: a critical one would keep the garbage collector waiting, and was measured to be no faster.
 *
 * <p>Not thread-safe, but for {@link #signal}: the error number of a call is kept in the instance.
 */
@SuppressWarnings(
        "restricted") // Calling the platform is what this class is for; UdpSocketsFactory copes with a refusal.
final class LinuxSocketCalls {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_NONBLOCK = 0x800;
    static final int SOCK_CLOEXEC = 0x80000;

    static final int SOL_SOCKET = 1;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_REUSEPORT = 15;
    static final int IPPROTO_IP = 0;
    static final int IP_RECVERR = 11;
    static final int IPPROTO_IPV6 = 41;
    static final int IPV6_RECVERR = 25;
    static final int IPV6_V6ONLY = 26;
    static final int SOL_UDP = 17;
    static final int UDP_SEGMENT = 103;

    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_ERRQUEUE = 0x2000;

    static final int EPOLLIN = 0x1;
    static final int EPOLLERR = 0x8;
    static final int EPOLLET = 0x80000000;
    private static final int EPOLL_CLOEXEC = SOCK_CLOEXEC;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EFD_NONBLOCK = SOCK_NONBLOCK;
    private static final int EFD_CLOEXEC = SOCK_CLOEXEC;

    private static final long NANOS_PER_MS = 1_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = LINKER.defaultLookup();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final long ERRNO_OFFSET =
            Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET = call("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = call("bind", JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            call("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle GETSOCKNAME = call("getsockname", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CLOSE = call("close", JAVA_INT);
    private static final MethodHandle EPOLL_CREATE1 = call("epoll_create1", JAVA_INT);
    private static final MethodHandle EPOLL_CTL = call("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle EPOLL_WAIT = call("epoll_wait", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    private static final @Nullable MethodHandle EPOLL_PWAIT2 = find(
                    "epoll_pwait2", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG)
            .orElse(null);
    private static final MethodHandle RECVMMSG = call("recvmmsg", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle SENDMMSG = call("sendmmsg", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    /** ssize_t, unlike the int of the others. */
    private static final MethodHandle RECVMSG = LINKER.downcallHandle(
            LIBRARY.findOrThrow("recvmsg"), FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT), ERRNO);

    private static final MethodHandle EVENTFD = call("eventfd", JAVA_INT, JAVA_INT);
    /** Without error number: it is called from any thread. */
    private static final MethodHandle WRITE = LINKER.downcallHandle(
            LIBRARY.findOrThrow("write"), FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));

    private final MemorySegment state;
    private final MemorySegment scratch;
    private boolean preciseWait = EPOLL_PWAIT2 != null;

    LinuxSocketCalls(Arena arena) {
        state = arena.allocate(Linker.Option.captureStateLayout());
        scratch = arena.allocate(JAVA_LONG, 2);
    }

    private static MethodHandle call(String name, MemoryLayout... parameters) {
        return find(name, parameters).orElseThrow(() -> new UnsatisfiedLinkError(name));
    }

    private static Optional<MethodHandle> find(String name, MemoryLayout... parameters) {
        return LIBRARY.find(name)
                .map(symbol -> LINKER.downcallHandle(symbol, FunctionDescriptor.of(JAVA_INT, parameters), ERRNO));
    }

    int socket(int family) {
        try {
            int type = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
            return result((int) SOCKET.invokeExact(state, family, type, 0));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    int bind(int descriptor, long address, int bytes) {
        try {
            return result((int) BIND.invokeExact(state, descriptor, address, bytes));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    int setOption(int descriptor, int level, int option, int value) {
        scratch.set(JAVA_INT, 0, value);
        try {
            return result((int) SETSOCKOPT.invokeExact(
                    state, descriptor, level, option, scratch.address(), (int) JAVA_INT.byteSize()));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    int localAddress(int descriptor, long address, int bytesMax) {
        scratch.set(JAVA_INT, 0, bytesMax);
        try {
            return result((int) GETSOCKNAME.invokeExact(state, descriptor, address, scratch.address()));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    int close(int descriptor) {
        try {
            return result((int) CLOSE.invokeExact(state, descriptor));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    int createPoll() {
        try {
            return result((int) EPOLL_CREATE1.invokeExact(state, EPOLL_CLOEXEC));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Closing the descriptor takes it off again. */
    int addToPoll(int poll, int descriptor, long event) {
        try {
            return result((int) EPOLL_CTL.invokeExact(state, poll, EPOLL_CTL_ADD, descriptor, event));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Waits at most so long; to the nanosecond where Linux (5.11) and the C library can, else to the next millisecond. */
    int poll(int poll, long events, int eventsMax, long timeoutNanos) {
        if (preciseWait && timeoutNanos > 0) {
            int result = pollPrecisely(poll, events, eventsMax, timeoutNanos);
            if (result != -Errno.ENOSYS && result != -Errno.EPERM) {
                return result;
            }
            preciseWait = false;
        }
        long ms = timeoutNanos <= 0 ? 0 : (timeoutNanos - 1) / NANOS_PER_MS + 1;
        try {
            return result((int)
                    EPOLL_WAIT.invokeExact(state, poll, events, eventsMax, (int) Math.min(ms, Integer.MAX_VALUE)));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    private int pollPrecisely(int poll, long events, int eventsMax, long timeoutNanos) {
        MethodHandle wait = EPOLL_PWAIT2;
        if (wait == null) {
            return -Errno.ENOSYS;
        }
        scratch.setAtIndex(JAVA_LONG, 0, timeoutNanos / NANOS_PER_SECOND);
        scratch.setAtIndex(JAVA_LONG, 1, timeoutNanos % NANOS_PER_SECOND);
        try {
            return result((int) wait.invokeExact(state, poll, events, eventsMax, scratch.address(), 0L));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    int receive(int descriptor, long headers, int count) {
        try {
            return result((int) RECVMMSG.invokeExact(state, descriptor, headers, count, MSG_DONTWAIT, 0L));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    int send(int descriptor, long headers, int count) {
        try {
            return result((int) SENDMMSG.invokeExact(state, descriptor, headers, count, MSG_DONTWAIT));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** The oldest message of the socket's error queue. */
    int receiveError(int descriptor, long header) {
        try {
            return result((int) (long) RECVMSG.invokeExact(state, descriptor, header, MSG_ERRQUEUE | MSG_DONTWAIT));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    int createSignal() {
        try {
            return result((int) EVENTFD.invokeExact(state, 0, EFD_NONBLOCK | EFD_CLOEXEC));
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Makes a signal's descriptor readable. {@code one} is the address of a long that is 1. */
    static void signal(int descriptor, long one) {
        try {
            // What could fail is a counter that is full, and then it is readable anyway.
            long _ = (long) WRITE.invokeExact(descriptor, one, JAVA_LONG.byteSize());
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    private int result(int value) {
        return value < 0 ? -state.get(JAVA_INT, ERRNO_OFFSET) : value;
    }

    /** A downcall throws nothing of its own. */
    private static IllegalStateException impossible(Throwable e) {
        return new IllegalStateException("a system call was not made", e);
    }
}
