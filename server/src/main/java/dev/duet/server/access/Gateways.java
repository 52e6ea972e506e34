package dev.duet.server.access;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** The default gateways of this machine, where the system tells them in files (Linux). */
final class Gateways {
    private static final Path IPV4 = Path.of("/proc/net/route");
    private static final Path IPV6 = Path.of("/proc/net/ipv6_route");
    private static final int IPV4_COLUMNS = 8;
    private static final int IPV6_COLUMNS = 5;

    private Gateways() {}

    static Set<InetAddress> ofThisMachine() {
        Set<InetAddress> all = new HashSet<>(ipv4(lines(IPV4)));
        all.addAll(ipv6(lines(IPV6)));
        return all;
    }

    /** Columns: interface, destination, gateway, flags, ..., mask; addresses with the last byte first. */
    static Set<InetAddress> ipv4(List<String> lines) {
        Set<InetAddress> found = new HashSet<>();
        for (String line : lines) {
            String[] columns = line.strip().split("\\s+");
            if (columns.length >= IPV4_COLUMNS && isZero(columns[1]) && isZero(columns[7]) && !isZero(columns[2])) {
                byte[] reversed = bytes(columns[2], 4);
                found.add(address(new byte[] {reversed[3], reversed[2], reversed[1], reversed[0]}));
            }
        }
        return found;
    }

    /** Columns: destination, its prefix, source, its prefix, next hop, ... */
    static Set<InetAddress> ipv6(List<String> lines) {
        Set<InetAddress> found = new HashSet<>();
        for (String line : lines) {
            String[] columns = line.strip().split("\\s+");
            if (columns.length >= IPV6_COLUMNS && isZero(columns[0]) && isZero(columns[1]) && !isZero(columns[4])) {
                found.add(address(bytes(columns[4], 16)));
            }
        }
        return found;
    }

    private static boolean isZero(String hex) {
        return hex.chars().allMatch(c -> c == '0');
    }

    private static byte[] bytes(String hex, int length) {
        return hex.matches("[0-9A-Fa-f]{" + 2 * length + "}") ? HexFormat.of().parseHex(hex) : new byte[length];
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            // Another system, or none of this family.
            return List.of();
        }
    }
}
