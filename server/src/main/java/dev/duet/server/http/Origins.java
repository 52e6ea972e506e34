package dev.duet.server.http;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which pages may talk to this server: its own, and those of origins named exactly. Since a hostile name can be made to point at any
 * address (DNS rebinding), a request's own host counts only if it is an address, a name this machine has, or a named one.
 */
final class Origins {
    /** What came of a check. */
    enum Verdict {
        ALLOWED,
        /** The page comes from another origin. */
        ORIGIN_REFUSED,
        /** The Host is none of this server's names. */
        HOST_REFUSED
    }

    /** An origin: RFC 6454. */
    private record Origin(String scheme, String host, int port) {
        static Optional<Origin> parse(String text) {
            int end = text.indexOf("://");
            if (end < 0) {
                return Optional.empty();
            }
            String scheme = text.substring(0, end).toLowerCase(Locale.ROOT);
            int standardPort = standardPort(scheme);
            return standardPort < 0
                    ? Optional.empty()
                    : Authority.parse(text.substring(end + 3))
                            .map(authority -> new Origin(scheme, authority.host(), authority.portOr(standardPort)));
        }
    }

    private final Set<Origin> allowed = new HashSet<>();
    private final Set<String> hosts = new HashSet<>();

    /**
     * Checks against these.
     *
     * @param allowedOrigins exact origins beside the server's own
     * @param ownNames host names of this machine and of its certificate
     * @throws IllegalArgumentException if one of the origins is none
     */
    Origins(List<String> allowedOrigins, List<String> ownNames) {
        for (String text : allowedOrigins) {
            Origin origin = Origin.parse(text)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "'" + text + "' is not an origin (expected: https://example.org, without a path)"));
            allowed.add(origin);
            hosts.add(origin.host);
        }
        ownNames.forEach(name -> hosts.add(name.toLowerCase(Locale.ROOT)));
    }

    /** Whether a request for this host may be answered at all. */
    boolean isOwnHost(Authority host) {
        return host.isAddress() || host.isLocalhost() || hosts.contains(host.host());
    }

    /**
     * Checks a request that opens a session.
     *
     * @param origin the Origin header; a client that is no browser sends none
     * @param host the Host the client asked for, as a trusted proxy tells it or as the request has it
     * @param secure whether the client came by https
     * @param viaProxy whether a trusted proxy vouches for the host
     */
    Verdict check(Optional<String> origin, Authority host, boolean secure, boolean viaProxy) {
        if (!viaProxy && !isOwnHost(host)) {
            return Verdict.HOST_REFUSED;
        }
        if (origin.isEmpty()) {
            return Verdict.ALLOWED;
        }
        Optional<Origin> from = Origin.parse(origin.get());
        if (from.isEmpty()) {
            return Verdict.ORIGIN_REFUSED;
        }
        String scheme = secure ? "https" : "http";
        Origin own = new Origin(scheme, host.host(), host.portOr(standardPort(scheme)));
        return from.get().equals(own) || allowed.contains(from.get()) ? Verdict.ALLOWED : Verdict.ORIGIN_REFUSED;
    }

    private static int standardPort(String scheme) {
        return switch (scheme) {
            case "https" -> 443;
            case "http" -> 80;
            default -> -1;
        };
    }
}
