package dev.duet.server.access;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and port as a Host header or an origin names them.
 *
 * @param host lower case, without brackets or a final dot; an address in its one usual form
 * @param port -1 when none is named
 */
public record Authority(String host, int port) {
    private static final Pattern FORM = Pattern.compile(
            "(\\[[0-9A-Fa-f:.]{2,45}(?:%[0-9A-Za-z._-]{1,32})?]|[A-Za-z0-9._-]{1,253})(?::([0-9]{1,5}))?");

    /** As some clients write an IPv6 address, against RFC 3986. */
    private static final Pattern BARE_IPV6 = Pattern.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*");

    public static Optional<Authority> parse(String text) {
        if (BARE_IPV6.matcher(text).matches()) {
            return Literals.parse(text).map(address -> new Authority(Literals.text(address), -1));
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String host = matcher.group(1);
        int port = matcher.group(2) == null ? -1 : Integer.parseInt(matcher.group(2));
        if (port > 65_535 || port == 0) {
            return Optional.empty();
        }
        if (host.startsWith("[")) {
            return Literals.parse(host.substring(1, host.length() - 1))
                    .map(address -> new Authority(Literals.text(address), port));
        }
        String name = (host.endsWith(".") ? host.substring(0, host.length() - 1) : host).toLowerCase(Locale.ROOT);
        return name.isEmpty() ? Optional.empty() : Optional.of(new Authority(name, port));
    }

    boolean isAddress() {
        return Literals.parse(host).isPresent();
    }

    /** This machine by its name for itself: what browsers treat as secure without TLS. */
    public boolean isLocalhost() {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || Literals.parse(host).filter(InetAddress::isLoopbackAddress).isPresent();
    }

    int portOr(int otherwise) {
        return port < 0 ? otherwise : port;
    }

    /** The host as it stands in a URL. */
    public String urlHost() {
        return host.contains(":") ? "[" + host + "]" : host;
    }
}
