package dev.duet.server.http;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and port as a Host header or an origin names them.
 *
 * @param host lower case, without brackets or a final dot
 * @param port -1 when none is named
 */
record Authority(String host, int port) {
    private static final Pattern FORM =
            Pattern.compile("(\\[[0-9A-Fa-f:.]{2,45}]|[A-Za-z0-9._-]{1,253})(?::([0-9]{1,5}))?");
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    static Optional<Authority> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String host = matcher.group(1).toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        int port = matcher.group(2) == null ? -1 : Integer.parseInt(matcher.group(2));
        return host.isEmpty() || port > 65_535 || port == 0 ? Optional.empty() : Optional.of(new Authority(host, port));
    }

    boolean isAddress() {
        return host.contains(":") || IPV4.matcher(host).matches();
    }

    /** This machine by its name for itself: what browsers treat as secure without TLS. */
    boolean isLocalhost() {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.equals("::1")
                || (host.startsWith("127.") && isAddress());
    }

    int portOr(int otherwise) {
        return port < 0 ? otherwise : port;
    }

    /** The host as it stands in a URL. */
    String urlHost() {
        return host.contains(":") ? "[" + host + "]" : host;
    }
}
