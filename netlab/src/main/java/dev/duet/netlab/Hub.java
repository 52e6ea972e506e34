package dev.duet.netlab;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Carries packets between hosts: up the sender's lane, then down the receiver's. Pure: packets and times come in,
 * packets to deliver come out.
 *
 * <p>Not thread-safe: whoever owns it holds a lock.
 */
final class Hub {
    /** Takes what arrives. */
    interface Sink {
        /** Hands a packet to a host; false if the host's device did not take it. */
        boolean deliver(int host, byte[] packet);
    }

    @SuppressWarnings(
            "ArrayRecordComponent") // A packet is never changed once read, and flights are never compared for equality.
    private record Flight(long atNanos, long order, Port port, boolean upwards, Port target, byte[] packet)
            implements Comparable<Flight> {
        Lane lane() {
            return upwards ? port.up : port.down;
        }

        @Override
        public int compareTo(Flight other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private static final class Port {
        private final int number;
        private final Lane up;
        private final Lane down;
        private final Map<Counters.Destination, Long> outside = new HashMap<>();

        private Port(int number, Lane up, Lane down) {
            this.number = number;
            this.up = up;
            this.down = down;
        }
    }

    private final SplittableRandom seeds;
    private final List<Port> ports = new ArrayList<>();
    private final Map<InetAddress, Port> routes = new HashMap<>();
    private final PriorityQueue<Flight> flights = new PriorityQueue<>();
    private final long[] arrivals = new long[Shaper.COPIES_MAX];
    private long order;

    Hub(long seed) {
        this.seeds = new SplittableRandom(seed);
    }

    /** Adds a host that owns these addresses, and returns its number: 0, 1, 2 and so on. */
    int add(InetAddress... addresses) {
        Port port = new Port(ports.size(), new Lane(seeds.split()), new Lane(seeds.split()));
        ports.add(port);
        for (InetAddress address : addresses) {
            routes.put(address, port);
        }
        return port.number;
    }

    /** From now on the host owns these addresses, and those it had lead to nobody. */
    void readdress(int host, InetAddress... addresses) {
        Port port = ports.get(host);
        routes.values().removeIf(port::equals);
        for (InetAddress address : addresses) {
            routes.put(address, port);
        }
    }

    Lane up(int host) {
        return ports.get(host).up;
    }

    Lane down(int host) {
        return ports.get(host).down;
    }

    Counters counters(int host) {
        Port port = ports.get(host);
        return new Counters(port.up.counters(), port.down.counters(), port.outside);
    }

    /** Takes a packet that a host has sent. What is not IP is ignored. */
    void accept(int from, byte[] packet, long nowNanos) {
        if (!IpPacket.isIp(packet)) {
            return;
        }
        Port port = ports.get(from);
        Port target = routes.get(IpPacket.destination(packet));
        if (target == null) {
            countOutside(port, IpPacket.describe(packet));
        } else {
            enter(port, true, target, packet, nowNanos);
        }
    }

    /** When {@link #advance} has something to do, or {@link Long#MAX_VALUE}. */
    long nextDeadlineNanos() {
        Flight next = flights.peek();
        return next == null ? Long.MAX_VALUE : next.atNanos;
    }

    /** Delivers what has arrived by now. */
    void advance(long nowNanos, Sink sink) {
        for (Flight next = flights.peek(); next != null && next.atNanos <= nowNanos; next = flights.peek()) {
            flights.remove();
            land(next, sink);
        }
    }

    private void land(Flight flight, Sink sink) {
        Lane lane = flight.lane();
        lane.inFlight--;
        if (lane.impairment.blackout()) {
            lane.blackedOut++;
        } else if (flight.upwards) {
            lane.passed++;
            // Its own arrival time, not the present: so a late thread does not add to the second lane's delay.
            enter(flight.target, false, flight.target, flight.packet, flight.atNanos);
        } else if (sink.deliver(flight.target.number, flight.packet)) {
            lane.passed++;
        } else {
            lane.overflowed++;
        }
    }

    private void enter(Port port, boolean upwards, Port target, byte[] packet, long nowNanos) {
        Lane lane = upwards ? port.up : port.down;
        Impairment impairment = lane.impairment;
        lane.entered++;
        if (impairment.blackout()) {
            lane.blackedOut++;
            return;
        }
        int copies = lane.shaper.arrivals(nowNanos, impairment, arrivals);
        if (copies == 0) {
            lane.lost++;
            return;
        }
        lane.duplicated += copies - 1;
        for (int i = 0; i < copies; i++) {
            if (lane.inFlight >= Lane.IN_FLIGHT_MAX) {
                lane.overflowed++;
            } else {
                lane.inFlight++;
                flights.add(new Flight(arrivals[i], order++, port, upwards, target, packet));
            }
        }
    }

    private static void countOutside(Port port, Counters.Destination destination) {
        boolean known = port.outside.containsKey(destination) || port.outside.size() < Counters.OUTSIDE_MAX;
        port.outside.merge(known ? destination : new Counters.Destination("other", "ip", 0), 1L, Long::sum);
    }
}
