package dev.duet.server.tls;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Enumeration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What this machine is called on its networks: the names and addresses a certificate for it must carry.
 *
 * @param hostName never empty
 * @param dns names in lower case
 * @param addresses without scope; at most {@link #ADDRESSES_MAX}
 */
public record LocalNames(String hostName, Set<String> dns, Set<InetAddress> addresses) {
    /** More addresses than a certificate should carry; machines with many containers have them. */
    public static final int ADDRESSES_MAX = 64;

    private static final Pattern DNS_NAME = Pattern.compile("(?!.{254})[a-z0-9_]([a-z0-9_-]{0,62}|\\.(?=[a-z0-9_]))*");

    public LocalNames {
        dns = Set.copyOf(dns);
        addresses = Set.copyOf(addresses);
    }

    /** The names of a machine called {@code hostName} with these interface addresses. */
    public static LocalNames of(String hostName, Collection<InetAddress> interfaceAddresses) {
        String lower = hostName.strip().toLowerCase(Locale.ROOT);
        Set<String> dns = new LinkedHashSet<>();
        dns.add("localhost");
        if (DNS_NAME.matcher(lower).matches()) {
            dns.add(lower);
            if (lower.indexOf('.') < 0) {
                dns.add(lower + ".local");
            }
        }
        Set<InetAddress> addresses = new LinkedHashSet<>();
        addresses.add(literal(new byte[] {127, 0, 0, 1}));
        addresses.add(literal(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
        for (InetAddress address : interfaceAddresses) {
            // A URL cannot carry the scope that an IPv6 link-local address needs, so no browser ever asks for one.
            boolean unreachable = address instanceof Inet6Address && address.isLinkLocalAddress();
            if (!unreachable && addresses.size() < ADDRESSES_MAX) {
                addresses.add(literal(address.getAddress()));
            }
        }
        return new LocalNames(lower.isEmpty() ? "localhost" : lower, dns, addresses);
    }

    /** Asks the system. Reads files and interfaces, and as a last resort the resolver: may block. */
    public static LocalNames discover() {
        Set<InetAddress> addresses = new LinkedHashSet<>();
        try {
            Enumeration<NetworkInterface> interfaces = NetworkInterface.getNetworkInterfaces();
            while (interfaces.hasMoreElements()) {
                NetworkInterface each = interfaces.nextElement();
                if (each.isUp() && !each.isLoopback()) {
                    each.getInetAddresses().asIterator().forEachRemaining(addresses::add);
                }
            }
        } catch (SocketException e) {
            return of(systemName(), Set.of()); // No interface can be read: localhost is what is left.
        }
        return of(systemName(), addresses);
    }

    /** What the system calls this machine, without a look at its interfaces. */
    public static LocalNames withoutAddresses() {
        return of(systemName(), Set.of());
    }

    /** These and more addresses. */
    public LocalNames and(Collection<InetAddress> more) {
        Set<InetAddress> all = new LinkedHashSet<>(addresses);
        all.addAll(more);
        return new LocalNames(hostName, dns, all);
    }

    /** Whether a certificate for {@code this} also serves a machine with these other names. */
    boolean covers(LocalNames other) {
        return dns.containsAll(other.dns) && addresses.containsAll(other.addresses);
    }

    private static String systemName() {
        try {
            Path linux = Path.of("/proc/sys/kernel/hostname");
            if (Files.isReadable(linux)) {
                return Files.readString(linux).strip();
            }
            String windows = System.getenv("COMPUTERNAME");
            return windows == null ? InetAddress.getLocalHost().getHostName() : windows;
        } catch (IOException e) {
            return "localhost";
        }
    }

    private static InetAddress literal(byte[] address) {
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("address of " + address.length + " bytes (expected: 4 or 16)", e);
        }
    }
}
