package dev.duet.turn;

import dev.duet.stun.StunMessage;
import dev.duet.stun.TransportAddress;
import dev.duet.turn.TurnCounters.Drop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One shard of a TURN server: what comes from clients and from peers goes in, what goes to them comes out by its {@link Wire}. Relaying data
 * allocates nothing.
 *
 * <p>By its first two bits what a client sends is STUN (00, RFC 8489 section 5) or ChannelData (01, RFC 8656 section 12.4):
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 1    Channel Number          |            Length             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                       Application data                        |
 * </pre>
 *
 * <p>Not thread-safe: owned by one thread.
 */
public final class TurnShard {
    private static final int CHANNEL_HEADER = 4;
    private static final int TOP_BITS = 0xc0;
    private static final int STUN_BITS = 0x00;
    private static final int CHANNEL_BITS = 0x40;

    /** How often expired allocations are looked for. */
    private static final long SWEEP_NANOS = TurnOptions.NANOS;

    private final TurnServer server;
    private final Wire wire;
    private final Requests requests;
    private final ClientTable clients;
    private final Set<Allocation> allocations = new HashSet<>();
    private final SendIndication send = new SendIndication();
    private final DataIndication data = new DataIndication();
    private final TurnCounters counters = new TurnCounters();
    private long transaction;
    private long nextSweepNanos;

    /** The time of the datagram under way. */
    private long nowNanos;

    /** @param seed random, unknown to clients */
    public TurnShard(TurnServer server, Wire wire, long seed, long nowNanos) {
        this.server = server;
        this.wire = wire;
        clients = new ClientTable(seed);
        transaction = seed;
        requests = new Requests(server, wire, this, new AnswerLimit(server.options(), seed, nowNanos));
        nextSweepNanos = nowNanos + SWEEP_NANOS;
    }

    public TurnCounters counters() {
        return counters;
    }

    public int allocationCount() {
        return allocations.size();
    }

    // ---- from clients ----

    /** A datagram of a client without a connection; its source is the client's address. */
    public void fromClient(int listener, Datagram datagram, long nowNanos) {
        Allocation allocation = clients.get(listener, datagram);
        if (!relayed(allocation, datagram, nowNanos)) {
            Client client = allocation != null
                    ? allocation.client()
                    : Client.udp(
                            new TransportAddress(datagram.sourceHigh(), datagram.sourceLow(), datagram.sourcePort()),
                            listener);
            message(client, allocation, datagram, nowNanos);
        }
    }

    /** A message of a client with a connection. */
    public void fromClient(Client client, Datagram datagram, long nowNanos) {
        if (!relayed(client.allocation(), datagram, nowNanos)) {
            message(client, client.allocation(), datagram, nowNanos);
        }
    }

    /** The client's connection is gone, and so is its allocation. */
    public void disconnected(Client client) {
        if (client.allocation() instanceof Allocation allocation) {
            close(allocation);
        }
    }

    /** Whether it was data, which is relayed by now or dropped. */
    private boolean relayed(@Nullable Allocation allocation, Datagram datagram, long nowNanos) {
        this.nowNanos = nowNanos;
        ByteBuffer buffer = datagram.buffer();
        int offset = datagram.offset();
        if (datagram.length() < CHANNEL_HEADER) {
            counters.count(Drop.MALFORMED);
            return true;
        }
        if ((buffer.get(offset) & TOP_BITS) == CHANNEL_BITS) {
            channelData(allocation, datagram, nowNanos);
            return true;
        }
        if (!send.read(buffer, offset, datagram.length())) {
            return false;
        }
        sendIndication(allocation, datagram, nowNanos);
        return true;
    }

    /** RFC 8656 section 12.6. */
    private void channelData(@Nullable Allocation allocation, Datagram datagram, long nowNanos) {
        ByteBuffer buffer = datagram.buffer();
        int offset = datagram.offset();
        int length = buffer.getShort(offset + 2) & 0xffff;
        // 1. Over UDP the length may be shorter than what came, because of padding, but not longer.
        if (allocation == null || length > datagram.length() - CHANNEL_HEADER || !allocation.isLive(nowNanos)) {
            counters.count(Drop.MALFORMED);
            return;
        }
        // 2. A channel that is not bound: dropped without a word.
        Peers peers = allocation.peers();
        int channel = peers.channel(buffer.getShort(offset) & 0xffff, nowNanos);
        if (channel == Peers.ABSENT) {
            counters.count(Drop.NOT_PERMITTED);
            return;
        }
        datagram.payload(offset + CHANNEL_HEADER, length);
        toPeer(allocation, peers.high(channel), peers.low(channel), peers.port(channel), datagram);
    }

    /** RFC 8656 section 11.2. */
    private void sendIndication(@Nullable Allocation allocation, Datagram datagram, long nowNanos) {
        if (allocation == null || !allocation.isLive(nowNanos)) {
            counters.count(Drop.MALFORMED);
            return;
        }
        datagram.payload(send.dataOffset(), send.dataLength());
        toPeer(allocation, send.peerHigh(), send.peerLow(), send.peerPort(), datagram);
    }

    private void toPeer(Allocation from, long high, long low, int port, Datagram datagram) {
        Relay relay = from.relay(Family.of(high, low));
        Peers peers = from.peers();
        int permission = peers.permission(high, low, nowNanos);
        if (relay == null || permission == Peers.ABSENT || port == 0) {
            counters.count(Drop.NOT_PERMITTED);
            return;
        }
        if (!from.user().maySend(datagram.length(), nowNanos)) {
            counters.count(Drop.RATE);
            return;
        }
        from.relayed(nowNanos);
        if (!peers.isOwn(permission)) {
            wire.toPeer(relay, high, low, port, datagram);
            counters.countRelayed();
            return;
        }
        // What is for ourselves never leaves the process: either another client has this relayed address, or nobody.
        Relay other = server.relays().find(high, low, port);
        if (other == null) {
            counters.count(Drop.NO_SUCH_RELAY);
            return;
        }
        TransportAddress here = relay.advertised();
        if (toClient(other, here.high(), here.low(), here.port(), datagram)) {
            counters.countHandedOver();
        }
    }

    // ---- from peers ----

    /** A datagram that came to a relayed transport address; its source is the peer. */
    public void fromPeer(Relay relay, Datagram datagram, long nowNanos) {
        this.nowNanos = nowNanos;
        if (toClient(relay, datagram.sourceHigh(), datagram.sourceLow(), datagram.sourcePort(), datagram)) {
            counters.countRelayed();
        }
    }

    /** RFC 8656 sections 11.3 and 12.7; the relay may be another shard's. Whether it was sent. */
    private boolean toClient(Relay relay, long high, long low, int port, Datagram datagram) {
        Allocation allocation = relay.allocation();
        Peers peers = allocation.peers();
        if (!allocation.isLive(nowNanos) || peers.permission(high, low, nowNanos) == Peers.ABSENT) {
            counters.count(Drop.NOT_PERMITTED);
            return false;
        }
        if (!allocation.user().mayReceive(datagram.length(), nowNanos)) {
            counters.count(Drop.RATE);
            return false;
        }
        allocation.relayed(nowNanos);
        Client client = allocation.client();
        int channel = peers.channelTo(high, low, port, nowNanos);
        if (channel == Peers.ABSENT) {
            int start = data.peer(high, low, port)
                    .transaction(0, transaction++)
                    .write(datagram.buffer(), datagram.offset(), datagram.length());
            datagram.payload(start, data.length());
        } else {
            channelHeader(datagram, peers.number(channel), client.transport());
        }
        wire.toClient(client, datagram);
        return true;
    }

    private static void channelHeader(Datagram datagram, int number, Client.Transport transport) {
        int length = datagram.length();
        int start = datagram.offset() - CHANNEL_HEADER;
        datagram.buffer().putInt(start, (number << 16) | length);
        int padding = 0;
        if (transport.isConnected()) { // section 12.5: over TCP and TLS it is padded to four bytes
            padding = -length & 3;
            for (int i = 0; i < padding; i++) {
                datagram.buffer().put(start + CHANNEL_HEADER + length + i, (byte) 0);
            }
        }
        datagram.payload(start, CHANNEL_HEADER + length + padding);
    }

    /** RFC 8656 section 11.5: a peer could not be reached; its client is told, if it has a permission for it. */
    public void fromIcmp(Relay relay, TransportAddress peer, int type, int code, long nowNanos) {
        Allocation allocation = relay.allocation();
        boolean permitted = allocation.isLive(nowNanos)
                && allocation.peers().permission(peer.high(), peer.low(), nowNanos) != Peers.ABSENT;
        if (permitted) {
            requests.unreachable(allocation.client(), peer, type, code);
        }
    }

    // ---- requests ----

    private void message(Client client, @Nullable Allocation allocation, Datagram datagram, long nowNanos) {
        Optional<StunMessage> message = (datagram.buffer().get(datagram.offset()) & TOP_BITS) == STUN_BITS
                ? StunMessage.parse(datagram.buffer(), datagram.offset(), datagram.length())
                : Optional.empty();
        if (message.isEmpty()) {
            counters.count(Drop.MALFORMED);
            return;
        }
        if (allocation != null && !allocation.isLive(nowNanos)) {
            close(allocation);
            allocation = null;
        }
        if (!requests.answer(message.get(), client, allocation, datagram, nowNanos)) {
            counters.count(Drop.UNANSWERED);
        }
    }

    /** An allocation that the requests made. */
    void add(Allocation allocation) {
        allocations.add(allocation);
        if (allocation.client().transport() == Client.Transport.UDP) {
            clients.put(allocation);
        } else {
            allocation.client().allocation(allocation);
        }
        wire.allocated(allocation.client(), true);
    }

    /** Closes an allocation: its relays are gone when this returns, and its user may have another. Only the first call counts. */
    public void close(Allocation allocation) {
        if (allocation.isClosed()) {
            return;
        }
        allocation.markClosed();
        allocations.remove(allocation);
        if (allocation.client().transport() == Client.Transport.UDP) {
            clients.remove(allocation);
        } else {
            allocation.client().allocation(null);
        }
        for (Family family : Family.values()) {
            allocation.withoutRelay(family).ifPresent(this::close);
        }
        allocation.user().release();
        wire.allocated(allocation.client(), false);
    }

    /** Newcomers are sent elsewhere from now on: to that server, or away when there is none. */
    public void drain(Optional<TransportAddress> alternate) {
        requests.allocate().drain(alternate);
    }

    void close(Relay relay) {
        server.relays().remove(relay);
        wire.close(relay);
    }

    /** Closes every allocation of this user that relayed nothing since then. */
    public void closeIdle(User user, long sinceNanos) {
        closeIdle(user, sinceNanos, false);
    }

    /** The same of those that were made while the user waited for its call: it has found another path. */
    public void closeIdleStanding(User user, long sinceNanos) {
        closeIdle(user, sinceNanos, true);
    }

    private void closeIdle(User user, long sinceNanos, boolean standing) {
        List.copyOf(allocations).stream()
                .filter(allocation -> allocation.user() == user
                        && (!standing || allocation.isStanding())
                        && allocation.relayedNanos() - sinceNanos <= 0)
                .forEach(this::close);
    }

    /** The machine has got or lost addresses: permissions that were given before are judged anew. */
    public void ownAddressesChanged() {
        allocations.forEach(allocation -> allocation.peers(allocation.peers().judgedBy(server.ownAddresses())));
    }

    /** Closes every allocation of this user, however busy. */
    public void closeAll(User user) {
        List.copyOf(allocations).stream()
                .filter(allocation -> allocation.user() == user)
                .forEach(this::close);
    }

    /** Closes all of them. */
    public void closeAll() {
        List.copyOf(allocations).forEach(this::close);
    }

    /** What has to be done from time to time; when it is due, see {@link #nextDeadlineNanos}. */
    public void tick(long nowNanos) {
        if (nowNanos - nextSweepNanos < 0) {
            return;
        }
        nextSweepNanos = nowNanos + SWEEP_NANOS;
        List<Allocation> expired = new ArrayList<>();
        for (Allocation allocation : allocations) {
            if (!allocation.isLive(nowNanos)) {
                expired.add(allocation);
            }
        }
        expired.forEach(this::close);
    }

    public long nextDeadlineNanos() {
        return nextSweepNanos;
    }
}
