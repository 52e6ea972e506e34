package dev.duet.netlab;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A TUN device: what the kernel routes to it can be read as IP packets, what is written to it arrives as if from a wire. The
 * device goes when the descriptor is closed, so it cannot outlive the process.
 *
 * <p>Made of six functions of the C library. Not thread-safe: owned by the pump's thread, but {@link #close} may be called by
 * another once that has ended.
 */
final class Tun implements AutoCloseable {
    /** The largest packet the lab carries. */
    static final int MTU_BYTES = 1500;

    private static final int O_RDWR = 0x2;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final long TUNSETIFF = 0x400454caL;
    private static final short IFF_TUN = 0x1;
    private static final short IFF_NO_PI = 0x1000;
    private static final int IFREQ_BYTES = 40;
    private static final int IFREQ_FLAGS_AT = 16;
    private static final int POLLFD_BYTES = 8;
    private static final short POLLIN = 0x1;
    private static final int READ_BYTES = 65_536;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_OF = STATE.varHandle(PathElement.groupElement("errno"));
    private static final MethodHandle OPEN = function(
            "open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), ERRNO, Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL = function(
            "ioctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
            ERRNO,
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle READ =
            function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle PPOLL =
            function("ppoll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(READ_BYTES);
    private final int descriptor;

    private Tun(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Makes the device in the namespace of this process; {@code name} is at most 15 bytes. */
    static Tun open(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int descriptor =
                    (int) OPEN.invokeExact(state, arena.allocateFrom("/dev/net/tun"), O_RDWR | O_NONBLOCK | O_CLOEXEC);
            if (descriptor < 0) {
                throw new NetLabException("cannot open /dev/net/tun (errno " + errno(state) + "). " + NetLab.NEEDS);
            }
            MemorySegment request = arena.allocate(IFREQ_BYTES);
            MemorySegment.copy(
                    MemorySegment.ofArray(name.getBytes(StandardCharsets.US_ASCII)), 0, request, 0, name.length());
            request.set(JAVA_SHORT, IFREQ_FLAGS_AT, (short) (IFF_TUN | IFF_NO_PI));
            int set = (int) IOCTL.invokeExact(state, descriptor, TUNSETIFF, request);
            if (set < 0) {
                int errno = errno(state);
                int _ = (int) CLOSE.invokeExact(descriptor);
                throw new NetLabException(
                        "cannot make the TUN device " + name + " (errno " + errno + "). " + NetLab.NEEDS);
            }
            return new Tun(descriptor);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /** The next packet, or null if there is none now. */
    byte @Nullable [] read() {
        try {
            long length = (long) READ.invokeExact(descriptor, buffer, (long) READ_BYTES);
            return length <= 0 ? null : buffer.asSlice(0, length).toArray(JAVA_BYTE);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /** Hands a packet to the kernel; false if it did not take it. */
    boolean write(byte[] packet) {
        try {
            MemorySegment.copy(packet, 0, buffer, JAVA_BYTE, 0, packet.length);
            return (long) WRITE.invokeExact(descriptor, buffer, (long) packet.length) == packet.length;
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /** Waits until one of the devices has a packet, or the time is over. */
    static void await(List<Tun> devices, long timeoutNanos) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment polls = arena.allocate((long) POLLFD_BYTES * Math.max(1, devices.size()), 8);
            for (int i = 0; i < devices.size(); i++) {
                polls.set(JAVA_INT, (long) i * POLLFD_BYTES, devices.get(i).descriptor);
                polls.set(JAVA_SHORT, (long) i * POLLFD_BYTES + 4, POLLIN);
            }
            MemorySegment timeout = arena.allocate(16, 8);
            timeout.set(JAVA_LONG, 0, timeoutNanos / 1_000_000_000L);
            timeout.set(JAVA_LONG, 8, timeoutNanos % 1_000_000_000L);
            int _ = (int) PPOLL.invokeExact(polls, (long) devices.size(), timeout, MemorySegment.NULL);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public void close() {
        try {
            int _ = (int) CLOSE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw rethrow(e);
        } finally {
            arena.close();
        }
    }

    @SuppressWarnings("restricted") // Calling the C library is this class's purpose.
    private static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
    }

    private static int errno(MemorySegment state) {
        return (int) ERRNO_OF.get(state, 0L);
    }

    private static RuntimeException rethrow(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException runtime
                ? runtime
                : new NetLabException("a call of the C library failed", e);
    }
}
