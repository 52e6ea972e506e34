package dev.duet.netlab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * One host of the lab: a network namespace with a loopback device and {@code eth0}, whose other end is the hub.
 * Thread-safe.
 */
public final class Host {
    /**
     * What a program said.
     *
     * @param exit its exit status
     * @param output its standard output and error together, as UTF-8
     */
    public record Result(int exit, String output) {}

    private final String name;
    private final String namespace;
    private final int number;
    private final Pump pump;
    private volatile int moves;

    Host(String name, String namespace, int number, Pump pump) {
        this.name = name;
        this.namespace = namespace;
        this.number = number;
        this.pump = pump;
    }

    /** The name it was made with. */
    public String name() {
        return name;
    }

    /** The namespace, as {@code ip netns exec} knows it. */
    public String namespace() {
        return namespace;
    }

    /**
     * Goes into another network, as a phone does that leaves the house: other addresses take the place of those it has, which
     * are nobody's from then on. Whatever is said between the old ones is lost.
     */
    public synchronized void move() {
        if (moves == NetLab.MOVES_MAX) {
            throw new IllegalStateException("moved " + moves + " times (expected: < " + NetLab.MOVES_MAX + ")");
        }
        String old = address();
        String old6 = address6();
        moves++;
        pump.locked(hub -> {
            hub.readdress(number, NetLab.parse(address()), NetLab.parse(address6()));
            return number;
        });
        Namespaces.batch(namespace, """
                address del %1$s/24 dev eth0
                address del %2$s/64 dev eth0
                address add %3$s/24 dev eth0
                address add %4$s/64 dev eth0 nodad
                route replace default dev eth0
                route replace ::/0 dev eth0
                """.formatted(old, old6, address(), address6()));
    }

    /** Its IPv4 address. */
    public String address() {
        return NetLab.address(number, moves);
    }

    /** Its IPv6 address. */
    public String address6() {
        return NetLab.address6(number, moves);
    }

    /** Both directions of its link. A delay of 50 ms here is 50 ms up and 50 ms down: 100 ms for a round trip. */
    public Link link() {
        return pump.locked(hub -> new Link(hub.up(number), hub.down(number)));
    }

    /** What this host sends. */
    public Link uplink() {
        return pump.locked(hub -> new Link(hub.up(number)));
    }

    /** What this host receives. */
    public Link downlink() {
        return pump.locked(hub -> new Link(hub.down(number)));
    }

    /** What its link has carried until now. */
    public Counters counters() {
        return pump.locked(hub -> hub.counters(number));
    }

    /** Runs a program in the namespace and waits for its end. */
    public Result exec(String... command) {
        try {
            Process process = new ProcessBuilder(inside(command))
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new NetLabException("cannot run " + command[0] + " on " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NetLabException("interrupted while waiting for " + command[0] + " on " + name, e);
        }
    }

    /** Starts a program in the namespace; the lab ends it on close if it still runs. */
    public Process start(String... command) {
        try {
            return new ProcessBuilder(inside(command)).start();
        } catch (IOException e) {
            throw new NetLabException("cannot run " + command[0] + " on " + name, e);
        }
    }

    private List<String> inside(String... command) {
        return Stream.concat(Stream.of("ip", "netns", "exec", namespace), Stream.of(command))
                .toList();
    }
}
