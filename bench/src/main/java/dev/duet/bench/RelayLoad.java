package dev.duet.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * Pairs that talk through the server, each with some messages in flight each way: how many messages the server
 * relays for one second of its own CPU time.
 */
public final class RelayLoad {
    private static final long PAUSE_NANOS = 150_000;
    private static final double SHARE_MAX = 0.85;

    private RelayLoad() {}

    /**
     * Prints one line of figures.
     *
     * @param args port, the server's pid, payload bytes, pairs, messages in flight each way, seconds to warm up,
     * seconds to measure
     */
    public static void main(String[] args) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        Proc server = new Proc(Long.parseLong(args[1]));
        int payloadBytes = Integer.parseInt(args[2]);
        int pairs = Integer.parseInt(args[3]);
        int inFlight = Integer.parseInt(args[4]);
        long warmUpSeconds = Long.parseLong(args[5]);
        long seconds = Long.parseLong(args[6]);

        try (Selector selector = Selector.open()) {
            for (LoadClient client : join(address, pairs, payloadBytes)) {
                client.channel.register(selector, SelectionKey.OP_READ, client);
            }
            for (SelectionKey key : selector.keys()) {
                for (int i = 0; i < inFlight; i++) {
                    ((LoadClient) key.attachment()).send();
                }
            }
            relay(selector, warmUpSeconds);
            double serverBefore = server.cpuSeconds();
            double loaderBefore = loaderCpuSeconds();
            long start = System.nanoTime();
            long messages = relay(selector, seconds);
            double wall = (System.nanoTime() - start) / 1e9;
            double serverCpu = server.cpuSeconds() - serverBefore;
            double loaderShare = (loaderCpuSeconds() - loaderBefore) / wall;
            System.out.printf(
                    Locale.ROOT,
                    "payload_bytes=%d messages=%d wall_s=%.2f server_cpu_s=%.2f"
                            + " per_server_cpu_s=%.0f loader_share=%.2f%n",
                    payloadBytes,
                    messages,
                    wall,
                    serverCpu,
                    messages / serverCpu,
                    loaderShare);
            if (loaderShare > SHARE_MAX) {
                throw new IllegalStateException("the loader was the bottleneck: " + loaderShare + " of its core");
            }
        }
    }

    private static List<LoadClient> join(InetSocketAddress address, int pairs, int payloadBytes) throws IOException {
        List<LoadClient> clients = new ArrayList<>();
        for (int pair = 0; pair < pairs; pair++) {
            LoadClient ann = new LoadClient(address, "relay-" + payloadBytes + "-" + pair);
            LoadClient bo = new LoadClient(address, "relay-" + payloadBytes + "-" + pair);
            String boId = ann.awaitOther();
            ann.talkTo(boId, payloadBytes);
            bo.talkTo(ann.id, payloadBytes);
            clients.add(ann);
            clients.add(bo);
        }
        return clients;
    }

    /** Answers every message with the next one, for so long; gives the number relayed. */
    private static long relay(Selector selector, long seconds) throws IOException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        long messages = 0;
        while (System.nanoTime() < end) {
            // A breath between rounds keeps the loader's core below its limit; the server's queue does not run dry.
            LockSupport.parkNanos(PAUSE_NANOS);
            selector.select(100);
            for (SelectionKey key : selector.selectedKeys()) {
                LoadClient client = (LoadClient) key.attachment();
                int came = client.receive();
                messages += came;
                for (int i = 0; i < came; i++) {
                    client.send();
                }
            }
            selector.selectedKeys().clear();
        }
        return messages;
    }

    private static double loaderCpuSeconds() {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime() / 1e9;
    }
}
