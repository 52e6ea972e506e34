package dev.duet.netlab;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Hosts on this machine, each in a network namespace of its own, joined by a hub whose links are as bad as a test wants.
 *
 * <p>{@snippet :
 * try (NetLab lab = NetLab.create("duet")) {
 *     Host ann = lab.host("ann");
 *     Host bo = lab.host("bo");
 *     ann.link().delay(Duration.ofMillis(50)).loss(0.1);
 *     ann.exec("ping", "-c", "3", bo.address());
 * }
 * }
 *
 * <p>The lab is an island: whatever a host sends to an address that is no host of the lab is counted and dropped. Needs root.
 * Closing ends the programs that still run in the namespaces and removes them; so does the end of the process by a signal it can
 * hear, and after a kill the next lab with the same prefix removes them. Thread-safe.
 */
public final class NetLab implements AutoCloseable {
    /** How many hosts a lab has at most. */
    public static final int HOSTS_MAX = 250;

    /** How often a host can be moved at most. */
    public static final int MOVES_MAX = 255;

    static final String NEEDS = """
            A lab needs Linux, root, /dev/net/tun and the program ip: run as root, `apt-get install iproute2`; \
            in a container add --cap-add NET_ADMIN --cap-add SYS_ADMIN --device /dev/net/tun""";

    private static final AtomicInteger LABS = new AtomicInteger();
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]{0,15}");

    private final String prefix;
    private final int number = LABS.incrementAndGet();
    private final Pump pump;
    private final Map<String, Host> hosts = new LinkedHashMap<>();
    private final Thread onExit = Thread.ofPlatform().name("netlab-exit").unstarted(this::removeAll);
    private boolean closed;

    private NetLab(String prefix, long seed) {
        this.prefix = prefix;
        this.pump = new Pump(new Hub(seed));
    }

    /** Makes an empty lab whose chance is always the same. */
    public static NetLab create(String prefix) {
        return create(prefix, 1);
    }

    /** Makes an empty lab; the seed decides which packets its links lose. The prefix begins the namespaces' names. */
    public static NetLab create(String prefix, long seed) {
        checkName(prefix);
        Namespaces.removeLeftovers(prefix);
        NetLab lab = new NetLab(prefix, seed);
        Runtime.getRuntime().addShutdownHook(lab.onExit);
        lab.pump.start();
        return lab;
    }

    /** Adds a host: the first has 10.77.0.1 and fd77::1, the next 10.77.0.2 and fd77::2, and so on. */
    public synchronized Host host(String name) {
        checkName(name);
        if (closed) {
            throw new IllegalStateException("the lab is closed");
        }
        if (hosts.containsKey(name) || hosts.size() == HOSTS_MAX) {
            throw new IllegalArgumentException("host " + name + " with " + hosts.size()
                    + " others (expected: a new name, < " + HOSTS_MAX + " others)");
        }
        int host = hosts.size();
        // At most 15 bytes, and unique where the device is born; in its namespace it gets another name.
        String device = "nl" + Long.toString(ProcessHandle.current().pid(), 36) + "x" + number + "x" + host;
        String namespace = Namespaces.name(prefix, number, name);
        Tun tun = Tun.open(device);
        pump.add(tun);
        int added = pump.locked(hub -> hub.add(parse(address(host, 0)), parse(address6(host, 0))));
        if (added != host) {
            throw new IllegalStateException("host " + added + " (expected: " + host + ")");
        }
        Host result = new Host(name, namespace, host, pump);
        hosts.put(name, result);
        Namespaces.add(namespace);
        Namespaces.moveDevice(device, namespace);
        Namespaces.batch(namespace, configuration(device, host));
        return result;
    }

    /** The device is called eth0, because browsers take a name like tun0 for a VPN and treat it differently. */
    private static String configuration(String device, int host) {
        return """
                link set dev lo up
                link set dev %1$s name eth0
                link set dev eth0 mtu %2$d multicast off addrgenmode none
                address add %3$s/24 dev eth0
                address add %4$s/64 dev eth0 nodad
                link set dev eth0 up
                route add default dev eth0
                route add ::/0 dev eth0
                """.formatted(device, Tun.MTU_BYTES, address(host, 0), address6(host, 0));
    }

    /** The address a host has after it was moved so often. */
    static String address(int host, int moves) {
        return "10.77." + moves + "." + (host + 1);
    }

    static String address6(int host, int moves) {
        return "fd77::" + (moves == 0 ? "" : Integer.toHexString(moves) + ":") + Integer.toHexString(host + 1);
    }

    static InetAddress parse(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(literal, e);
        }
    }

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name " + name + " (expected: " + NAME.pattern() + ")");
        }
    }

    @Override
    public void close() {
        removeAll();
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException _) {
            // The process is ending and the hook runs already; it finds nothing left to do.
        }
    }

    private synchronized void removeAll() {
        if (closed) {
            return;
        }
        closed = true;
        pump.close();
        for (Host host : hosts.values()) {
            if (Namespaces.list().contains(host.namespace())) {
                Namespaces.remove(host.namespace());
            }
        }
    }
}
