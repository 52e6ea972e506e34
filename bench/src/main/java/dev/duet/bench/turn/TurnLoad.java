package dev.duet.bench.turn;

import dev.duet.bench.Proc;
import dev.duet.server.relay.UdpSockets;
import dev.duet.server.relay.UdpSocketsFactory;
import dev.duet.stun.TransportAddress;
import dev.duet.turn.Datagram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Data through the allocations of a TURN server: what CPU time a packet costs it. Either a window of packets of each stream is in flight all
 * the time, or packets are sent at a rate, whatever becomes of them.
 */
public final class TurnLoad implements UdpSockets.Receiver {
    private static final double SHARE_MAX = 0.92;
    private static final double LOSS_MAX = 0.1;
    private static final long TURN_NANOS = 1_000_000;
    /** Between rounds of a closed loop, lest the loader's core be the slower one. */
    private static final long PAUSE_NANOS = 100_000;

    private final TurnOptions options;
    private final UdpSockets sockets;
    private final Clients clients;
    private final List<DataStream> streams = new ArrayList<>();
    /** Of a receiving socket. */
    private DataStream[] streamOf = {};

    private final Latencies latencies = new Latencies();
    private long nowNanos;

    private TurnLoad(TurnOptions options, UdpSockets sockets) {
        this.options = options;
        this.sockets = sockets;
        clients = new Clients(sockets, options.port());
    }

    /**
     * Prints one line of figures.
     *
     * @param args {@link TurnOptions}
     */
    public static void main(String[] args) throws IOException {
        TurnOptions options = TurnOptions.parse(args);
        try (UdpSockets sockets =
                UdpSocketsFactory.open(UdpSocketsFactory.Way.BEST).sockets()) {
            TurnLoad load = new TurnLoad(options, sockets);
            load.prepare();
            load.measure();
        }
    }

    private void prepare() throws IOException {
        clients.allocate(options.allocations(), options.credentials());
        List<TurnClient> all = clients.clients();
        if (options.mode() == TurnOptions.Mode.PAIR) {
            clients.await(
                    all, client -> client.bind(all.get(client.socket() ^ 1).relayed()));
        } else {
            for (TurnClient client : all) {
                clients.open(client.socket());
            }
            clients.await(all, client -> client.bind(TransportAddress.of(sockets.local(peerOf(client)))));
        }
        all.forEach(this::addStreams);
        streamOf = new DataStream[2 * all.size()];
        streams.forEach(stream -> streamOf[stream.to().socket()] = stream);
    }

    /** The socket of the peer of this client: opened after all clients', in the same order. */
    private int peerOf(TurnClient client) {
        return options.allocations() + client.socket();
    }

    private void addStreams(TurnClient client) {
        switch (options.mode()) {
            case UP -> addUp(client);
            case DOWN -> addDown(client);
            case BOTH -> {
                addUp(client);
                addDown(client);
            }
            case PAIR ->
                add(
                        new DataStream.End(client.socket(), true),
                        clients.server(),
                        new DataStream.End(client.socket() ^ 1, true));
        }
    }

    private void addUp(TurnClient client) {
        add(new DataStream.End(client.socket(), true), clients.server(), new DataStream.End(peerOf(client), false));
    }

    private void addDown(TurnClient client) {
        add(new DataStream.End(peerOf(client), false), client.relayed(), new DataStream.End(client.socket(), true));
    }

    private void add(DataStream.End from, TransportAddress destination, DataStream.End to) {
        streams.add(new DataStream(sockets, streams.size(), from, destination, to));
    }

    private void measure() throws IOException {
        Proc server = new Proc(options.pid());
        Proc self = new Proc(ProcessHandle.current().pid());
        Pacer pacer = new Pacer(streams, options.shape().parts(), options.rate());
        run(pacer, options.warmUpSeconds());
        latencies.clear();
        long receivedBefore = received();
        long lostBefore = lost();
        long serverBefore = server.threadNanos();
        long selfBefore = self.threadNanos();
        long began = System.nanoTime();
        run(pacer, options.seconds());
        double wall = (System.nanoTime() - began) / 1e9;
        double share = (self.threadNanos() - selfBefore) / 1e9 / wall;
        double serverCpu = (server.threadNanos() - serverBefore) / 1e9;
        long relayed = received() - receivedBefore;
        long lost = lost() - lostBefore;
        long wrong = streams.stream().mapToLong(DataStream::wrong).sum();
        System.out.printf(
                Locale.ROOT,
                "mode=%s shape=%s streams=%d relayed=%d lost=%d wrong=%d per_s=%.0f cpu_ns_per_packet=%.0f"
                        + " server_share=%.2f loader_share=%.2f p50_us=%d p99_us=%d%n",
                options.mode(),
                options.shape(),
                streams.size(),
                relayed,
                lost,
                wrong,
                relayed / wall,
                serverCpu * 1e9 / Math.max(1, relayed),
                serverCpu / wall,
                share,
                latencies.percentileUs(50),
                latencies.percentileUs(99));
        if (wrong > 0) {
            throw new IllegalStateException(wrong + " packets were not as they were sent");
        }
        if (relayed == 0 || lost > relayed * LOSS_MAX) {
            throw new IllegalStateException(lost + " packets lost, " + relayed + " relayed");
        }
        if (share > SHARE_MAX) {
            throw new IllegalStateException("the loader was the bottleneck: " + share + " of its core");
        }
    }

    private long received() {
        return streams.stream().mapToLong(DataStream::received).sum();
    }

    private long lost() {
        return streams.stream().mapToLong(DataStream::lost).sum();
    }

    private void run(Pacer pacer, long seconds) {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        nowNanos = System.nanoTime();
        while (nowNanos < end) {
            long waitNanos = TURN_NANOS;
            if (options.window() > 0) {
                fillWindows(options.shape().parts().getFirst());
                LockSupport.parkNanos(PAUSE_NANOS);
            } else {
                waitNanos = pacer.send(nowNanos);
            }
            sockets.flush();
            nowNanos = System.nanoTime();
            sockets.receive(waitNanos, this);
            nowNanos = System.nanoTime();
        }
    }

    private void fillWindows(Shape.Part part) {
        for (DataStream stream : streams) {
            while (stream.inFlight(nowNanos) + part.packetsMax() <= options.window()) {
                stream.send(part, nowNanos);
            }
        }
    }

    @Override
    public void received(int socket, Datagram datagram) {
        if (StunReply.isOne(datagram)) {
            return;
        }
        long now = System.nanoTime();
        long sentNanos = streamOf[socket].received(datagram, now);
        if (sentNanos >= 0) {
            latencies.add(now - sentNanos);
        }
    }

    @Override
    public void refused(int socket, InetSocketAddress destination, int type, int code) {
        throw new IllegalStateException("nobody listens at " + destination);
    }

    /** Sends each part of each stream when it is due. */
    private static final class Pacer {
        private final List<DataStream> streams;
        private final List<Shape.Part> parts;
        private final long[] periods;
        private final long[] due;

        Pacer(List<DataStream> streams, List<Shape.Part> parts, long rate) {
            this.streams = streams;
            this.parts = parts;
            periods = new long[parts.size()];
            for (int part = 0; part < periods.length; part++) {
                Shape.Part one = parts.get(part);
                periods[part] = one.periodNanos() == Shape.Part.BY_RATE
                        ? 1_000_000_000L * one.packetsMax() * streams.size() / Math.max(1, rate)
                        : one.periodNanos();
            }
            due = new long[streams.size() * periods.length];
            Random random = new Random(1);
            long now = System.nanoTime();
            for (int i = 0; i < due.length; i++) {
                due[i] = now + random.nextLong(periods[i % periods.length]);
            }
        }

        /** Sends what is due; how long it is until something is. */
        long send(long nowNanos) {
            long wait = TURN_NANOS;
            for (int i = 0; i < due.length; i++) {
                if (due[i] <= nowNanos) {
                    int part = i % periods.length;
                    streams.get(i / periods.length).send(parts.get(part), nowNanos);
                    due[i] += periods[part];
                }
                wait = Math.min(wait, due[i] - nowNanos);
            }
            return Math.max(0, wait);
        }
    }
}
