package dev.duet.turn;

import java.util.Optional;

/** An address family as REQUESTED-ADDRESS-FAMILY names it; RFC 8656 section 18.6. */
public enum Family {
    IPV4(1),
    IPV6(2);

    private final int number;

    Family(int number) {
        this.number = number;
    }

    /** Its number on the wire. */
    public int number() {
        return number;
    }

    static Optional<Family> of(int number) {
        return switch (number) {
            case 1 -> Optional.of(IPV4);
            case 2 -> Optional.of(IPV6);
            default -> Optional.empty();
        };
    }

    static Family of(long high, long low) {
        return dev.duet.stun.TransportAddress.isIpv4(high, low) ? IPV4 : IPV6;
    }
}
