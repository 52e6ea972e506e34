package dev.duet.server.http;

import dev.duet.server.Cidr;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Who sent a request, as far as can be believed.
 *
 * @param address the client's, or the nearest one that a trusted proxy vouches for
 * @param host what the client asked for
 * @param secure whether the client came by https
 * @param viaProxy whether a trusted proxy forwarded the request
 * @param fromOutside whether it counts as public, wherever it seems to come from: somebody forwarded it whom nobody told us to trust,
 *     or trusted forwarders contradict each other
 */
record Client(InetAddress address, Optional<Authority> host, boolean secure, boolean viaProxy, boolean fromOutside) {

    /**
     * Reads who it is. Of a chain of forwarders the last one that is not trusted is the client: everything before it could be made up.
     *
     * @param remote the connection's other end, or what a PROXY header said it is
     */
    static Client of(HttpHeaders headers, InetAddress remote, boolean secure, List<Cidr> trustedProxies) {
        Optional<Authority> host = single(headers, "host").flatMap(Authority::parse);
        List<Forwarding> chain = Forwarding.read(headers);
        if (!isTrusted(remote, trustedProxies)) {
            return new Client(remote, host, secure, false, !chain.isEmpty());
        }
        if (Forwarding.isContradictory(headers)) {
            return new Client(remote, host, secure, true, true);
        }
        if (chain.isEmpty()) {
            return new Client(remote, host, secure, true, false);
        }
        Forwarding nearest = chain.getLast();
        InetAddress client = remote;
        for (Forwarding hop : chain.reversed()) {
            if (hop.address().isEmpty()) {
                break;
            }
            client = hop.address().get();
            if (!isTrusted(client, trustedProxies)) {
                break;
            }
        }
        return new Client(
                client,
                nearest.host().or(() -> host),
                nearest.proto().map(proto -> proto.equals("https")).orElse(secure),
                true,
                false);
    }

    private static boolean isTrusted(InetAddress address, List<Cidr> trustedProxies) {
        return trustedProxies.stream().anyMatch(block -> block.contains(address));
    }

    private static Optional<String> single(HttpHeaders headers, String name) {
        List<String> values = headers.getAll(name);
        return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
    }
}
