package dev.duet.server.relay;

import dev.duet.stun.TransportAddress;
import dev.duet.turn.Family;
import dev.duet.turn.TurnServer;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * The machine's addresses, as the relay sees them: which it listens on (each has a number, the same on every shard), on which it opens
 * relayed transport addresses, under which those are advertised, and which are its own. The machine gets and loses addresses; {@link #refresh}
 * takes note of it.
 *
 * <p>Thread-safe; {@link #refresh} is called by one thread.
 */
final class RelayAddresses implements TurnServer.OwnAddresses {
    /** More addresses than that are not listened on. */
    static final int LISTENERS_MAX = 32;

    private final Supplier<List<InetAddress>> machine;
    private final Predicate<InetAddress> isOfThisMachine;
    private final Optional<InetAddress> host;
    private final List<InetAddress> published;
    private volatile Known known;

    /**
     * What is known of them at a time.
     *
     * @param listeners by number; some may be gone
     * @param present those of them that are there
     * @param own in 128 bits each
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Known(List<InetAddress> listeners, List<InetAddress> present, long[] own) {}

    /** A number from now on stands for this address. */
    record Change(int listener, InetAddress address) {}

    /**
     * Of a machine.
     *
     * @param host the only address to listen on; all of them when there is none
     * @param published under which the machine is known outside
     * @param machine its addresses, the best known first; asked now and by each {@link #refresh}
     * @param isOfThisMachine the same about one address, asked whenever a peer has it: an address may be there before {@link #refresh} finds it
     */
    RelayAddresses(
            Optional<InetAddress> host,
            List<InetAddress> published,
            Supplier<List<InetAddress>> machine,
            Predicate<InetAddress> isOfThisMachine) {
        this.machine = machine;
        this.isOfThisMachine = isOfThisMachine;
        this.host = host;
        this.published = List.copyOf(published);
        List<InetAddress> all = machine.get();
        List<InetAddress> listeners = host.map(List::of)
                .orElseGet(() -> all.stream().limit(LISTENERS_MAX).toList());
        this.known = new Known(listeners, listeners, own(all, listeners));
    }

    /** Whether an address is this machine's at this moment: a socket can be bound to it. */
    static Predicate<InetAddress> bindable() {
        boolean anyBinds = isOn("/proc/sys/net/ipv4/ip_nonlocal_bind") || isOn("/proc/sys/net/ipv6/ip_nonlocal_bind");
        return anyBinds ? _ -> false : RelayAddresses::isBindable;
    }

    private static boolean isOn(String switchFile) {
        try {
            return Files.readString(Path.of(switchFile)).strip().equals("1");
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isBindable(InetAddress address) {
        var family = address instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
        try (DatagramChannel channel = DatagramChannel.open(family)) {
            channel.bind(new InetSocketAddress(address, 0));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private long[] own(List<InetAddress> all, List<InetAddress> listeners) {
        List<InetAddress> own = new ArrayList<>(published);
        // Loopback is nobody's peer anyway, unless it is all there is to relay on.
        boolean onlyLoopback = listeners.stream().allMatch(InetAddress::isLoopbackAddress);
        all.stream().filter(address -> !address.isLoopbackAddress()).forEach(own::add);
        listeners.stream()
                .filter(address -> onlyLoopback || !address.isLoopbackAddress())
                .forEach(own::add);
        return own.stream()
                .map(address -> TransportAddress.of(address.getAddress(), 0))
                .distinct()
                .flatMapToLong(address -> LongStream.of(address.high(), address.low()))
                .toArray();
    }

    /**
     * Looks at the machine once more.
     *
     * @return empty when nothing has changed; else which numbers stand for another address now
     */
    Optional<List<Change>> refresh() {
        List<InetAddress> all = machine.get();
        Known before = known;
        if (host.isPresent()) {
            long[] own = own(all, before.listeners);
            boolean same = Arrays.equals(own, before.own);
            known = new Known(before.listeners, before.present, own);
            return same ? Optional.empty() : Optional.of(List.of());
        }
        List<InetAddress> listeners = new ArrayList<>(before.listeners);
        List<Change> changes = new ArrayList<>();
        for (InetAddress address : all) {
            int number = listeners.contains(address) ? -1 : free(listeners, all);
            if (number >= 0) {
                changes.add(new Change(number, address));
                if (number == listeners.size()) {
                    listeners.add(address);
                } else {
                    listeners.set(number, address);
                }
            }
        }
        List<InetAddress> present = all.stream().filter(listeners::contains).toList();
        if (changes.isEmpty() && present.equals(before.present)) {
            return Optional.empty();
        }
        known = new Known(List.copyOf(listeners), present, own(all, present));
        return Optional.of(changes);
    }

    /** A number for one more address: a new one, else that of an address that is gone; -1 when there is none. */
    private static int free(List<InetAddress> listeners, List<InetAddress> all) {
        if (listeners.size() < LISTENERS_MAX) {
            return listeners.size();
        }
        for (int number = 0; number < listeners.size(); number++) {
            if (!all.contains(listeners.get(number))) {
                return number;
            }
        }
        return -1;
    }

    /** Where to listen, by number; some may be gone. */
    List<InetAddress> listeners() {
        return known.listeners;
    }

    /** Where it listens, the address first that others find best. */
    List<InetAddress> present() {
        return known.present;
    }

    /** The number of the listener with this address; the first one if there is none, as behind a proxy. */
    int listener(InetAddress address) {
        return Math.max(0, known.listeners.indexOf(address));
    }

    @Override
    public boolean contain(long high, long low) {
        long[] own = known.own;
        for (int at = 0; at < own.length; at += 2) {
            if (own[at + 1] == low && own[at] == high) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean containNow(long high, long low) {
        if (contain(high, low)) {
            return true;
        }
        InetAddress address =
                new TransportAddress(high, low, 0).toInetSocketAddress().getAddress();
        // Every loopback address is; whether it is a peer is for --relay-allow to say.
        return !address.isLoopbackAddress() && isOfThisMachine.test(address);
    }

    /** Where a client that came to this listener gets its relayed transport address: there if others can reach it, elsewhere if not. */
    Optional<InetAddress> relay(int listener, Family family) {
        Known now = known;
        InetAddress here = now.listeners.get(listener);
        if (family(here) == family && !here.isLoopbackAddress() && now.present.contains(here)) {
            return Optional.of(here);
        }
        return now.present.stream()
                .filter(address -> family(address) == family)
                .min((a, b) -> Boolean.compare(a.isLoopbackAddress(), b.isLoopbackAddress()));
    }

    /** What is told of a relayed transport address that is bound here. */
    InetAddress advertised(InetAddress bound) {
        if (bound.isLoopbackAddress()) {
            return bound;
        }
        return published.stream()
                .filter(address -> family(address) == family(bound))
                .findFirst()
                .orElse(bound);
    }

    /** All that relayed transport addresses are advertised under. */
    List<InetAddress> advertised() {
        List<InetAddress> present = known.present;
        boolean onlyLoopback = present.stream().allMatch(InetAddress::isLoopbackAddress);
        return present.stream()
                .filter(address -> onlyLoopback || !address.isLoopbackAddress())
                .map(this::advertised)
                .distinct()
                .toList();
    }

    static Family family(InetAddress address) {
        return address instanceof Inet4Address ? Family.IPV4 : Family.IPV6;
    }
}
