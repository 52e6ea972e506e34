package dev.duet.server.access;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** IP addresses as text, without looking up names. */
public final class Literals {
    private static final Pattern IPV4 = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private Literals() {}

    /**
     * Reads an address in the one form that everybody reads alike: not {@code 127.1} or {@code 0177.0.0.1}. A zone is left out; IPv6 that
     * stands for IPv4 becomes IPv4.
     */
    public static Optional<InetAddress> parse(String text) {
        int zone = text.indexOf('%');
        String literal = zone < 0 ? text : text.substring(0, zone);
        if (!IPV4.matcher(literal).matches() && !IPV6.matcher(literal).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(literal));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The address as RFC 5952 writes it, without a zone. */
    public static String text(InetAddress address) {
        if (address instanceof Inet4Address) {
            return address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < bytes.length; i += 2) {
            words.add(Integer.toHexString((bytes[i] & 0xff) << 8 | (bytes[i + 1] & 0xff)));
        }
        int start = 0;
        int length = 0;
        for (int i = 0; i < words.size(); i++) {
            int zeros = i;
            while (zeros < words.size() && words.get(zeros).equals("0")) {
                zeros++;
            }
            if (zeros - i > length) {
                start = i;
                length = zeros - i;
            }
        }
        return length < 2
                ? String.join(":", words)
                : String.join(":", words.subList(0, start)) + "::"
                        + String.join(":", words.subList(start + length, words.size()));
    }

    /** The address as it stands in a URL. */
    public static String inUrl(InetAddress address) {
        String text = text(address);
        return text.contains(":") ? '[' + text + ']' : text;
    }
}
