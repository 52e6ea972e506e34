package dev.duet.server.access;

import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One hop that a proxy tells of: {@code Forwarded} (RFC 7239), or else {@code X-Forwarded-For}, {@code -Proto}, {@code -Host} and {@code
 * -Port}.
 *
 * @param address empty when the proxy hides it or wrote something else
 */
record Forwarding(Optional<InetAddress> address, Optional<String> proto, Optional<Authority> host) {
    /** More than any chain has; a longer one has hops that are not read. */
    static final int HOPS_MAX = 16;

    /** By these a proxy, tunnel or CDN shows itself, beside all that begin with {@code x-forwarded}. */
    private static final Set<String> SIGNS = Set.of(
            "forwarded",
            "via",
            "x-real-ip",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-original-forwarded-for",
            "x-original-host",
            "x-envoy-external-address",
            "x-azure-clientip",
            "x-appengine-user-ip",
            "x-proxyuser-ip",
            "x-remote-ip",
            "x-remote-addr",
            "x-originating-ip",
            "cf-connecting-ip",
            "cf-connecting-ipv6",
            "cf-ray",
            "true-client-ip",
            "fastly-client-ip",
            "fly-client-ip",
            "do-connecting-ip",
            "client-ip",
            "proxy-client-ip",
            "wl-proxy-client-ip",
            "cdn-loop");

    private static final Forwarding UNREADABLE = new Forwarding(Optional.empty(), Optional.empty(), Optional.empty());

    /** Whether anything says that this request was forwarded, whatever it says. */
    static boolean isSaid(HttpHeaders headers) {
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (name.startsWith("x-forwarded") || SIGNS.contains(name)) {
                return true;
            }
        }
        return false;
    }

    /** The hops of {@code Forwarded}, the client's first; empty when there is no such header. */
    static List<Forwarding> standard(HttpHeaders headers) {
        return headers.contains("forwarded")
                ? split(String.join(",", headers.getAll("forwarded")), ',').stream()
                        .map(Forwarding::element)
                        .toList()
                : List.of();
    }

    /** The hops of {@code X-Forwarded-For}, the client's first; empty when there is no such header. */
    static List<Forwarding> older(HttpHeaders headers) {
        if (!headers.contains("x-forwarded-for")) {
            return List.of();
        }
        Optional<String> proto = proto(headers);
        Optional<Authority> host = host(headers);
        return split(String.join(",", headers.getAll("x-forwarded-for")), ',').stream()
                .map(text -> new Forwarding(address(text), proto, host))
                .toList();
    }

    /** What {@code X-Real-IP} says; empty when there is no such header. */
    static Optional<Forwarding> realIp(HttpHeaders headers) {
        List<String> values = headers.getAll("x-real-ip");
        return values.isEmpty()
                ? Optional.empty()
                : Optional.of(new Forwarding(
                        values.size() == 1 ? address(values.getFirst().strip()) : Optional.empty(),
                        proto(headers),
                        host(headers)));
    }

    /** A hop of which only scheme and host are told. */
    static Forwarding nameless(HttpHeaders headers) {
        return new Forwarding(Optional.empty(), proto(headers), host(headers));
    }

    private static Optional<String> proto(HttpHeaders headers) {
        return lastOf(headers, "x-forwarded-proto").map(text -> text.toLowerCase(Locale.ROOT));
    }

    private static Optional<Authority> host(HttpHeaders headers) {
        Optional<Authority> host = lastOf(headers, "x-forwarded-host").flatMap(Authority::parse);
        Optional<String> port = lastOf(headers, "x-forwarded-port").filter(text -> text.matches("[0-9]{1,5}"));
        return host.filter(it -> it.port() >= 0 || port.isEmpty())
                .or(() -> host.flatMap(it -> Authority.parse(it.urlHost() + ':' + port.orElseThrow())))
                .or(() -> port.isEmpty()
                        ? Optional.empty()
                        : Optional.ofNullable(headers.get("host"))
                                .flatMap(Authority::parse)
                                .flatMap(it -> Authority.parse(it.urlHost() + ':' + port.orElseThrow())));
    }

    private static Forwarding element(String text) {
        Optional<InetAddress> address = Optional.empty();
        Optional<String> proto = Optional.empty();
        Optional<Authority> host = Optional.empty();
        boolean named = false;
        for (String pair : split(text, ';')) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                continue;
            }
            String value = unquote(pair.substring(equals + 1).strip());
            switch (pair.substring(0, equals).strip().toLowerCase(Locale.ROOT)) {
                case "for" -> {
                    if (named) {
                        return UNREADABLE;
                    }
                    named = true;
                    address = address(value);
                }
                case "proto" -> proto = Optional.of(value.toLowerCase(Locale.ROOT));
                case "host" -> host = Authority.parse(value);
                default -> {}
            }
        }
        return new Forwarding(address, proto, host);
    }

    /** The parts of a list, without white space around them. What stands in quotes is one part: a proxy may quote what a client made up. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                parts.add(text.substring(start, i).strip());
                start = i + 1;
            }
        }
        parts.add(text.substring(start).strip());
        return parts.subList(Math.max(0, parts.size() - HOPS_MAX - 1), parts.size());
    }

    private static String unquote(String text) {
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    /** An address, also as {@code 192.0.2.1:4711} or {@code [2001:db8::1]:4711}; names are not looked up. */
    static Optional<InetAddress> address(String text) {
        String literal = text;
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            if (end < 0 || !text.substring(end + 1).matches("(:[0-9]{1,5})?")) {
                return Optional.empty();
            }
            literal = text.substring(1, end);
        } else if (text.matches("[^:]*:[0-9]{1,5}")) {
            literal = text.substring(0, text.indexOf(':'));
        }
        return Literals.parse(literal);
    }

    private static Optional<String> lastOf(HttpHeaders headers, String name) {
        String all = String.join(",", headers.getAll(name));
        String value = all.substring(all.lastIndexOf(',') + 1).strip();
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }
}
