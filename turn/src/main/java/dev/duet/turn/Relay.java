package dev.duet.turn;

import dev.duet.stun.TransportAddress;

/** One relayed transport address of an allocation, with its socket. Immutable; other shards read it. */
public final class Relay {
    private final Allocation allocation;
    private final Family family;
    private final Wire.RelayAddress address;

    Relay(Allocation allocation, Family family, Wire.RelayAddress address) {
        this.allocation = allocation;
        this.family = family;
        this.address = address;
    }

    Allocation allocation() {
        return allocation;
    }

    Family family() {
        return family;
    }

    /** The carrier's number of its socket. */
    public int socket() {
        return address.socket();
    }

    /** What the client and its peers are told. */
    TransportAddress advertised() {
        return address.advertised();
    }

    TransportAddress bound() {
        return address.bound();
    }
}
