package dev.duet.turn;

import dev.duet.stun.Attribute;
import dev.duet.stun.MessageClass;
import dev.duet.stun.Method;
import dev.duet.stun.StunMessage;
import dev.duet.stun.TransportAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A small world from a seed: clients of two shards do what they like, rightly and wrongly, while time passes. Beside it runs
 * {@link TurnModel}, which says what each step comes to; after each step both have to agree.
 */
final class TurnWorld {
    static final int ALLOCATIONS_MAX = 2;
    static final TurnOptions OPTIONS = new TurnOptions("duet", 4, 2, 100, 1_000, 10_000, 100_000);

    private static final int CLIENTS = 5;
    private static final int EXHAUSTIVE = 64;
    private static final long NONCE_SECONDS = 500;
    private static final int[] SECONDS = {0, 0, 1, 1, 2, 2, 5, 5, 30, 60, 100, 299, 300, 301, 600, 601};
    private static final int[] LIFETIMES = {0, 1, 600, 900, 3_600, 9_999};

    private final Random random;
    private final Site site;
    private final List<TurnModel> models = new ArrayList<>();
    private final long[] nonceSeconds = new long[CLIENTS];
    private byte[] lastAllocate = new byte[0];
    private int step;

    final StringBuilder trace = new StringBuilder();
    int allocations;
    int refusals;
    int relayed;
    int handedOver;
    int dropped;
    int expired;

    TurnWorld(long seed) {
        this(seed, new Site(OPTIONS, new PeerPolicy(List.of(), (_, _) -> false), ALLOCATIONS_MAX, 0));
    }

    /** A world on a server that may have a fault. */
    TurnWorld(long seed, Site site) {
        this.site = site;
        random = new Random(seed);
        for (int i = 0; i < CLIENTS; i++) {
            Client.Transport transport = Client.Transport.values()[random.nextInt(3)];
            models.add(new TurnModel(site.client(i % 2 == 0 ? "ann" : "bob", i, random.nextInt(2), transport)));
        }
    }

    void step() {
        site.toPeers.clear();
        site.toClients.clear();
        TurnModel model = models.get(random.nextInt(CLIENTS));
        FakeClient client = model.client;
        step++;
        // Without an allocation there is little to do.
        switch (model.isOpen() || random.nextInt(3) == 0 ? random.nextInt(17) : 0) {
            case 0, 1 -> allocate(model);
            case 2 -> refresh(model);
            case 3, 4 -> permit(model);
            case 5, 6 -> bind(model);
            case 7, 8, 9 -> channelData(model);
            case 10, 11 -> sendIndication(model);
            case 12, 13 -> fromPeer();
            case 14 -> {
                if (client.client.transport() != Client.Transport.UDP && random.nextInt(4) == 0) {
                    say("disconnect " + client.address);
                    client.shard().disconnected(client.client);
                    model.close();
                }
            }
            case 15 -> wrong(model);
            default -> pass(SECONDS[random.nextInt(SECONDS.length)]);
        }
        check();
    }

    /** Time passes until nothing can be left. */
    void end() {
        pass(TurnOptions.LIFETIME_SECONDS_MAX);
        sweep();
        check();
        require(site.open() == 0, site.open() + " relays are left");
        require(site.relays.count() == 0, site.relays.count() + " relays are entered");
        for (TurnShard shard : site.shards) {
            require(shard.allocationCount() == 0, shard.allocationCount() + " allocations are left");
        }
    }

    // ---- requests ----

    /** Asks, and compares the answer's error with the model's. */
    private StunMessage ask(TurnModel model, byte[] request, int expected) {
        StunMessage answer = model.client.answer(request);
        int error = FakeClient.error(answer);
        require(error == expected, "answered " + error + " (expected: " + expected + ")");
        refusals += error == 0 ? 0 : 1;
        return answer;
    }

    private void fresh(TurnModel model) {
        int i = models.indexOf(model);
        long seconds = site.now / TurnOptions.NANOS;
        if (model.client.nonce.isEmpty() || seconds - nonceSeconds[i] > NONCE_SECONDS) {
            model.client.newNonce();
            nonceSeconds[i] = seconds;
        }
        model.closeIfExpired(site.now);
        site.toClients.clear();
    }

    private void allocate(TurnModel model) {
        fresh(model);
        boolean both = random.nextInt(3) == 0;
        int family = 1 + random.nextInt(2);
        int expected = model.isOpen() ? 437 : open(model.client.name) >= ALLOCATIONS_MAX ? 486 : 0;
        say("allocate " + model.client.address + " " + both + family + " " + expected);
        byte[] request = model.client.signed(
                Method.ALLOCATE,
                FakeClient.newTransaction(),
                FakeClient.UDP_TRANSPORT.andThen(r -> r.uint32(
                        both ? Attribute.ADDITIONAL_ADDRESS_FAMILY : Attribute.REQUESTED_ADDRESS_FAMILY,
                        (both ? 2 : family) << 24)));
        StunMessage answer = ask(model, request, expected);
        if (expected == 0) {
            List<TransportAddress> relays = answer.xorAddresses(Attribute.XOR_RELAYED_ADDRESS);
            require(relays.size() == (both ? 2 : 1), relays.size() + " relayed addresses");
            model.allocate(relays, site.now);
            allocations++;
            lastAllocate = model.client.answer(request).toBytes();
            require(Arrays.equals(lastAllocate, answer.toBytes()), "a retransmission is answered otherwise");
        }
    }

    private void refresh(TurnModel model) {
        fresh(model);
        int seconds = LIFETIMES[random.nextInt(LIFETIMES.length)];
        @Nullable Family family = random.nextInt(3) == 0 ? Family.values()[random.nextInt(2)] : null;
        int expected = !model.isOpen() ? 437 : family != null && model.relay(family) == null ? 443 : 0;
        say("refresh " + model.client.address + " " + seconds + " " + family + " " + expected);
        ask(
                model,
                model.client.signed(Method.REFRESH, FakeClient.newTransaction(), r -> {
                    r.uint32(Attribute.LIFETIME, seconds);
                    if (family != null) {
                        r.uint32(Attribute.REQUESTED_ADDRESS_FAMILY, family.number() << 24);
                    }
                }),
                expected);
        if (expected == 0) {
            model.refresh(seconds, Optional.ofNullable(family), site.now);
        }
    }

    private void permit(TurnModel model) {
        fresh(model);
        List<TransportAddress> peers = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            peers.add(anyPeer());
        }
        int expected = model.permit(peers, site.now);
        say("permit " + model.client.address + " " + peers + " " + expected);
        ask(
                model,
                model.client.signed(
                        Method.CREATE_PERMISSION,
                        FakeClient.newTransaction(),
                        r -> peers.forEach(peer -> r.xorAddress(Attribute.XOR_PEER_ADDRESS, peer))),
                expected);
    }

    private void bind(TurnModel model) {
        fresh(model);
        TransportAddress peer = anyPeer();
        int number = 0x4000 + random.nextInt(5);
        int expected = model.bind(number, peer, site.now);
        say("bind " + model.client.address + " " + number + " " + peer + " " + expected);
        ask(
                model,
                model.client.signed(
                        Method.CHANNEL_BIND,
                        FakeClient.newTransaction(),
                        r -> r.uint32(Attribute.CHANNEL_NUMBER, number << 16)
                                .xorAddress(Attribute.XOR_PEER_ADDRESS, peer)),
                expected);
    }

    /** Nothing of this changes anything, but that what has expired is closed when it is asked for. */
    private void wrong(TurnModel model) {
        FakeClient client = model.client;
        int which = random.nextInt(3);
        say("wrong " + client.address + " " + which);
        switch (which) {
            case 0 -> {
                fresh(model);
                client.password = "wrong";
                ask(model, client.signed(Method.REFRESH, FakeClient.newTransaction(), FakeClient.NOTHING), 401);
                client.password = Site.password(client.name);
            }
            case 1 -> {
                model.closeIfExpired(site.now);
                ask(model, client.plain(Method.CREATE_PERMISSION, FakeClient.NOTHING), 401);
            }
            default -> {
                byte[] bytes = new byte[random.nextInt(60)];
                random.nextBytes(bytes);
                if (bytes.length > 0) {
                    bytes[0] |= (byte) 0x80;
                }
                client.send(bytes);
                require(site.toClients.isEmpty(), "nonsense was answered");
            }
        }
    }

    // ---- data ----

    private void channelData(TurnModel model) {
        int number = 0x4000 + random.nextInt(5);
        byte[] data = data();
        TransportAddress peer = model.channel(number, site.now);
        say("channel data " + model.client.address + " " + number + " to " + peer);
        model.client.channelData(number, data);
        isRelayed(peer == null ? Optional.empty() : model.from(peer, site.now), peer, data);
    }

    private void sendIndication(TurnModel model) {
        TransportAddress peer = anyPeer();
        byte[] data = data();
        say("send " + model.client.address + " to " + peer);
        model.client.sendIndication(peer, data);
        isRelayed(model.from(peer, site.now), peer, data);
    }

    private void fromPeer() {
        TransportAddress relay = anyPeer();
        TransportAddress peer = anyPeer();
        byte[] data = data();
        say("from " + peer + " to " + relay);
        site.fromPeer(peer, relay, data);
        require(site.toPeers.isEmpty(), "sent to a peer what is for a client");
        isToClient(relay, peer, data);
    }

    /** @param from the relayed address it leaves from, when it may leave */
    private void isRelayed(Optional<TransportAddress> from, @Nullable TransportAddress peer, byte[] data) {
        boolean own = peer != null && Site.isOwn(peer.high(), peer.low());
        if (from.isPresent() && peer != null && !own) {
            require(site.toPeers.size() == 1 && site.toClients.isEmpty(), "not sent to " + peer);
            Site.ToPeer sent = site.toPeers.getFirst();
            require(sent.peer().equals(peer), "sent to " + sent.peer());
            require(
                    sent.relay().bound().equals(from.get()),
                    "sent from " + sent.relay().bound());
            require(Arrays.equals(sent.bytes(), data), "sent otherwise");
            relayed++;
            return;
        }
        require(site.toPeers.isEmpty(), "sent to a peer without a permission");
        if (from.isPresent() && peer != null) {
            handedOver += isToClient(peer, from.get(), data) ? 1 : 0;
        } else {
            require(site.toClients.isEmpty(), "handed over without a permission");
            dropped++;
        }
    }

    /** Compares what came to the client that has this relayed address, and that nobody else got anything. Whether it got it. */
    private boolean isToClient(TransportAddress relay, TransportAddress peer, byte[] data) {
        Optional<TurnModel> receiver = models.stream()
                .filter(model -> model.mayReceive(relay, peer, site.now))
                .findFirst();
        require(site.toClients.size() == (receiver.isPresent() ? 1 : 0), site.toClients.size() + " got it");
        if (receiver.isEmpty()) {
            dropped++;
            return false;
        }
        FakeClient client = receiver.get().client;
        require(client.received().size() == 1, "another client got it");
        int number = receiver.get().channelTo(peer, site.now);
        if (number == 0) {
            StunMessage message = FakeClient.message(client.last());
            require(message.messageClass() == MessageClass.INDICATION, "no indication");
            require(message.xorAddress(Attribute.XOR_PEER_ADDRESS).equals(Optional.of(peer)), "of another peer");
            require(Arrays.equals(message.value(Attribute.DATA).orElseThrow(), data), "with other data");
        } else {
            int padding = client.client.transport() == Client.Transport.UDP ? 0 : -data.length & 3;
            byte[] expected = FakeClient.channelData(number, data.length, data, padding);
            require(Arrays.equals(client.last(), expected), "not by channel " + number);
        }
        relayed++;
        return true;
    }

    // ---- time, choices and checks ----

    private void pass(int seconds) {
        site.pass(seconds);
        say("pass " + seconds);
        if (random.nextInt(3) > 0) {
            sweep();
        }
    }

    private void sweep() {
        for (TurnModel model : models) {
            if (model.client.shard().nextDeadlineNanos() - site.now <= 0 && model.closeIfExpired(site.now)) {
                expired++;
            }
        }
        site.tick();
    }

    private int open(String name) {
        return (int) models.stream()
                .filter(model -> model.isOpen() && model.client.name.equals(name))
                .count();
    }

    private byte[] data() {
        byte[] data = new byte[random.nextInt(12)];
        random.nextBytes(data);
        return data;
    }

    /** A public one, a private one, or a relayed address of somebody or of nobody. */
    private TransportAddress anyPeer() {
        List<TransportAddress> relays =
                models.stream().flatMap(model -> model.relays().stream()).toList();
        return switch (random.nextInt(8)) {
            case 0 -> Site.ipv4(10, 0, 0, 1, 4_000);
            case 1 -> Site.PEER6;
            case 2 -> Site.ipv4(5, 6, 7, 8, 4_001);
            case 3 -> Site.ipv4(5, 6, 7, random.nextInt(4), 4_000);
            case 4 -> new TransportAddress(Site.HOST.high(), Site.HOST.low(), 443);
            case 5 -> Site.PEER;
            default -> relays.isEmpty() ? Site.PEER : relays.get(random.nextInt(relays.size()));
        };
    }

    private void check() {
        for (String name : Site.NAMES) {
            int given = site.user(name).allocations();
            require(given == open(name), name + " has " + given + " allocations (expected: " + open(name) + ")");
        }
        List<TransportAddress> relays =
                models.stream().flatMap(model -> model.relays().stream()).toList();
        require(site.open() == relays.size(), site.open() + " relays are open (expected: " + relays.size() + ")");
        for (TransportAddress relay : relays) {
            require(site.relays.find(relay.high(), relay.low(), relay.port()) != null, relay + " is not entered");
        }
        if (step % EXHAUSTIVE == 0) {
            require(site.relays.count() == relays.size(), site.relays.count() + " relays are entered");
        }
        int told = site.wires.stream().mapToInt(FakeWire::allocated).sum();
        int open = open("ann") + open("bob");
        require(told == open, told + " clients were said to have an allocation (expected: " + open + ")");
    }

    private void say(String what) {
        trace.append(what).append('\n');
    }

    private static void require(boolean kept, String broken) {
        if (!kept) {
            throw new IllegalStateException(broken);
        }
    }
}
