package dev.duet.turn;

import dev.duet.stun.Attribute;
import dev.duet.stun.LongTermKey;
import dev.duet.stun.MessageClass;
import dev.duet.stun.Method;
import dev.duet.stun.PasswordAlgorithm;
import dev.duet.stun.StunMessage;
import dev.duet.stun.StunWriter;
import dev.duet.stun.TransportAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** A TURN client: it signs its requests and reads the answers. */
final class FakeClient {
    static final int LISTENER = 3;
    static final Consumer<StunWriter> NOTHING = _ -> {};
    static final Consumer<StunWriter> UDP_TRANSPORT =
            request -> request.uint32(Attribute.REQUESTED_TRANSPORT, 17 << 24);

    private static long transactions;

    private final Site site;
    private final Datagram datagram = Datagram.allocate();
    private final StunWriter writer = new StunWriter();
    final Client client;
    final TransportAddress address;
    final int shard;

    /** What it says it is; each may be changed to something else. */
    String name;

    String password;
    String nonce = "";
    byte[] algorithms = Authentication.OFFERED;
    boolean sha256;
    boolean userHash;

    FakeClient(Site site, String name, TransportAddress address, int shard, Client.Transport transport) {
        this.site = site;
        this.name = name;
        this.password = Site.password(name);
        this.address = address;
        this.shard = shard;
        client = transport == Client.Transport.UDP
                ? Client.udp(address, LISTENER)
                : Client.connected(transport, address, LISTENER, this);
    }

    TurnShard shard() {
        return site.shards.get(shard);
    }

    FakeWire wire() {
        return site.wires.get(shard);
    }

    static byte[] newTransaction() {
        return ByteBuffer.allocate(12)
                .putInt(0x0d0e_0f00)
                .putLong(++transactions)
                .array();
    }

    // ---- requests ----

    /** A signed request, with a nonce that it asks for if it has none. */
    byte[] signed(int method, byte[] transaction, Consumer<StunWriter> attributes) {
        if (nonce.isEmpty()) {
            newNonce();
        }
        writer.start(method, MessageClass.REQUEST, transaction);
        attributes.accept(writer);
        if (userHash) {
            writer.attribute(Attribute.USERHASH, LongTermKey.userHash(name, "duet"));
        } else {
            writer.text(Attribute.USERNAME, name);
        }
        writer.text(Attribute.REALM, "duet").text(Attribute.NONCE, nonce);
        if (sha256) {
            writer.attribute(Attribute.PASSWORD_ALGORITHMS, algorithms)
                    .attribute(
                            Attribute.PASSWORD_ALGORITHM,
                            PasswordAlgorithm.bytes(List.of(PasswordAlgorithm.of(PasswordAlgorithm.SHA256))))
                    .integritySha256(key());
        } else {
            writer.integritySha1(key());
        }
        return writer.toBytes();
    }

    byte[] key() {
        return sha256 ? LongTermKey.sha256(name, "duet", password) : LongTermKey.md5(name, "duet", password);
    }

    /** The answer to a signed request; its signature is checked when it has one. */
    StunMessage ask(int method, Consumer<StunWriter> attributes) {
        StunMessage answer = answer(signed(method, newTransaction(), attributes));
        boolean right = sha256 ? answer.verifySha256(key()) : answer.verifySha1(key());
        if ((answer.hasIntegritySha1() || answer.hasIntegritySha256()) && !right) {
            throw new AssertionError("an answer with a wrong signature");
        }
        return answer;
    }

    void newNonce() {
        StunMessage answer = answer(plain(Method.ALLOCATE, UDP_TRANSPORT));
        nonce = answer.text(Attribute.NONCE).orElseThrow();
    }

    /** A request that is not signed. */
    byte[] plain(int method, Consumer<StunWriter> attributes) {
        writer.start(method, MessageClass.REQUEST, newTransaction());
        attributes.accept(writer);
        return writer.toBytes();
    }

    StunMessage allocate(Consumer<StunWriter> attributes) {
        return ask(Method.ALLOCATE, UDP_TRANSPORT.andThen(attributes));
    }

    /** Allocates; the relayed address. */
    TransportAddress allocate() {
        return succeeded(allocate(NOTHING))
                .xorAddress(Attribute.XOR_RELAYED_ADDRESS)
                .orElseThrow();
    }

    StunMessage refresh(int seconds) {
        return ask(Method.REFRESH, request -> request.uint32(Attribute.LIFETIME, seconds));
    }

    StunMessage permit(TransportAddress... peers) {
        return ask(Method.CREATE_PERMISSION, request -> {
            for (TransportAddress peer : peers) {
                request.xorAddress(Attribute.XOR_PEER_ADDRESS, peer);
            }
        });
    }

    StunMessage bind(int channel, TransportAddress peer) {
        return ask(
                Method.CHANNEL_BIND,
                request -> request.uint32(Attribute.CHANNEL_NUMBER, channel << 16)
                        .xorAddress(Attribute.XOR_PEER_ADDRESS, peer));
    }

    static StunMessage succeeded(StunMessage answer) {
        if (answer.messageClass() != MessageClass.SUCCESS) {
            throw new AssertionError("refused with " + answer.errorCode());
        }
        return answer;
    }

    /** The error's number, or 0 when it is none. */
    static int error(StunMessage answer) {
        OptionalInt code = answer.errorCode();
        return answer.messageClass() == MessageClass.SUCCESS ? 0 : code.orElseThrow();
    }

    // ---- data ----

    void sendIndication(TransportAddress peer, byte[] data) {
        send(new StunWriter()
                .start(Method.SEND, MessageClass.INDICATION, newTransaction())
                .xorAddress(Attribute.XOR_PEER_ADDRESS, peer)
                .attribute(Attribute.DATA, data)
                .toBytes());
    }

    void channelData(int channel, byte[] data) {
        send(channelData(channel, data.length, data, 0));
    }

    static byte[] channelData(int channel, int length, byte[] data, int padding) {
        return ByteBuffer.allocate(4 + data.length + padding)
                .putShort((short) channel)
                .putShort((short) length)
                .put(data)
                .array();
    }

    // ---- bytes ----

    void send(byte[] bytes) {
        datagram.buffer().put(Datagram.HEADROOM, bytes);
        datagram.received(address.high(), address.low(), address.port(), bytes.length);
        if (client.transport() == Client.Transport.UDP) {
            shard().fromClient(LISTENER, datagram, site.now);
        } else {
            shard().fromClient(client, datagram, site.now);
        }
    }

    /** What came to this client, oldest first. */
    List<byte[]> received() {
        List<byte[]> received = new ArrayList<>();
        for (Site.ToClient sent : site.toClients) {
            if (sent.client().address().equals(address) && sent.client().transport() == client.transport()) {
                received.add(sent.bytes());
            }
        }
        return received;
    }

    /** The last that came to it. */
    byte[] last() {
        return received().getLast();
    }

    /** The one answer to these bytes. */
    StunMessage answer(byte[] bytes) {
        int before = received().size();
        send(bytes);
        List<byte[]> received = received();
        if (received.size() != before + 1) {
            throw new AssertionError((received.size() - before) + " answers (expected: 1)");
        }
        return message(received.getLast());
    }

    static StunMessage message(byte[] bytes) {
        return StunMessage.parse(ByteBuffer.wrap(bytes), 0, bytes.length).orElseThrow();
    }
}
