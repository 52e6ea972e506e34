package dev.duet.server.relay;

import dev.duet.stun.TransportAddress;
import dev.duet.turn.Datagram;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Keeps copies of what sockets receive. */
final class Inbox implements UdpSockets.Receiver {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long TURN_NANOS = 10_000_000;

    static final class Received {
        private final int socket;
        private final TransportAddress source;
        private final byte[] payload;

        private Received(int socket, TransportAddress source, byte[] payload) {
            this.socket = socket;
            this.source = source;
            this.payload = payload;
        }

        int socket() {
            return socket;
        }

        TransportAddress source() {
            return source;
        }

        byte[] payload() {
            return payload;
        }
    }

    record Refused(int socket, InetSocketAddress destination, int type, int code) {}

    final List<Received> received = new ArrayList<>();
    final List<Refused> refused = new ArrayList<>();
    int largestBatch;

    @Override
    public void received(int socket, Datagram datagram) {
        byte[] payload = new byte[datagram.length()];
        datagram.buffer().get(datagram.offset(), payload);
        received.add(new Received(
                socket,
                new TransportAddress(datagram.sourceHigh(), datagram.sourceLow(), datagram.sourcePort()),
                payload));
    }

    @Override
    public void refused(int socket, InetSocketAddress destination, int type, int code) {
        refused.add(new Refused(socket, destination, type, code));
    }

    List<byte[]> of(int socket) {
        return received.stream()
                .filter(one -> one.socket() == socket)
                .map(Received::payload)
                .toList();
    }

    /** Receives until so many have come, or for a while. */
    void receive(UdpSockets sockets, int count) {
        receiveUntil(sockets, () -> received.size() >= count);
    }

    void receiveUntil(UdpSockets sockets, BooleanSupplier enough) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!enough.getAsBoolean() && System.nanoTime() < end) {
            largestBatch = Math.max(largestBatch, sockets.receive(TURN_NANOS, this));
            sockets.flush();
        }
    }

    /** Receives what is there without waiting. */
    void receiveRest(UdpSockets sockets) {
        while (sockets.receive(0, this) > 0) {
            sockets.flush();
        }
    }
}
