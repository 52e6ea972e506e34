package dev.duet.bench.turn;

import dev.duet.bench.Proc;
import dev.duet.server.relay.UdpSockets;
import dev.duet.server.relay.UdpSocketsFactory;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Allocations without data: what memory and CPU time each costs the server. Each is a 401, an Allocate and a ChannelBind. */
public final class AllocationLoad {
    private static final int FEW = 1000;
    private static final int MANY = 5000;
    private static final long SETTLE_MS = 2000;

    private AllocationLoad() {}

    /**
     * Prints one line of figures.
     *
     * @param args port, the server's pid, user, password
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Proc server = new Proc(Long.parseLong(args[1]));
        TurnClient.Credentials credentials = new TurnClient.Credentials(args[2], args[3]);
        try (UdpSockets sockets =
                UdpSocketsFactory.open(UdpSocketsFactory.Way.BEST).sockets()) {
            Clients clients = new Clients(sockets, Integer.parseInt(args[0]));
            long empty = server.residentBytes();
            long began = System.nanoTime();
            long cpuBefore = server.threadNanos();
            add(clients, FEW, credentials);
            long few = settled(server);
            add(clients, MANY - FEW, credentials);
            long cpu = server.threadNanos() - cpuBefore;
            double seconds = (System.nanoTime() - began) / 1e9 - SETTLE_MS / 1e3;
            long many = settled(server);
            System.out.printf(
                    Locale.ROOT,
                    "allocations=%d rss_empty_mib=%.1f rss_%d_mib=%.1f rss_%d_mib=%.1f rss_bytes_each=%d"
                            + " cpu_us_each=%.0f per_s=%.0f%n",
                    MANY,
                    empty / 1048576.0,
                    FEW,
                    few / 1048576.0,
                    MANY,
                    many / 1048576.0,
                    (many - few) / (MANY - FEW),
                    cpu / 1e3 / MANY,
                    MANY / seconds);
        }
    }

    private static void add(Clients clients, int count, TurnClient.Credentials credentials) throws IOException {
        int first = clients.clients().size();
        clients.allocate(count, credentials);
        List<TurnClient> added = clients.clients().subList(first, first + count);
        // The peer is the client itself: nothing is ever sent to it.
        clients.await(added, client -> client.bind(client.local()));
    }

    private static long settled(Proc server) throws IOException, InterruptedException {
        Thread.sleep(SETTLE_MS);
        return server.residentBytes();
    }
}
