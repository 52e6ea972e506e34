package dev.duet.server.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One hop that a proxy tells of: {@code Forwarded} (RFC 7239), or else {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}.
 *
 * @param address empty when the proxy hides it or wrote something else
 */
record Forwarding(Optional<InetAddress> address, Optional<String> proto, Optional<Authority> host) {
    private static final int HOPS_MAX = 16;

    /** The hops, the client's first. Empty when nobody says that the request was forwarded. */
    static List<Forwarding> read(HttpHeaders headers) {
        String forwarded = String.join(",", headers.getAll("forwarded"));
        if (!forwarded.isBlank()) {
            return last(forwarded.split(",")).stream().map(Forwarding::element).toList();
        }
        String addresses = String.join(",", headers.getAll("x-forwarded-for"));
        Optional<String> proto = lastOf(headers, "x-forwarded-proto").map(text -> text.toLowerCase(Locale.ROOT));
        Optional<Authority> host = lastOf(headers, "x-forwarded-host").flatMap(Authority::parse);
        if (addresses.isBlank()) {
            boolean said =
                    proto.isPresent() || host.isPresent() || headers.contains("x-real-ip") || headers.contains("via");
            return said
                    ? List.of(new Forwarding(lastOf(headers, "x-real-ip").flatMap(Forwarding::address), proto, host))
                    : List.of();
        }
        return last(addresses.split(",")).stream()
                .map(text -> new Forwarding(address(text.strip()), proto, host))
                .toList();
    }

    private static List<String> last(String[] hops) {
        return List.of(hops).subList(Math.max(0, hops.length - HOPS_MAX), hops.length);
    }

    private static Forwarding element(String text) {
        Optional<InetAddress> address = Optional.empty();
        Optional<String> proto = Optional.empty();
        Optional<Authority> host = Optional.empty();
        for (String pair : text.split(";")) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                continue;
            }
            String value = unquote(pair.substring(equals + 1).strip());
            switch (pair.substring(0, equals).strip().toLowerCase(Locale.ROOT)) {
                case "for" -> address = address(value);
                case "proto" -> proto = Optional.of(value.toLowerCase(Locale.ROOT));
                case "host" -> host = Authority.parse(value);
                default -> {}
            }
        }
        return new Forwarding(address, proto, host);
    }

    private static String unquote(String text) {
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    /** An address, also as {@code 192.0.2.1:4711} or {@code [2001:db8::1]:4711}; names are not looked up. */
    private static Optional<InetAddress> address(String text) {
        String literal = text;
        if (text.startsWith("[") && text.contains("]")) {
            literal = text.substring(1, text.indexOf(']'));
        } else if (text.contains(":") && text.indexOf(':') == text.lastIndexOf(':')) {
            literal = text.substring(0, text.indexOf(':'));
        }
        try {
            return Optional.of(InetAddress.ofLiteral(literal));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> lastOf(HttpHeaders headers, String name) {
        String all = String.join(",", headers.getAll(name));
        String value = all.substring(all.lastIndexOf(',') + 1).strip();
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }
}
