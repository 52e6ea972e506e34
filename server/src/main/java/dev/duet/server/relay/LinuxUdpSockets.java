package dev.duet.server.relay;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.duet.stun.TransportAddress;
import dev.duet.turn.Datagram;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * UDP sockets by Linux's own calls: {@code recvmmsg} and {@code sendmmsg} move many datagrams at once, and runs of datagrams of equal length
 * to one destination go through the kernel as one (UDP GSO). Sockets are level-triggered in one epoll, so that nothing is lost when a batch is
 * full. All memory the kernel sees lives as long as the instance.
 *
 * <p>Link-local IPv6 addresses cannot be sent to: 128 bits do not say on which link they are.
 */
final class LinuxUdpSockets implements UdpSockets {
    /** Datagrams per batch, over all sockets. */
    private static final int BATCH_MAX = 256;

    /** Datagrams per socket and batch. */
    private static final int SOCKET_BATCH_MAX = 64;

    private static final int SPARES = 64;
    private static final int EVENTS_MAX = 64;
    /** Not a socket's number. */
    private static final long WAKE_UP = -1;

    private static final int SHARED_BUFFER_BYTES = 4 << 20;
    private static final int RELAY_BUFFER_BYTES = 256 << 10;

    private final Arena arena = Arena.ofShared();
    private final LinuxSocketCalls calls = new LinuxSocketCalls(arena);
    private final SocketTable<Socket> sockets = new SocketTable<>();
    private final ReceiveSlots slots = new ReceiveSlots(arena, BATCH_MAX, SPARES);
    private final SendQueue queue;
    private final LinuxSender sender;
    private final ErrorQueue errors = new ErrorQueue(calls, arena);
    private final MemorySegment events = arena.allocate(LinuxStructs.EVENT_BYTES * EVENTS_MAX, Long.BYTES);
    private final MemorySegment event = arena.allocate(LinuxStructs.EVENT_BYTES, Long.BYTES);
    private final MemorySegment name = arena.allocate(LinuxStructs.ADDRESS_BYTES_MAX, Long.BYTES);
    private final MemorySegment one = arena.allocate(JAVA_LONG);
    private final int poll;
    private final int wake;
    private final AtomicBoolean woken = new AtomicBoolean();
    /** Guards {@link #closed} and with it the descriptor that wakes. */
    private final Object wakeLock = new Object();

    private volatile boolean closed;
    private int eventCount;
    private int nextEvent;
    private int sparesUsed;
    private long tooLarge;
    private long misdirected;

    private record Socket(int descriptor, boolean ipv6, boolean shared, InetSocketAddress local) {}

    LinuxUdpSockets() throws IOException {
        this(LinuxSocketCalls.UDP_SEGMENT);
    }

    /** @param segmentOption what asks the kernel to cut a run apart; anything else is refused by it */
    LinuxUdpSockets(int segmentOption) throws IOException {
        queue = new SendQueue(arena, BATCH_MAX + SPARES, segmentOption);
        sender = new LinuxSender(calls, queue);
        one.set(JAVA_LONG, 0, 1);
        int pollDescriptor = -1;
        int wakeDescriptor = -1;
        try {
            pollDescriptor = check(calls.createPoll(), "epoll_create1");
            wakeDescriptor = check(calls.createSignal(), "eventfd");
            // Edge-triggered, so that the counter need not be read.
            watch(pollDescriptor, wakeDescriptor, LinuxSocketCalls.EPOLLIN | LinuxSocketCalls.EPOLLET, WAKE_UP);
        } catch (IOException e) {
            closeIfOpen(pollDescriptor);
            closeIfOpen(wakeDescriptor);
            arena.close();
            throw e;
        }
        poll = pollDescriptor;
        wake = wakeDescriptor;
    }

    @Override
    public int open(InetSocketAddress local, boolean shared) throws IOException {
        TransportAddress address = TransportAddress.of(local);
        boolean ipv6 = local.getAddress() instanceof Inet6Address;
        int family = ipv6 ? LinuxSocketCalls.AF_INET6 : LinuxSocketCalls.AF_INET;
        int descriptor = check(calls.socket(family), "socket");
        int number = -1;
        try {
            set(descriptor, ipv6, shared);
            int bytes = LinuxStructs.writeAddress(name, 0, address.high(), address.low(), address.port());
            int bound = calls.bind(descriptor, name.address(), bytes);
            if (bound < 0) {
                throw new BindException(address + ": " + Errno.text(-bound));
            }
            check(calls.localAddress(descriptor, name.address(), LinuxStructs.ADDRESS_BYTES_MAX), "getsockname");
            InetSocketAddress real = LinuxStructs.address(name, 0).toInetSocketAddress();
            number = sockets.add(new Socket(descriptor, ipv6, shared, real));
            watch(poll, descriptor, LinuxSocketCalls.EPOLLIN, number);
            return number;
        } catch (IOException e) {
            if (number >= 0) {
                sockets.remove(number);
            }
            calls.close(descriptor);
            throw e;
        }
    }

    private void set(int descriptor, boolean ipv6, boolean shared) throws IOException {
        if (ipv6) {
            int only = calls.setOption(descriptor, LinuxSocketCalls.IPPROTO_IPV6, LinuxSocketCalls.IPV6_V6ONLY, 1);
            check(only, "IPV6_V6ONLY");
        }
        if (shared) {
            int reuse = calls.setOption(descriptor, LinuxSocketCalls.SOL_SOCKET, LinuxSocketCalls.SO_REUSEPORT, 1);
            check(reuse, "SO_REUSEPORT");
        } else if (ipv6) {
            calls.setOption(descriptor, LinuxSocketCalls.IPPROTO_IPV6, LinuxSocketCalls.IPV6_RECVERR, 1);
        } else {
            calls.setOption(descriptor, LinuxSocketCalls.IPPROTO_IP, LinuxSocketCalls.IP_RECVERR, 1);
        }
        // The kernel gives what it may.
        int bytes = shared ? SHARED_BUFFER_BYTES : RELAY_BUFFER_BYTES;
        calls.setOption(descriptor, LinuxSocketCalls.SOL_SOCKET, LinuxSocketCalls.SO_RCVBUF, bytes);
        calls.setOption(descriptor, LinuxSocketCalls.SOL_SOCKET, LinuxSocketCalls.SO_SNDBUF, bytes);
    }

    private void watch(int pollDescriptor, int descriptor, int what, long data) throws IOException {
        event.set(LinuxStructs.EVENT_INT, LinuxStructs.EVENT_EVENTS, what);
        event.set(LinuxStructs.EVENT_LONG, LinuxStructs.EVENT_DATA, data);
        check(calls.addToPoll(pollDescriptor, descriptor, event.address()), "epoll_ctl");
    }

    private static int check(int result, String call) throws SocketException {
        if (result < 0) {
            throw new SocketException(call + ": " + Errno.text(-result));
        }
        return result;
    }

    @Override
    public InetSocketAddress local(int socket) {
        return sockets.get(socket).local();
    }

    @Override
    public void close(int socket) {
        queue.forget(socket);
        calls.close(sockets.remove(socket).descriptor());
    }

    @Override
    public int receive(long timeoutNanos, Receiver receiver) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        if (queue.messages() > 0 || sparesUsed > 0) {
            flush();
        }
        // A batch that was full may have left events behind.
        if (nextEvent == eventCount) {
            nextEvent = 0;
            eventCount = Math.max(0, calls.poll(poll, events.address(), EVENTS_MAX, timeoutNanos));
        }
        int used = 0;
        int handedOver = 0;
        while (nextEvent < eventCount && used < BATCH_MAX) {
            long at = nextEvent++ * LinuxStructs.EVENT_BYTES;
            long number = events.get(LinuxStructs.EVENT_LONG, at + LinuxStructs.EVENT_DATA);
            if (number == WAKE_UP) {
                woken.set(false);
                continue;
            }
            // It may have been closed since, and the number may be another's now, which has nothing to say then.
            Socket socket = sockets.find((int) number);
            if (socket == null) {
                continue;
            }
            int what = events.get(LinuxStructs.EVENT_INT, at + LinuxStructs.EVENT_EVENTS);
            if ((what & LinuxSocketCalls.EPOLLERR) != 0 && !socket.shared()) {
                errors.read(socket.descriptor(), (int) number, receiver);
            }
            if (sockets.find((int) number) == socket) {
                int received = receive(socket, used);
                handedOver += handOver((int) number, used, received, receiver);
                used += received;
            }
        }
        return handedOver;
    }

    /** Fills slots from this one on; how many. */
    private int receive(Socket socket, int slot) {
        int count = Math.min(SOCKET_BATCH_MAX, BATCH_MAX - slot);
        int received = calls.receive(socket.descriptor(), slots.header(slot), count);
        if (received < 0 && received != -Errno.EAGAIN) {
            // An error that waited for the next call: told once, and gone.
            received = calls.receive(socket.descriptor(), slots.header(slot), count);
        }
        return Math.max(0, received);
    }

    private int handOver(int number, int from, int count, Receiver receiver) {
        Socket socket = sockets.get(number);
        int handedOver = 0;
        for (int slot = from; slot < from + count; slot++) {
            slots.renew(slot);
            // The receiver may close the socket of which it is being told.
            if (sockets.find(number) == socket) {
                if (slots.isTruncated(slot)) {
                    tooLarge++;
                } else {
                    receiver.received(number, slots.received(slot));
                    handedOver++;
                }
            }
        }
        return handedOver;
    }

    @Override
    public void send(int socket, long high, long low, int port, Datagram datagram) {
        Socket from = sockets.get(socket);
        if (!slots.owns(datagram)) {
            throw new IllegalArgumentException("a datagram of other sockets");
        }
        if (from.ipv6() == TransportAddress.isIpv4(high, low)) {
            misdirected++;
            return;
        }
        if (queue.isFull()) {
            sendAll();
        }
        int message = queue.message(socket, high, low, port, datagram.length());
        queue.add(message, slots.address(datagram.slot(), datagram.offset()), datagram.length());
    }

    @Override
    public void flush() {
        sendAll();
        sparesUsed = 0;
    }

    private void sendAll() {
        int from = 0;
        int end = queue.messages();
        while (from < end) {
            int number = queue.socket(from);
            int to = from + 1;
            while (to < end && queue.socket(to) == number) {
                to++;
            }
            Socket socket = sockets.find(number);
            if (socket != null) {
                sender.send(socket.descriptor(), from, to);
            }
            from = to;
        }
        queue.clear();
    }

    @Override
    public Datagram spare() {
        if (sparesUsed == SPARES) {
            flush();
        }
        return slots.datagram(BATCH_MAX + sparesUsed++);
    }

    @Override
    public void wakeUp() {
        if (woken.compareAndSet(false, true)) {
            synchronized (wakeLock) {
                if (!closed) {
                    LinuxSocketCalls.signal(wake, one.address());
                }
            }
        }
    }

    @Override
    public String name() {
        return sender.segments() ? "recvmmsg, UDP GSO" : "recvmmsg";
    }

    @Override
    public long dropped() {
        return tooLarge + misdirected + sender.dropped();
    }

    @Override
    public void close() {
        synchronized (wakeLock) {
            if (closed) {
                return;
            }
            closed = true;
        }
        queue.clear();
        sockets.forEach(socket -> calls.close(socket.descriptor()));
        sockets.clear();
        calls.close(poll);
        calls.close(wake);
        arena.close();
    }

    private void closeIfOpen(int descriptor) {
        if (descriptor >= 0) {
            calls.close(descriptor);
        }
    }
}
