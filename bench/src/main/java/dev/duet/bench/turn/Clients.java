package dev.duet.bench.turn;

import dev.duet.server.relay.UdpSockets;
import dev.duet.stun.TransportAddress;
import dev.duet.turn.Datagram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Clients of one TURN server, each of a /24 of its own: servers limit what they do for one network. */
final class Clients implements UdpSockets.Receiver {
    /** Requests that wait for an answer at once. */
    private static final int AT_ONCE = 32;

    private static final long TURN_NANOS = 1_000_000;
    private static final int NETWORKS = 250;

    private final UdpSockets sockets;
    private final TransportAddress server;
    private final List<TurnClient> clients = new ArrayList<>();

    Clients(UdpSockets sockets, int port) {
        this.sockets = sockets;
        server = new TransportAddress(0, TransportAddress.ipv4(0x7f00_0001), port);
    }

    TransportAddress server() {
        return server;
    }

    List<TurnClient> clients() {
        return clients;
    }

    /** Allocations of an earlier run live on: another run has other addresses. */
    private static final int OF_THIS_RUN = 1 + (int) (ProcessHandle.current().pid() % 200);

    /** Opens a socket in the network of this number. */
    int open(int number) throws IOException {
        int network = number % (NETWORKS * NETWORKS);
        byte[] address = {127, (byte) (OF_THIS_RUN + network / NETWORKS), (byte) (network % NETWORKS), 1};
        return sockets.open(new InetSocketAddress(InetAddress.getByAddress(address), 0), false);
    }

    /** So many more clients with an allocation each. */
    void allocate(int count, TurnClient.Credentials credentials) throws IOException {
        List<TurnClient> added = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int socket = open(clients.size());
            // One number is one client.
            if (socket != clients.size()) {
                throw new IllegalStateException("socket " + socket + " is client " + clients.size());
            }
            TurnClient client = new TurnClient(sockets, socket, server, credentials);
            clients.add(client);
            added.add(client);
        }
        await(added, TurnClient::allocate);
    }

    /** Lets each of these ask, and waits for the answers. */
    void await(List<TurnClient> asking, Consumer<TurnClient> ask) {
        List<TurnClient> waiting = new ArrayList<>();
        int next = 0;
        while (next < asking.size() || !waiting.isEmpty()) {
            while (next < asking.size() && waiting.size() < AT_ONCE) {
                TurnClient client = asking.get(next++);
                ask.accept(client);
                waiting.add(client);
            }
            sockets.flush();
            sockets.receive(TURN_NANOS, this);
            sockets.flush();
            long now = System.nanoTime();
            waiting.forEach(client -> client.repeat(now));
            waiting.removeIf(client -> !client.waits());
        }
    }

    @Override
    public void received(int socket, Datagram datagram) {
        if (socket < clients.size() && StunReply.isOne(datagram)) {
            byte[] message = new byte[datagram.length()];
            datagram.buffer().get(datagram.offset(), message);
            clients.get(socket).answered(message);
        }
    }

    @Override
    public void refused(int socket, InetSocketAddress destination, int type, int code) {
        throw new IllegalStateException("nobody listens at " + destination);
    }
}
