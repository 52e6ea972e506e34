package dev.duet.turn;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An allocation (RFC 8656 section 3.2): a client's relayed transport addresses, and whom it may reach by them.
 *
 * <p>Owned by one relay shard, which alone changes it; what is volatile is read by other shards when they hand data over within the process.
 */
public final class Allocation {
    private final Client client;
    private final Identity identity;
    private final byte[] transactionId;
    private final boolean standing;
    private @Nullable Relay ipv4;
    private @Nullable Relay ipv6;
    private volatile Peers peers = Peers.NONE;
    private volatile long expiresNanos;
    private volatile boolean closed;
    private volatile long relayedNanos;

    /**
     * Who it was given to: each later request has to come from the same.
     *
     * @param key the key of the credential at Allocate, which is kept for the allocation's life
     * @param sha256 whether requests are signed with SHA-256
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared; it only carries the key.
    record Identity(String username, byte[] key, boolean sha256, User user) {}

    Allocation(Client client, Identity identity, byte[] transactionId, long nowNanos) {
        this.client = client;
        this.identity = identity;
        this.transactionId = transactionId;
        standing = identity.user().waits();
        relayedNanos = nowNanos;
    }

    Client client() {
        return client;
    }

    Identity identity() {
        return identity;
    }

    public User user() {
        return identity.user();
    }

    /** Whether its user waited for a call when it was made. */
    boolean isStanding() {
        return standing;
    }

    /** Of the Allocate that made it, to know its retransmissions. */
    byte[] transactionId() {
        return transactionId;
    }

    @Nullable
    Relay relay(Family family) {
        return switch (family) {
            case IPV4 -> ipv4;
            case IPV6 -> ipv6;
        };
    }

    void relay(Relay relay) {
        switch (relay.family()) {
            case IPV4 -> ipv4 = relay;
            case IPV6 -> ipv6 = relay;
        }
    }

    /** Takes the relay of this family away. */
    Optional<Relay> withoutRelay(Family family) {
        Optional<Relay> relay = Optional.ofNullable(relay(family));
        switch (family) {
            case IPV4 -> ipv4 = null;
            case IPV6 -> ipv6 = null;
        }
        return relay;
    }

    Peers peers() {
        return peers;
    }

    void peers(Peers value) {
        peers = value;
    }

    void expires(long nanos) {
        expiresNanos = nanos;
    }

    long expires() {
        return expiresNanos;
    }

    boolean isLive(long nowNanos) {
        return !closed && expiresNanos - nowNanos > 0;
    }

    boolean isClosed() {
        return closed;
    }

    void markClosed() {
        closed = true;
    }

    void relayed(long nowNanos) {
        relayedNanos = nowNanos;
    }

    /** When data was relayed last, or when it was made. */
    public long relayedNanos() {
        return relayedNanos;
    }
}
