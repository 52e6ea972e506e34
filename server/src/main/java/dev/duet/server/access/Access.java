package dev.duet.server.access;

import dev.duet.server.Cidr;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who may use this server without a token.
 *
 * <p>Thread-safe.
 */
public final class Access {
    private final boolean anonymous;
    private final List<Cidr> trustedProxies;
    private final Supplier<Networks> machine;
    private volatile Networks networks;

    /**
     * Judges by these.
     *
     * @param anonymous whether everybody may
     * @param trustedProxies whose word counts about whom they forward
     * @param machine asked now and by each {@link #refresh()}
     */
    public Access(boolean anonymous, List<Cidr> trustedProxies, Supplier<Networks> machine) {
        this.anonymous = anonymous;
        this.trustedProxies = List.copyOf(trustedProxies);
        this.machine = machine;
        this.networks = machine.get();
    }

    /** The machine may have got or lost addresses. */
    public void refresh() {
        networks = machine.get();
    }

    /** Whether this address belongs to a proxy whose word counts. */
    public boolean isTrustedProxy(InetAddress address) {
        return trustedProxies.stream().anyMatch(block -> block.contains(address));
    }

    /** Whether everybody may. */
    public boolean isOpen() {
        return anonymous;
    }

    /** Who sent this. */
    public Client client(HttpHeaders headers, Client.Peer peer) {
        return Client.of(headers, peer, trustedProxies);
    }

    /** Why this client may not join without a token; empty when it may. */
    public Optional<WhyPublic> refusal(Client client) {
        return anonymous ? Optional.empty() : client.doubt().or(() -> networks.whyPublic(client.address()));
    }
}
