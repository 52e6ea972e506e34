package dev.duet.server.relay;

import dev.duet.server.log.LogEvent;
import dev.duet.stun.TransportAddress;
import dev.duet.turn.Client;
import dev.duet.turn.Datagram;
import dev.duet.turn.Family;
import dev.duet.turn.Relay;
import dev.duet.turn.TurnCounters;
import dev.duet.turn.TurnServer;
import dev.duet.turn.TurnShard;
import dev.duet.turn.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One thread of the relay, with its sockets and its allocations. What comes from other threads waits in a bounded queue.
 *
 * <p>Thread-safe: {@link #submit} and {@link #stop}; everything else is the thread's own.
 */
final class RelayShard implements Runnable, Wire, UdpSockets.Receiver {
    private static final Logger log = LoggerFactory.getLogger(RelayShard.class);
    private static final int QUEUE_MAX = 4_096;
    private static final int PORT_TRIES = 64;
    private static final int SOCKETS_START = 64;
    private static final int NO_SOCKET = -1;

    private final RelaySettings settings;
    private final UdpSockets sockets;
    private final TurnShard turn;
    private final TurnServer server;
    private final SecureRandom random = new SecureRandom();
    private final BlockingQueue<Consumer<TurnShard>> tasks = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final AtomicLong refused = new AtomicLong();
    private final AtomicBoolean awake = new AtomicBoolean(true);
    private final int[] listenerSockets = new int[RelayAddresses.LISTENERS_MAX];
    private final Pauses pauses;
    private final Thread thread;

    /** By the number of their socket. */
    private @Nullable Relay[] relays = new Relay[SOCKETS_START];

    /** By the number of their socket; one more than the listener's number, 0 is none. */
    private int[] listeners = new int[SOCKETS_START];

    private long nowNanos = System.nanoTime();
    private boolean isNowStale;
    private volatile boolean stopped;

    /**
     * Binds its listeners.
     *
     * @throws IOException when one of them cannot be bound
     */
    RelayShard(int number, RelaySettings settings, TurnServer server, UdpSockets sockets) throws IOException {
        this.settings = settings;
        this.server = server;
        this.sockets = sockets;
        this.pauses = new Pauses(settings.pauseMax(), nowNanos);
        this.turn = new TurnShard(server, this, random.nextLong(), nowNanos);
        Arrays.fill(listenerSockets, NO_SOCKET);
        List<InetAddress> addresses = settings.addresses().listeners();
        for (int i = 0; i < addresses.size(); i++) {
            listen(i, addresses.get(i));
        }
        thread = Thread.ofPlatform().name("duet-relay-" + number).unstarted(this);
    }

    private void listen(int listener, InetAddress address) throws IOException {
        int before = listenerSockets[listener];
        if (before != NO_SOCKET) {
            listenerSockets[listener] = NO_SOCKET;
            listeners[before] = 0;
            sockets.close(before);
        }
        int socket = sockets.open(new InetSocketAddress(address, settings.port()), true);
        listenerSockets[listener] = socket;
        room(socket);
        listeners[socket] = listener + 1;
    }

    /**
     * From now on a number stands for another address.
     *
     * @param failed is told when it cannot be listened on yet: an IPv6 address is not, for its first second
     */
    void listen(RelayAddresses.Change change, Consumer<RelayAddresses.Change> failed) {
        submitSurely(_ -> {
            try {
                listen(change.listener(), change.address());
            } catch (IOException e) {
                failed.accept(change);
            }
        });
    }

    void start() {
        thread.start();
    }

    /** Where it listens, with the real port. */
    InetSocketAddress local(int listener) {
        return sockets.local(listenerSockets[listener]);
    }

    /**
     * Runs a task on the shard's thread.
     *
     * @return false when too many wait; it is not run then
     */
    boolean submit(Consumer<TurnShard> task) {
        if (!tasks.offer(task)) {
            refused.incrementAndGet();
            return false;
        }
        if (!awake.get()) {
            sockets.wakeUp();
        }
        return true;
    }

    /** Takes a message of a connected client; its bytes are the task's own. */
    void received(Client client, byte[] message) {
        submit(shard -> {
            Datagram datagram = sockets.spare();
            datagram.buffer().put(Datagram.HEADROOM, message);
            shard.fromClient(client, datagram.payload(Datagram.HEADROOM, message.length), now());
        });
    }

    /** Tasks that were not run because too many waited. */
    long refused() {
        return refused.get();
    }

    /** A connected client is gone. It has to be heard of, so that its allocation is closed. */
    void leave(Client client) {
        submitSurely(shard -> shard.disconnected(client));
    }

    /** Runs a task on the shard's thread; waits, but not here, when the queue is full. */
    void submitSurely(Consumer<TurnShard> task) {
        if (!submit(task)) {
            Thread.ofVirtual().start(() -> {
                while (!stopped && !submit(task)) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                }
            });
        }
    }

    /** How it carries datagrams. */
    String engine() {
        return sockets.name();
    }

    TurnCounters counters() {
        return turn.counters();
    }

    void stop() {
        stopped = true;
        sockets.wakeUp();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes what {@link #start} did not get to. */
    void abandon() {
        sockets.close();
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                try {
                    once();
                } catch (RuntimeException e) {
                    LogEvent.of("relay-failed")
                            .with("thread", Thread.currentThread().getName())
                            .to(log, Level.ERROR, e);
                }
            }
            turn.closeAll();
        } finally {
            sockets.close();
        }
    }

    private void once() {
        isNowStale = true;
        runTasks();
        turn.tick(now());
        sockets.flush();
        awake.set(false);
        long waitNanos = tasks.isEmpty() ? Math.max(0, turn.nextDeadlineNanos() - now()) : 0;
        isNowStale = true;
        int count = sockets.receive(waitNanos, this);
        awake.set(true);
        sockets.flush();
        long pauseNanos = pauses.after(count, now());
        if (pauseNanos > 0) {
            LockSupport.parkNanos(pauseNanos);
        }
    }

    private void runTasks() {
        for (int i = 0; i < QUEUE_MAX && tasks.poll() instanceof Consumer<TurnShard> task; i++) {
            try {
                task.accept(turn);
            } catch (RuntimeException e) {
                LogEvent.of("relay-task-failed").to(log, Level.ERROR, e);
            }
        }
    }

    private long now() {
        if (isNowStale) {
            nowNanos = System.nanoTime();
            isNowStale = false;
        }
        return nowNanos;
    }

    // ---- from the sockets ----

    @Override
    public void received(int socket, Datagram datagram) {
        int listener = listeners[socket];
        if (listener > 0) {
            turn.fromClient(listener - 1, datagram, now());
        } else if (relays[socket] instanceof Relay relay) {
            turn.fromPeer(relay, datagram, now());
        }
    }

    @Override
    public void refused(int socket, InetSocketAddress destination, int type, int code) {
        if (relays[socket] instanceof Relay relay) {
            turn.fromIcmp(relay, TransportAddress.of(destination), type, code, now());
        }
    }

    // ---- to the sockets ----

    @Override
    public boolean has(Family family) {
        return settings.addresses().relay(0, family).isPresent();
    }

    @Override
    public Optional<RelayAddress> open(Client client, Family family, boolean even) {
        Optional<InetAddress> found = settings.addresses().relay(client.listener(), family);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        InetAddress bind = found.get();
        int range = settings.portMax() - settings.portMin() + 1;
        for (int i = 0; i < PORT_TRIES; i++) {
            int port = settings.portMin() + random.nextInt(range);
            if ((even && (port & 1) == 1) || !server.relays().isFree(family, port)) {
                continue;
            }
            try {
                int socket = sockets.open(new InetSocketAddress(bind, port), false);
                TransportAddress bound = TransportAddress.of(bind.getAddress(), port);
                byte[] advertised = settings.addresses().advertised(bind).getAddress();
                return Optional.of(new RelayAddress(socket, bound, TransportAddress.of(advertised, port)));
            } catch (IOException e) {
                // Somebody else has this port, or there are no more sockets; another try is cheap.
                LogEvent.of("relay-port-taken").with("port", port).to(log, Level.DEBUG, e);
            }
        }
        return Optional.empty();
    }

    @Override
    public void opened(Relay relay) {
        room(relay.socket());
        relays[relay.socket()] = relay;
    }

    @Override
    public void close(Relay relay) {
        if (relay.socket() < relays.length) {
            relays[relay.socket()] = null;
        }
        sockets.close(relay.socket());
    }

    private void room(int socket) {
        if (socket >= relays.length) {
            int length = Integer.highestOneBit(socket) * 2;
            relays = Arrays.copyOf(relays, length);
            listeners = Arrays.copyOf(listeners, length);
        }
    }

    @Override
    public void toPeer(Relay relay, long high, long low, int port, Datagram datagram) {
        sockets.send(relay.socket(), high, low, port, datagram);
    }

    @Override
    public void toClient(Client client, Datagram datagram) {
        if (client.link() instanceof StreamLink stream) {
            stream.send(datagram);
        } else {
            TransportAddress address = client.address();
            int socket = listenerSockets[client.listener()];
            if (socket != NO_SOCKET) {
                sockets.send(socket, address.high(), address.low(), address.port(), datagram);
            }
        }
    }

    @Override
    public void allocated(Client client, boolean has) {
        if (client.link() instanceof StreamLink stream) {
            stream.allocated(has);
        }
    }
}
