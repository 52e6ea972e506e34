package dev.duet.turn;

import dev.duet.stun.TransportAddress;
import java.util.Optional;

/** What a shard asks of who carries the bytes. A datagram's bytes stay as they are until they are sent. */
public interface Wire {
    /**
     * A relayed transport address with its socket.
     *
     * @param socket the carrier's number for it
     * @param bound where the socket is bound
     * @param advertised what peers and clients are told; another than {@code bound} behind a NAT
     */
    record RelayAddress(int socket, TransportAddress bound, TransportAddress advertised) {}

    /**
     * Opens a relayed transport address at a random port that {@link Relays#isFree}.
     *
     * @param even whether its port has to be even
     * @return empty when there is no such address or no free port
     */
    Optional<RelayAddress> open(Client client, Family family, boolean even);

    /** Whether relayed addresses of this family can be had. */
    boolean has(Family family);

    /** From now on what comes to this socket is for this relay. */
    void opened(Relay relay);

    void close(Relay relay);

    void toPeer(Relay relay, long high, long low, int port, Datagram datagram);

    void toClient(Client client, Datagram datagram);

    /** The client has an allocation from now on, or has none any more. */
    void allocated(Client client, boolean has);
}
