package dev.duet.server.relay;

import dev.duet.turn.Datagram;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * The UDP sockets of one relay shard: received in batches, sent in batches. Two ways to do it: {@link LinuxUdpSockets} with system calls of
 * Linux, {@link NioUdpSockets} everywhere.
 *
 * <p>Nothing is allocated per datagram. Not thread-safe but for {@link #wakeUp}: owned by the shard's thread.
 */
public interface UdpSockets extends AutoCloseable {
    /** Takes what was received; the datagram is the receiver's until {@link #flush} returns. */
    interface Receiver {
        /**
         * A datagram came.
         *
         * @param socket what {@link #open} gave
         */
        void received(int socket, Datagram datagram);

        /**
         * A peer or a router on the way said by ICMP that a datagram did not arrive. Only where the platform tells it.
         *
         * @param type ICMP's type
         * @param code ICMP's code
         */
        void refused(int socket, InetSocketAddress destination, int type, int code);
    }

    /**
     * Opens and binds a socket.
     *
     * @param shared whether other shards bind the same address (SO_REUSEPORT)
     * @return a number of the socket, never negative; small and used again after {@link #close(int)}
     * @throws IOException when the address cannot be bound
     */
    int open(InetSocketAddress local, boolean shared) throws IOException;

    /** The address it is bound to, with the real port. */
    InetSocketAddress local(int socket);

    /** Closes a socket; datagrams that wait to be sent by it are dropped. */
    void close(int socket);

    /**
     * Waits for datagrams at most so long, and hands over a batch of what is there. Returns early after {@link #wakeUp}.
     *
     * @return how many datagrams were handed over
     */
    int receive(long timeoutNanos, Receiver receiver);

    /**
     * Queues the datagram's payload as it is now; its bytes must stay until {@link #flush}. The datagram object itself may be given another
     * payload at once.
     */
    void send(int socket, long high, long low, int port, Datagram datagram);

    /** Sends what is queued; what the kernel does not take is dropped and counted. */
    void flush();

    /** A datagram for what comes from elsewhere, such as TCP clients; there are few, so that it may flush first. */
    Datagram spare();

    /** Ends the wait in {@link #receive}; from any thread. */
    void wakeUp();

    /** How it works, for the log, e.g. {@code recvmmsg, UDP GSO}. */
    String name();

    /** Datagrams that were not sent because the kernel did not take them, or not relayed because they were too large. */
    long dropped();

    @Override
    void close();
}
