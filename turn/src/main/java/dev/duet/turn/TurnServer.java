package dev.duet.turn;

/**
 * What all shards of one TURN server share. Immutable but for {@link Relays} and what is handed in; thread-safe.
 *
 * @param ownAddresses whether an address (its 128 bits) is one of the machine's, or one under which it is known: data for those never leaves
 *     the process
 * @param secret keys the nonces; at least 16 random bytes
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; it only carries the secret.
public record TurnServer(
        TurnOptions options,
        Credentials credentials,
        PeerPolicy policy,
        OwnAddresses ownAddresses,
        Relays relays,
        byte[] secret) {
    /** Tells the server's own addresses. */
    public interface OwnAddresses {
        boolean contain(long high, long low);

        /** The same of what the machine may have got a moment ago; may ask the system. */
        default boolean containNow(long high, long low) {
            return contain(high, low);
        }
    }
}
