package dev.duet.bench.turn;

import dev.duet.server.relay.UdpSockets;
import dev.duet.stun.TransportAddress;
import dev.duet.turn.Datagram;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** One client of a TURN server: it makes an allocation and binds one channel, each request repeated until it is answered. */
final class TurnClient {
    static final int CHANNEL = 0x4000;

    private static final int UNAUTHORIZED = 401;
    private static final int STALE_NONCE = 438;
    private static final long REPEAT_NANOS = 500_000_000;
    private static final int REPEATS_MAX = 10;

    private final UdpSockets sockets;
    private final TransportAddress server;
    private final Credentials credentials;
    private final int socket;
    private byte[] realm = {};
    private byte[] nonce = {};
    private byte[] key = {};
    private byte[] request = {};
    private long transaction;
    private long repeatAtNanos;
    private int repeats;
    private boolean waits;
    private boolean allocates;
    private @Nullable TransportAddress relayed;
    private @Nullable TransportAddress peer;

    record Credentials(String user, String password) {}

    TurnClient(UdpSockets sockets, int socket, TransportAddress server, Credentials credentials) {
        this.sockets = sockets;
        this.socket = socket;
        this.server = server;
        this.credentials = credentials;
    }

    int socket() {
        return socket;
    }

    TransportAddress local() {
        return TransportAddress.of(sockets.local(socket));
    }

    /** Where peers reach it, once allocated. */
    TransportAddress relayed() {
        TransportAddress address = relayed;
        if (address == null) {
            throw new IllegalStateException("no allocation");
        }
        return address;
    }

    boolean waits() {
        return waits;
    }

    void allocate() {
        allocates = true;
        send();
    }

    void bind(TransportAddress to) {
        allocates = false;
        peer = to;
        send();
    }

    private void send() {
        transaction = (System.nanoTime() << 16) | socket;
        StunRequest made = new StunRequest(allocates ? StunRequest.ALLOCATE : StunRequest.CHANNEL_BIND, transaction);
        TransportAddress to = peer;
        if (allocates || to == null) {
            made.requestedTransport();
        } else {
            made.channel(CHANNEL).peer(to);
        }
        request = nonce.length == 0 ? made.bytes() : made.bytes(credentials.user(), realm, nonce, key);
        repeats = 0;
        waits = true;
        transmit();
    }

    private void transmit() {
        repeatAtNanos = System.nanoTime() + REPEAT_NANOS;
        Datagram datagram = sockets.spare().payload(Datagram.HEADROOM, request.length);
        datagram.buffer().put(Datagram.HEADROOM, request);
        sockets.send(socket, server.high(), server.low(), server.port(), datagram);
    }

    /** Repeats what was not answered in time. */
    void repeat(long nowNanos) {
        if (waits && nowNanos - repeatAtNanos >= 0) {
            if (++repeats > REPEATS_MAX) {
                throw new IllegalStateException("client " + socket + " was not answered");
            }
            transmit();
        }
    }

    void answered(byte[] message) {
        StunReply reply = new StunReply(message);
        if (!waits || reply.transaction() != transaction) {
            return;
        }
        switch (reply.error()) {
            case 0 -> {
                waits = false;
                if (allocates) {
                    relayed = reply.relayed();
                }
            }
            case UNAUTHORIZED, STALE_NONCE -> {
                if (reply.error() == UNAUTHORIZED && nonce.length > 0) {
                    throw new IllegalStateException("the server does not know this user");
                }
                realm = reply.attribute(StunReply.REALM);
                nonce = reply.attribute(StunReply.NONCE);
                key = key();
                send();
            }
            default -> throw new IllegalStateException("client " + socket + " was refused: " + reply.error());
        }
    }

    private byte[] key() {
        String text =
                credentials.user() + ':' + new String(realm, StandardCharsets.UTF_8) + ':' + credentials.password();
        try {
            return MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
