package dev.duet.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Pairs that talk through the server, each with some messages in flight each way: how many messages the server
 * relays for one second of its own CPU time.
 */
public final class RelayLoad {
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

        ClosedLoop loop = new ClosedLoop(server, inFlight, warmUpSeconds, seconds);
        loop.measure(join(address, pairs, payloadBytes), "payload_bytes=" + payloadBytes);
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
}
