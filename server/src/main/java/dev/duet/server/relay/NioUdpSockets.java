package dev.duet.server.relay;

import dev.duet.stun.TransportAddress;
import dev.duet.turn.Datagram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * UDP sockets by {@code java.nio}, for platforms whose own calls are not used. A datagram is sent at once: nothing is gained by queueing it.
 *
 * <p>{@link DatagramChannel#receive} makes an address for each datagram whose sender is not that of the socket's previous one. Nothing else is
 * allocated per datagram, as long as no more destinations are in use than are remembered.
 *
 * <p>Nothing is told of ICMP here. Sharing an address needs a platform with SO_REUSEPORT. An IPv6 wildcard socket also takes IPv4.
 * A closed socket's port is free after the next {@link #receive}.
 */
final class NioUdpSockets implements UdpSockets {
    private static final int BATCH_MAX = 256;
    private static final int SOCKET_BATCH_MAX = 64;
    private static final int SPARES = 64;
    private static final int ATTEMPTS = 2;
    private static final int SHARED_BUFFER_BYTES = 4 << 20;
    private static final int RELAY_BUFFER_BYTES = 256 << 10;
    private static final long NANOS_PER_MS = 1_000_000;

    private final Selector selector;
    private final SocketTable<Socket> sockets = new SocketTable<>();
    private final Datagram[] datagrams = new Datagram[BATCH_MAX + SPARES];
    /** The datagrams' memory, with a position and a limit for the channels. */
    private final ByteBuffer[] views = new ByteBuffer[BATCH_MAX + SPARES];

    private final DestinationCache destinations = new DestinationCache();
    private final ArrayDeque<Socket> ready = new ArrayDeque<>();
    /** Made once: a reference to a method of this instance is an allocation. */
    private final Consumer<SelectionKey> onReady = this::isReady;

    private int slotsUsed;
    private int handedOver;
    private int sparesUsed;
    private long dropped;

    private static final class Socket {
        final int number;
        final DatagramChannel channel;
        final InetSocketAddress local;

        @Nullable
        SocketAddress source;

        long sourceHigh;
        long sourceLow;
        int sourcePort;

        Socket(int number, DatagramChannel channel, InetSocketAddress local) {
            this.number = number;
            this.channel = channel;
            this.local = local;
        }

        /** A channel gives the same object again when the same sender sent again. */
        void from(SocketAddress sender) {
            if (sender != source) {
                source = sender;
                TransportAddress address = TransportAddress.of((InetSocketAddress) sender);
                sourceHigh = address.high();
                sourceLow = address.low();
                sourcePort = address.port();
            }
        }
    }

    NioUdpSockets() throws IOException {
        selector = Selector.open();
        for (int slot = 0; slot < datagrams.length; slot++) {
            ByteBuffer memory = ByteBuffer.allocateDirect(Datagram.CAPACITY);
            datagrams[slot] = new Datagram(memory, slot);
            views[slot] = memory.duplicate();
        }
    }

    @Override
    public int open(InetSocketAddress local, boolean shared) throws IOException {
        ProtocolFamily family =
                local.getAddress() instanceof Inet6Address ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        DatagramChannel channel = DatagramChannel.open(family);
        try {
            channel.configureBlocking(false);
            if (shared && channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
                channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            int bytes = shared ? SHARED_BUFFER_BYTES : RELAY_BUFFER_BYTES;
            channel.setOption(StandardSocketOptions.SO_RCVBUF, bytes);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, bytes);
            bind(channel, local);
            int number = sockets.next();
            Socket socket = new Socket(number, channel, (InetSocketAddress) channel.getLocalAddress());
            channel.register(selector, SelectionKey.OP_READ, socket);
            sockets.add(socket);
            return number;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void bind(DatagramChannel channel, InetSocketAddress local) throws BindException {
        try {
            channel.bind(local);
        } catch (IOException e) {
            throw (BindException) new BindException(TransportAddress.of(local) + ": " + e.getMessage()).initCause(e);
        }
    }

    @Override
    public InetSocketAddress local(int socket) {
        return sockets.get(socket).local;
    }

    @Override
    public void close(int socket) {
        try {
            sockets.remove(socket).channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int receive(long timeoutNanos, Receiver receiver) {
        slotsUsed = 0;
        handedOver = 0;
        sparesUsed = 0;
        // A batch that was full may have left some behind.
        if (ready.isEmpty()) {
            select(timeoutNanos);
        }
        while (slotsUsed < BATCH_MAX) {
            Socket socket = ready.poll();
            if (socket == null) {
                break;
            }
            int end = Math.min(BATCH_MAX, slotsUsed + SOCKET_BATCH_MAX);
            // The receiver may close the socket of which it is being told.
            while (slotsUsed < end && sockets.find(socket.number) == socket && receiveOne(socket, receiver)) {}
        }
        return handedOver;
    }

    private void select(long timeoutNanos) {
        try {
            if (timeoutNanos > 0) {
                selector.select(onReady, (timeoutNanos - 1) / NANOS_PER_MS + 1);
            } else {
                selector.selectNow(onReady);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void isReady(SelectionKey key) {
        ready.add((Socket) key.attachment());
    }

    /** Whether there was one. */
    private boolean receiveOne(Socket socket, Receiver receiver) {
        ByteBuffer view = views[slotsUsed];
        // One byte more than is relayed: a channel does not say that a datagram was longer than the room.
        view.clear().position(Datagram.HEADROOM).limit(Datagram.HEADROOM + Datagram.PAYLOAD_BYTES_MAX + 1);
        SocketAddress sender;
        try {
            sender = socket.channel.receive(view);
        } catch (IOException _) {
            // An error that waited for the next call; what has come is still there.
            return false;
        }
        if (sender == null) {
            return false;
        }
        int bytes = view.position() - Datagram.HEADROOM;
        if (bytes > Datagram.PAYLOAD_BYTES_MAX) {
            dropped++;
            return true;
        }
        socket.from(sender);
        handedOver++;
        receiver.received(
                socket.number,
                datagrams[slotsUsed++].received(socket.sourceHigh, socket.sourceLow, socket.sourcePort, bytes));
        return true;
    }

    @Override
    public void send(int socket, long high, long low, int port, Datagram datagram) {
        Socket from = sockets.get(socket);
        int slot = datagram.slot();
        if (slot < 0 || slot >= datagrams.length || datagrams[slot] != datagram) {
            throw new IllegalArgumentException("a datagram of other sockets");
        }
        ByteBuffer view = views[slot];
        view.clear().position(datagram.offset()).limit(datagram.offset() + datagram.length());
        InetSocketAddress destination = destinations.get(high, low, port);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (sendTo(from, destination, view)) {
                return;
            }
        }
        dropped++;
    }

    /** Whether it was sent or there is no use in another try, as there is after an error that was an earlier datagram's. */
    private boolean sendTo(Socket from, InetSocketAddress destination, ByteBuffer view) {
        int bytes = view.remaining();
        try {
            if (from.channel.send(view, destination) == 0 && bytes > 0) {
                dropped++;
            }
            return true;
        } catch (IOException | UnsupportedAddressTypeException | UnresolvedAddressException _) {
            return false;
        }
    }

    @Override
    public void flush() {
        sparesUsed = 0;
    }

    @Override
    public Datagram spare() {
        if (sparesUsed == SPARES) {
            flush();
        }
        return datagrams[BATCH_MAX + sparesUsed++];
    }

    @Override
    public void wakeUp() {
        selector.wakeup();
    }

    @Override
    public String name() {
        return "java.nio";
    }

    @Override
    public long dropped() {
        return dropped;
    }

    @Override
    public void close() {
        if (!selector.isOpen()) {
            return;
        }
        try {
            sockets.forEach(NioUdpSockets::closeQuietly);
            sockets.clear();
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.channel.close();
        } catch (IOException _) {
            // Its descriptor is gone all the same.
        }
    }
}
