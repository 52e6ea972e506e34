package dev.duet.server.access;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which pages may talk to this server: its own, and those of origins named exactly. Since a hostile name can be made to point at any
 * address (DNS rebinding), a request's own host counts only if it is an address, a name this machine has, or a named one.
 */
public final class Origins {
    /** What came of a check. */
    public enum Verdict {
        ALLOWED,
        /** The page comes from another origin. */
        ORIGIN_REFUSED,
        /** The Host is none of this server's names. */
        HOST_REFUSED
    }

    /**
     * An origin: RFC 6454.
     *
     * @param host as text for schemes whose hosts are no host names, such as {@code app://-}
     */
    private record Origin(String scheme, String host, int port) {
        private static final Pattern FORM =
                Pattern.compile("([A-Za-z][A-Za-z0-9+.-]{0,40})://([!-~&&[^*/?#@\\\\]]{1,300})");

        private static final Set<String> NO_PAGES = Set.of("ws", "wss", "file");

        static Optional<Origin> parse(String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
            if (NO_PAGES.contains(scheme)) {
                return Optional.empty();
            }
            int standardPort = standardPort(scheme);
            return standardPort < 0
                    ? Optional.of(new Origin(scheme, matcher.group(2).toLowerCase(Locale.ROOT), standardPort))
                    : Authority.parse(matcher.group(2))
                            .map(authority -> new Origin(scheme, authority.host(), authority.portOr(standardPort)));
        }

        boolean isOfTheWeb() {
            return standardPort(scheme) > 0;
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
    public Origins(List<String> allowedOrigins, List<String> ownNames) {
        for (String text : allowedOrigins) {
            Origin origin = Origin.parse(text)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "'" + text + "' is not an origin (expected: https://example.org, without a path)"));
            allowed.add(origin);
            if (origin.isOfTheWeb()) {
                hosts.add(origin.host);
            }
        }
        ownNames.forEach(name -> hosts.add(name.toLowerCase(Locale.ROOT)));
    }

    /** Whether this is an exact origin that can be allowed: of any scheme whose pages have one, never {@code null}. */
    public static boolean isOrigin(String text) {
        return Origin.parse(text).isPresent();
    }

    /** Whether a request for this host may be answered at all. */
    public boolean isOwnHost(Authority host) {
        return host.isAddress() || host.isLocalhost() || hosts.contains(host.host());
    }

    /**
     * Checks a request that opens a session.
     *
     * @param origin the Origin header; a client that is no browser sends none
     * @param client who asks for which host; what a trusted proxy does not pass on, port or scheme, is not compared
     */
    public Verdict check(Optional<String> origin, Client client) {
        Authority host = client.host().orElseThrow();
        if (!client.viaProxy() && !isOwnHost(host)) {
            return Verdict.HOST_REFUSED;
        }
        if (origin.isEmpty()) {
            return Verdict.ALLOWED;
        }
        return Origin.parse(origin.get())
                .filter(from -> allowed.contains(from) || isOwn(from, host, client))
                .map(_ -> Verdict.ALLOWED)
                .orElse(Verdict.ORIGIN_REFUSED);
    }

    private static boolean isOwn(Origin from, Authority host, Client client) {
        String scheme = client.secure() ? "https" : "http";
        boolean portLost = client.viaProxy() && host.port() < 0;
        return from.isOfTheWeb()
                && from.host.equals(host.host())
                && (from.scheme.equals(scheme) || !client.schemeKnown())
                && (portLost || from.port == host.portOr(standardPort(from.scheme)));
    }

    private static int standardPort(String scheme) {
        return switch (scheme) {
            case "https" -> 443;
            case "http" -> 80;
            default -> -1;
        };
    }
}
