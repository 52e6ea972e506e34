package dev.duet.server.access;

import dev.duet.server.Cidr;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Who sent a request, as far as can be believed.
 *
 * @param address the client's, or the nearest one that somebody vouches for
 * @param host what the client asked for
 * @param secure whether the client came by https
 * @param schemeKnown false when a trusted proxy does not say it
 * @param viaProxy whether a trusted proxy forwarded the request
 * @param doubt why it counts as public, wherever it seems to come from
 */
public record Client(
        InetAddress address,
        Optional<Authority> host,
        boolean secure,
        boolean schemeKnown,
        boolean viaProxy,
        Optional<WhyPublic> doubt) {

    /**
     * The other end of a connection.
     *
     * @param address the socket's, or what a trusted proxy's PROXY header says
     * @param known false when such a header names nobody
     * @param secure whether it speaks TLS with this process
     */
    public record Peer(InetAddress address, boolean known, boolean secure) {
        public Peer(InetAddress address, boolean secure) {
            this(address, true, secure);
        }
    }

    /** Reads who it is. Of a chain of forwarders the last one that is not trusted is the client: everything before it could be made up. */
    static Client of(HttpHeaders headers, Peer peer, List<Cidr> trustedProxies) {
        Optional<Authority> host = single(headers, "host").flatMap(Authority::parse);
        boolean forwarded = Forwarding.isSaid(headers);
        Client itself = new Client(peer.address, host, peer.secure, true, false, Optional.empty());
        if (!peer.known) {
            return itself.because(WhyPublic.HIDDEN_ADDRESS);
        }
        if (!isTrusted(peer.address, trustedProxies)) {
            return forwarded ? itself.because(WhyPublic.UNTRUSTED_PROXY) : itself;
        }
        if (!forwarded) {
            // Beside a proxy on this machine there is a person at this machine; another machine is there to forward.
            return peer.address.isLoopbackAddress() ? itself : itself.because(WhyPublic.HIDDEN_ADDRESS);
        }
        return forwarded(headers, itself, trustedProxies);
    }

    private static Client forwarded(HttpHeaders headers, Client proxy, List<Cidr> trustedProxies) {
        List<Forwarding> standard = Forwarding.standard(headers);
        List<Forwarding> older = Forwarding.older(headers);
        Optional<Forwarding> realIp = Forwarding.realIp(headers);
        if (standard.isEmpty() && older.isEmpty()) {
            Forwarding hop = realIp.orElseGet(() -> Forwarding.nameless(headers));
            return proxy.through(List.of(hop), trustedProxies);
        }
        Client client = proxy.through(standard.isEmpty() ? older : standard, trustedProxies);
        // A proxy that writes one of them usually passes the others on as the client sent them.
        boolean otherChain =
                !standard.isEmpty() && !older.isEmpty() && !client.isSameAs(proxy.through(older, trustedProxies));
        boolean otherRealIp = realIp.isPresent()
                && realIp.get()
                        .address()
                        .filter(real -> real.equals(client.address) || isTrusted(real, trustedProxies))
                        .isEmpty();
        return otherChain || otherRealIp
                ? proxy.through(List.of(Forwarding.nameless(headers)), trustedProxies)
                        .because(WhyPublic.CONTRADICTION)
                : client;
    }

    private Client through(List<Forwarding> chain, List<Cidr> trustedProxies) {
        Forwarding nearest = chain.getLast();
        Client client = new Client(
                address,
                nearest.host().or(() -> host),
                nearest.proto().map(proto -> proto.equals("https")).orElse(secure),
                nearest.proto().isPresent() || secure,
                true,
                Optional.empty());
        for (int i = chain.size() - 1; i >= 0; i--) {
            Optional<InetAddress> hop = chain.get(i).address();
            if (hop.isEmpty()) {
                return client.because(WhyPublic.HIDDEN_ADDRESS);
            }
            client = client.at(hop.get());
            if (!isTrusted(client.address, trustedProxies)) {
                boolean whole = i == 0 && chain.size() <= Forwarding.HOPS_MAX;
                return whole ? client : client.because(WhyPublic.UNNAMED_PROXY);
            }
        }
        return chain.size() > Forwarding.HOPS_MAX ? client.because(WhyPublic.HIDDEN_ADDRESS) : client;
    }

    private boolean isSameAs(Client other) {
        return address.equals(other.address) && doubt.equals(other.doubt);
    }

    private Client at(InetAddress other) {
        return new Client(other, host, secure, schemeKnown, viaProxy, doubt);
    }

    Client because(WhyPublic why) {
        return new Client(address, host, secure, schemeKnown, viaProxy, Optional.of(why));
    }

    private static boolean isTrusted(InetAddress address, List<Cidr> trustedProxies) {
        return trustedProxies.stream().anyMatch(block -> block.contains(address));
    }

    private static Optional<String> single(HttpHeaders headers, String name) {
        List<String> values = headers.getAll(name);
        return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
    }
}
