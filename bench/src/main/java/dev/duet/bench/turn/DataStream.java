package dev.duet.bench.turn;

import dev.duet.server.relay.UdpSockets;
import dev.duet.stun.TransportAddress;
import dev.duet.turn.Datagram;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * Numbered packets that go one way through the server, and are verified where they arrive: each byte, and their order.
 *
 * <pre>
 *   stream (4) | number (4) | time it was sent, ns (8) | bytes that follow from stream and number
 * </pre>
 */
final class DataStream {
    private static final int HEADER_BYTES = 16;
    private static final int CHANNEL_HEADER_BYTES = 4;
    private static final long SPREAD = 0x9e3779b97f4a7c15L;
    /** What has not come so long after the last that did is lost. */
    private static final long LOST_NANOS = 200_000_000;

    private final UdpSockets sockets;
    private final int id;
    private final End from;
    private final TransportAddress destination;
    private final End to;
    private final Random random;
    private int sent;
    private int expected;
    private long heardNanos;
    private long received;
    private long lost;
    private long wrong;

    /**
     * One end of it.
     *
     * @param socket whose it is
     * @param channel whether data are in a channel there
     */
    record End(int socket, boolean channel) {}

    DataStream(UdpSockets sockets, int id, End from, TransportAddress destination, End to) {
        this.sockets = sockets;
        this.id = id;
        this.from = from;
        this.destination = destination;
        this.to = to;
        random = new Random(id);
    }

    End to() {
        return to;
    }

    long received() {
        return received;
    }

    long lost() {
        return lost;
    }

    long wrong() {
        return wrong;
    }

    /** What was sent and has not come; what is late for too long is lost. */
    int inFlight(long nowNanos) {
        if (sent != expected && nowNanos - heardNanos > LOST_NANOS) {
            lost += sent - expected;
            expected = sent;
        }
        return sent - expected;
    }

    /** Queues the packets of one part of a shape; how many. */
    int send(Shape.Part part, long nowNanos) {
        if (sent == expected) {
            heardNanos = nowNanos;
        }
        int packets = part.packetsMin() + random.nextInt(part.packetsMax() - part.packetsMin() + 1);
        boolean varied = part.packetsMax() > part.packetsMin();
        for (int packet = 1; packet <= packets; packet++) {
            boolean shorter = varied && packet == packets;
            send(shorter ? HEADER_BYTES + random.nextInt(part.bytes() - HEADER_BYTES) : part.bytes(), nowNanos);
        }
        return packets;
    }

    private void send(int bytes, long nowNanos) {
        Datagram datagram = sockets.spare();
        ByteBuffer buffer = datagram.buffer();
        int at = Datagram.HEADROOM;
        if (from.channel()) {
            buffer.putShort(at, (short) TurnClient.CHANNEL).putShort(at + 2, (short) bytes);
            at += CHANNEL_HEADER_BYTES;
        }
        int end = at + bytes;
        buffer.putInt(at, id).putInt(at + 4, sent).putLong(at + 8, nowNanos);
        long value = first(sent);
        for (at += HEADER_BYTES; at + Long.BYTES <= end; at += Long.BYTES) {
            buffer.putLong(at, value);
            value += SPREAD;
        }
        for (; at < end; at++) {
            buffer.put(at, (byte) value);
        }
        datagram.payload(Datagram.HEADROOM, end - Datagram.HEADROOM);
        sockets.send(from.socket(), destination.high(), destination.low(), destination.port(), datagram);
        sent++;
    }

    private long first(int number) {
        return ((((long) id) << Integer.SIZE) | number) * SPREAD;
    }

    /** Verifies a packet. When it was sent, or a negative number for what is not one of this stream's. */
    long received(Datagram datagram, long nowNanos) {
        ByteBuffer buffer = datagram.buffer();
        int at = datagram.offset();
        int end = at + datagram.length();
        if (to.channel()) {
            // A server may pad on UDP, too.
            int length = datagram.length() < CHANNEL_HEADER_BYTES ? 0 : Short.toUnsignedInt(buffer.getShort(at + 2));
            at += CHANNEL_HEADER_BYTES;
            if (at + length > end || buffer.getShort(datagram.offset()) != TurnClient.CHANNEL) {
                wrong++;
                return -1;
            }
            end = at + length;
        }
        if (end - at < HEADER_BYTES || buffer.getInt(at) != id || !isWhole(buffer, at, end)) {
            wrong++;
            return -1;
        }
        int number = buffer.getInt(at + 4);
        if (number - expected < 0) {
            // It was given up for lost, or came twice or out of order; on loopback it is late.
            return -1;
        }
        lost += number - expected;
        expected = number + 1;
        heardNanos = nowNanos;
        received++;
        return buffer.getLong(at + 8);
    }

    private boolean isWhole(ByteBuffer buffer, int from, int end) {
        long value = first(buffer.getInt(from + 4));
        int at = from + HEADER_BYTES;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            if (buffer.getLong(at) != value) {
                return false;
            }
            value += SPREAD;
        }
        for (; at < end; at++) {
            if (buffer.get(at) != (byte) value) {
                return false;
            }
        }
        return true;
    }
}
