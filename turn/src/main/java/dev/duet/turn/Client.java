package dev.duet.turn;

import dev.duet.stun.TransportAddress;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of a 5-tuple: where its requests come from and its answers go to.
 *
 * <p>Not thread-safe but for its final fields: owned by one relay shard.
 */
public final class Client {
    private final Transport transport;
    private final TransportAddress address;
    private final int listener;
    private final Object link;
    private @Nullable Allocation allocation;

    /** What carries bytes between the client and the server. */
    public enum Transport {
        UDP,
        TCP,
        TLS;

        /** Whether a source address is proved by a handshake. */
        boolean isConnected() {
            return this != UDP;
        }
    }

    private Client(Transport transport, TransportAddress address, int listener, Object link) {
        this.transport = transport;
        this.address = address;
        this.listener = listener;
        this.link = link;
    }

    /**
     * A client that sends datagrams.
     *
     * @param listener the number of the server's address that it sends to; the same on every shard
     */
    public static Client udp(TransportAddress address, int listener) {
        return new Client(Transport.UDP, address, listener, "udp");
    }

    /**
     * A client with a connection.
     *
     * @param listener the number of the server's address that relayed addresses are to be on
     * @param link the connection, whatever it is to who supplies it
     */
    public static Client connected(Transport transport, TransportAddress address, int listener, Object link) {
        return new Client(transport, address, listener, link);
    }

    public Transport transport() {
        return transport;
    }

    /** Its transport address as the server sees it. */
    public TransportAddress address() {
        return address;
    }

    public int listener() {
        return listener;
    }

    public Object link() {
        return link;
    }

    @Nullable
    Allocation allocation() {
        return allocation;
    }

    void allocation(@Nullable Allocation value) {
        allocation = value;
    }
}
