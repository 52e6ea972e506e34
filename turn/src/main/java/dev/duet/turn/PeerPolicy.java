package dev.duet.turn;

import static dev.duet.stun.TransportAddress.ipv4;
import static dev.duet.stun.TransportAddress.isIpv4;

import java.util.List;

/**
 * Which addresses a peer may have. Nothing private, local, reserved or multicast unless it is allowed by name; an IPv6 address that carries
 * an IPv4 address in it is only as good as that one, however it is written.
 *
 * <p>Immutable, thread-safe.
 */
public final class PeerPolicy {
    /** Ranges of IANA's special-purpose registries that no peer of a call on the Internet can have. */
    private static final List<Block> SPECIAL = List.of(
            Block.of4(0, 0, 0, 0, 8),
            Block.of4(10, 0, 0, 0, 8),
            Block.of4(100, 64, 0, 0, 10),
            Block.of4(127, 0, 0, 0, 8),
            Block.of4(169, 254, 0, 0, 16),
            Block.of4(172, 16, 0, 0, 12),
            Block.of4(192, 0, 0, 0, 24),
            Block.of4(192, 0, 2, 0, 24),
            Block.of4(192, 88, 99, 0, 24),
            Block.of4(192, 168, 0, 0, 16),
            Block.of4(198, 18, 0, 0, 15),
            Block.of4(198, 51, 100, 0, 24),
            Block.of4(203, 0, 113, 0, 24),
            Block.of4(224, 0, 0, 0, 4),
            Block.of4(240, 0, 0, 0, 4),
            new Block(0x2001_0002_0000_0000L, 0, 48),
            new Block(0x2001_0010_0000_0000L, 0, 28),
            new Block(0x2001_0020_0000_0000L, 0, 28),
            new Block(0x2001_0db8_0000_0000L, 0, 32),
            new Block(0x3fff_0000_0000_0000L, 0, 20));

    /** The only part of IPv6 that is given out on the Internet. What is left, ::/96 and fe80::/10 among it, is special. */
    private static final Block GLOBAL_UNICAST = new Block(0x2000_0000_0000_0000L, 0, 3);

    private final List<Block> allowed;
    private final TurnServer.OwnAddresses own;

    /**
     * A block of addresses, in 128 bits.
     *
     * @param prefix how many bits count, 0 to 128
     */
    public record Block(long high, long low, int prefix) {
        private static final int MAPPED_BITS = 96;

        public Block {
            if (prefix < 0 || prefix > 128) {
                throw new IllegalArgumentException("prefix of " + prefix + " bits (expected: 0 to 128)");
            }
        }

        private static Block of4(int a, int b, int c, int d, int prefix) {
            return new Block(0, ipv4((a << 24) | (b << 16) | (c << 8) | d), MAPPED_BITS + prefix);
        }

        boolean contains(long otherHigh, long otherLow) {
            if (prefix <= Long.SIZE) {
                return prefix == 0 || (high ^ otherHigh) >>> (Long.SIZE - prefix) == 0;
            }
            return high == otherHigh && (low ^ otherLow) >>> (128 - prefix) == 0;
        }
    }

    /**
     * A policy.
     *
     * @param allowed blocks that are allowed although they are special
     * @param own the server's addresses: none of them is reached by writing it in another way
     */
    public PeerPolicy(List<Block> allowed, TurnServer.OwnAddresses own) {
        this.allowed = List.copyOf(allowed);
        this.own = own;
    }

    /** Whether a peer may have this address. */
    public boolean allows(long high, long low) {
        if (isIpv4(high, low)) {
            return isFit(high, low);
        }
        int group0 = (int) (high >>> 48);
        int group1 = (int) (high >>> 32) & 0xffff;
        if (group0 == 0x2002) { // 6to4, RFC 3056
            return isFit(high, low) && isFit4((int) (high >>> 16));
        }
        if (group0 == 0x2001
                && group1 == 0) { // Teredo, RFC 4380: its server's address, and its client's with all bits inverted
            return isFit(high, low) && isFit4((int) high) && isFit4((int) ~low);
        }
        if (high == 0x0064_ff9b_0000_0000L && low >>> 32 == 0) { // NAT64, RFC 6052
            return isFit4((int) low);
        }
        if (high == 0
                && ((low >>> 32) == 0
                        || (low >>> 32) == 0xffff_0000L)) { // IPv4-compatible, RFC 4291; translated, RFC 2765
            return isFit4((int) low) && isAllowed(high, low);
        }
        if (((low >>> 32) & ~0x0200_0000L) == 0x0000_5efeL) { // ISATAP, RFC 5214, below any prefix
            return isFit(high, low) && isFit4((int) low);
        }
        return isFit(high, low);
    }

    /** Whether an address that another carries is good. */
    private boolean isFit4(int address) {
        return isFit(0, ipv4(address)) && !own.contain(0, ipv4(address));
    }

    private boolean isFit(long high, long low) {
        if (!isIpv4(high, low) && !GLOBAL_UNICAST.contains(high, low)) {
            return isAllowed(high, low);
        }
        for (Block block : SPECIAL) {
            if (block.contains(high, low)) {
                return isAllowed(high, low);
            }
        }
        return true;
    }

    private boolean isAllowed(long high, long low) {
        for (Block block : allowed) {
            if (block.contains(high, low)) {
                return true;
            }
        }
        return false;
    }
}
