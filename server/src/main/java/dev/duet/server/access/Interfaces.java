package dev.duet.server.access;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The machine's addresses, those first under which other devices of its network find it. */
public final class Interfaces {
    private static final Path LINUX = Path.of("/sys/class/net");
    private static final Pattern MADE_BY_SOFTWARE =
            Pattern.compile("(docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxd|cni|flannel|cali|podman|kube"
                    + "|tun|tap|utun|wg|tailscale|zt|ppp|ipsec|dummy).*");

    private Interfaces() {}

    /** What an interface is to devices of the same network. */
    enum Kind {
        /** A cable or an antenna. */
        LINK,
        /** Something else, maybe a link by an unknown name. */
        OTHER,
        /** A bridge, tunnel or the inner end of a container's cable. */
        SOFTWARE,
        LOOPBACK
    }

    /** An address and what it is on. */
    record Ranked(InetAddress address, Kind kind) {}

    /**
     * All addresses of interfaces that are up, without link-local ones, which no URL can carry. First links with IPv4, then what only
     * this machine and its containers see, then loopback.
     */
    public static List<InetAddress> addresses() {
        return ranked(ofThisMachine(), Optional.empty());
    }

    /**
     * Those under which other devices of the network find this machine: what only this machine and its containers see is among them if
     * there is nothing else.
     *
     * @param likeliest goes before others of its kind
     */
    public static List<InetAddress> reachable(Optional<InetAddress> likeliest) {
        return reachable(ofThisMachine(), likeliest);
    }

    static List<InetAddress> reachable(List<Ranked> all, Optional<InetAddress> likeliest) {
        List<Ranked> links =
                all.stream().filter(it -> it.kind.compareTo(Kind.SOFTWARE) < 0).toList();
        List<Ranked> outer = all.stream().filter(it -> it.kind != Kind.LOOPBACK).toList();
        List<InetAddress> found = ranked(links, likeliest);
        return found.isEmpty() ? ranked(outer, likeliest) : found;
    }

    private static List<Ranked> ofThisMachine() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(Interfaces::isUp)
                    .flatMap(network -> network.inetAddresses().map(address -> new Ranked(address, kind(network))))
                    .toList();
        } catch (SocketException e) {
            return List.of(new Ranked(InetAddress.getLoopbackAddress(), Kind.LOOPBACK));
        }
    }

    private static List<InetAddress> ranked(List<Ranked> found, Optional<InetAddress> likeliest) {
        return found.stream()
                .filter(it -> !it.address.isLinkLocalAddress() && !it.address.isMulticastAddress())
                .sorted(Comparator.<Ranked>comparingInt(it -> it.kind.ordinal())
                        .thenComparing(
                                it -> likeliest.filter(it.address::equals).isEmpty())
                        .thenComparing(it -> !(it.address instanceof Inet4Address))
                        .thenComparing(it -> !it.address.isSiteLocalAddress()))
                .map(Ranked::address)
                .distinct()
                .toList();
    }

    private static boolean isUp(NetworkInterface network) {
        try {
            return network.isUp();
        } catch (SocketException e) {
            return false;
        }
    }

    private static Kind kind(NetworkInterface network) {
        try {
            if (network.isLoopback()) {
                return Kind.LOOPBACK;
            }
            return kind(network.getName(), network.isPointToPoint() || network.isVirtual(), LINUX);
        } catch (SocketException e) {
            return Kind.OTHER;
        }
    }

    /**
     * What an interface of this name is.
     *
     * @param system where Linux describes each interface in a folder of its name
     */
    static Kind kind(String name, boolean pointToPoint, Path system) {
        Path folder = system.resolve(name);
        boolean made = pointToPoint
                || MADE_BY_SOFTWARE.matcher(name.toLowerCase(Locale.ROOT)).matches()
                || Files.exists(folder.resolve("bridge"))
                || Files.exists(folder.resolve("tun_flags"));
        if (made) {
            return Kind.SOFTWARE;
        }
        return Files.exists(folder.resolve("device")) || Files.exists(folder.resolve("wireless"))
                ? Kind.LINK
                : Kind.OTHER;
    }

    /** Whether this process runs in a container whose addresses nobody outside its host finds: one that has no cable of its own. */
    public static boolean isInContainer() {
        return isInContainer(Path.of("/")) && ofThisMachine().stream().noneMatch(it -> it.kind == Kind.LINK);
    }

    static boolean isInContainer(Path root) {
        if (Files.exists(root.resolve(".dockerenv")) || Files.exists(root.resolve("run/.containerenv"))) {
            return true;
        }
        try {
            String first = Files.readString(root.resolve("proc/1/cgroup"));
            return Pattern.compile("/(docker|kubepods|libpod|lxc|containerd)[-/.]")
                    .matcher(first)
                    .find();
        } catch (IOException e) {
            return false;
        }
    }
}
