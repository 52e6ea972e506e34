package dev.duet.turn;

import dev.duet.stun.Attribute;
import dev.duet.stun.FuzzTarget;
import dev.duet.stun.MessageClass;
import dev.duet.stun.Method;
import dev.duet.stun.StunMessage;
import dev.duet.stun.StunWriter;
import dev.duet.stun.TransportAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A shard of a server with two clients, to which bytes happen. They are written as STUN attributes are, behind a header that is not read, so
 * that what changes messages changes these too: the type's last four bits are what happens, the value says more.
 *
 * <p>Nothing may throw; what goes to a peer needs a permission that its client was told of, and no private address is one; what goes to a
 * client is well-formed; at the end nothing is left.
 */
final class ShardFuzz implements FuzzTarget {
    /** How long a permission lasts, in nanoseconds. */
    static final long PERMISSION = 300 * TurnOptions.NANOS;

    private static final TurnOptions OPTIONS = new TurnOptions("duet", 8, 4, 100, 1_000, 100_000, 100_000);
    private static final int HEADER_BYTES = 20;
    private static final int OPS = 0xf;
    private static final int SIGNED_BYTES_MAX = 2_000;

    private final Site site;
    private final List<FakeClient> clients;
    private final long permissionNanos;

    /** When each client was last told that it may reach an address. */
    private final Map<Granted, Long> granted = new HashMap<>();

    private record Granted(TransportAddress client, long high, long low) {}

    ShardFuzz() {
        this(new PeerPolicy(List.of(), (_, _) -> false), PERMISSION);
    }

    ShardFuzz(PeerPolicy policy, long permissionNanos) {
        this.permissionNanos = permissionNanos;
        site = new Site(OPTIONS, policy, 4, 0);
        clients =
                List.of(site.client("ann", 1, 0, Client.Transport.UDP), site.client("bob", 2, 1, Client.Transport.TCP));
    }

    @Override
    public int run(byte[] input) {
        begin();
        int seen = 0;
        int events = 0;
        for (int at = HEADER_BYTES; at + 4 <= input.length; events++) {
            int op = input[at + 1] & OPS;
            int length = (input[at + 2] & 0xff) << 8 | (input[at + 3] & 0xff);
            int end = Math.min(input.length, at + 4 + length);
            happen(op, Arrays.copyOfRange(input, at + 4, end), events);
            seen = 31 * seen + check();
            at = at + 4 + (length + 3 & ~3);
        }
        end();
        return seen;
    }

    private void begin() {
        site.pass(1);
        granted.clear();
        site.toClients.clear();
        site.wires.forEach(FakeWire::fromTheFirstPort);
        for (FakeClient client : clients) {
            client.newNonce();
        }
        site.toClients.clear();
    }

    private void end() {
        site.shards.forEach(TurnShard::closeAll);
        site.wires.forEach(wire -> require(wire.allocated() == 0, "a client is said to have an allocation"));
        require(site.open() == 0, "a relay is open");
        Site.NAMES.forEach(name -> require(site.user(name).allocations() == 0, "an allocation is counted"));
    }

    private void happen(int op, byte[] value, int number) {
        FakeClient client = clients.get(op & 1);
        int first = value.length > 0 ? value[0] & 0xff : 0;
        byte[] rest = value.length > 0 ? Arrays.copyOfRange(value, 1, value.length) : value;
        switch (op) {
            case 0, 1 -> client.send(bounded(value));
            case 2, 3 -> signed(client, first & 0xf, rest, number);
            case 4, 5 -> {
                for (Relay relay : relays(client)) {
                    site.fromPeer(peer(first), relay.bound(), bounded(rest));
                }
            }
            case 6, 7 -> {
                for (Relay relay : relays(client)) {
                    client.shard().fromIcmp(relay, peer(first), rest.length, 1, site.now);
                }
            }
            case 8 -> site.pass(first);
            case 9 -> site.tick();
            case 11 -> client.shard().disconnected(client.client);
            default -> {
                for (FakeClient each : clients) {
                    each.nonce = "";
                    each.newNonce();
                }
                site.toClients.clear();
            }
        }
    }

    private static byte[] bounded(byte[] bytes) {
        return bytes.length > Datagram.PAYLOAD_BYTES_MAX ? Arrays.copyOf(bytes, Datagram.PAYLOAD_BYTES_MAX) : bytes;
    }

    /** What so many of the addresses of {@link Site} and around them are. */
    private static TransportAddress peer(int number) {
        return switch (number & 3) {
            case 0 -> Site.PEER;
            case 1 -> Site.PEER6;
            case 2 -> Site.ipv4(10, 0, 0, 1, 4_000);
            default -> Site.ipv4(5, 6, 7, number, 4_000);
        };
    }

    private List<Relay> relays(FakeClient client) {
        return client.wire().relays();
    }

    /** A request of this method with these attributes, whatever they are, and a signature. */
    private void signed(FakeClient client, int method, byte[] attributes, int number) {
        byte[] transaction = ByteBuffer.allocate(12).putInt(number).array();
        byte[] request = client.signed(method, transaction, writer -> append(writer, attributes));
        int before = site.toClients.size();
        client.send(request);
        Optional<StunMessage> sent = StunMessage.parse(ByteBuffer.wrap(request), 0, request.length);
        if (sent.isEmpty() || site.toClients.size() != before + 1) {
            return;
        }
        StunMessage answer = FakeClient.message(site.toClients.getLast().bytes());
        require(Arrays.equals(answer.transactionId(), transaction), "an answer to something else");
        boolean asked = method == Method.CREATE_PERMISSION || method == Method.CHANNEL_BIND;
        if (asked && answer.messageClass() == MessageClass.SUCCESS) {
            for (TransportAddress peer : sent.get().xorAddresses(Attribute.XOR_PEER_ADDRESS)) {
                granted.put(new Granted(client.address, peer.high(), peer.low()), site.now);
            }
        }
    }

    private static void append(StunWriter writer, byte[] attributes) {
        ByteBuffer in = ByteBuffer.wrap(attributes);
        for (int at = 0; at + 4 <= attributes.length && writer.length() < SIGNED_BYTES_MAX; ) {
            int length = Math.min(in.getShort(at + 2) & 0xff, attributes.length - at - 4);
            writer.attribute(in.getShort(at) & 0xffff, Arrays.copyOfRange(attributes, at + 4, at + 4 + length));
            at += 4 + (length + 3 & ~3);
        }
    }

    /** Looks at all that was sent, and forgets it. What happened, as a number. */
    private int check() {
        int seen = 0;
        for (Site.ToPeer sent : site.toPeers) {
            TransportAddress peer = sent.peer();
            TransportAddress client = sent.relay().allocation().client().address();
            Long since = granted.get(new Granted(client, peer.high(), peer.low()));
            require(since != null && site.now - since < permissionNanos, "sent to " + peer + " without a permission");
            require(!Site.isOwn(peer.high(), peer.low()), "sent to ourselves");
            boolean isPrivate = peer.isIpv4() && ((int) peer.low() >>> 24 == 10 || (int) peer.low() >>> 24 == 127);
            require(!isPrivate, "sent to " + peer);
            seen = 31 * seen + 7;
        }
        for (Site.ToClient sent : site.toClients) {
            ByteBuffer bytes = ByteBuffer.wrap(sent.bytes());
            boolean channel = bytes.get(0) >>> 6 == 1;
            if (channel) {
                int room = bytes.limit() - 4 - (bytes.getShort(2) & 0xffff);
                require(room >= 0 && room < 4, "a length that is wrong by " + room);
                seen = 31 * seen + 11;
            } else {
                StunMessage message = FakeClient.message(sent.bytes());
                seen = 31 * seen
                        + message.method() * 1_000
                        + message.errorCode().orElse(0);
            }
        }
        site.toPeers.clear();
        site.toClients.clear();
        return seen;
    }

    private static void require(boolean kept, String broken) {
        if (!kept) {
            throw new AssertionError(broken);
        }
    }
}
