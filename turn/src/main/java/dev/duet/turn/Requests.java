package dev.duet.turn;

import dev.duet.stun.Attribute;
import dev.duet.stun.MessageClass;
import dev.duet.stun.Method;
import dev.duet.stun.StunError;
import dev.duet.stun.StunMessage;
import dev.duet.stun.StunWriter;
import dev.duet.stun.TransportAddress;
import dev.duet.turn.Allocation.Identity;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers a shard's STUN requests. A stranger's costs no memory: nothing is kept before a request is authenticated.
 *
 * <p>Not thread-safe: owned by the shard.
 */
final class Requests {
    private static final byte[] NO_TRANSACTION = new byte[12];

    private static final Set<Integer> METHODS = Set.of(
            Method.BINDING,
            Method.ALLOCATE,
            Method.REFRESH,
            Method.CREATE_PERMISSION,
            Method.CHANNEL_BIND,
            Method.CONNECT,
            Method.CONNECTION_BIND);

    private final TurnServer server;
    private final Wire wire;
    private final Authentication authentication;
    private final AnswerLimit limit;
    private final TurnCounters counters;
    private final AllocateRequest allocate;
    private final PeerRequests peerRequests;
    private final RefreshRequest refresh;
    private final StunWriter writer = new StunWriter();
    private final Datagram own = Datagram.allocate();

    /** One request under way, and what its answer needs. */
    record Context(
            StunMessage request, Client client, @Nullable Allocation allocation, Identity identity, long nowNanos) {}

    /** What a request comes to. */
    sealed interface Outcome {
        /** The attributes of its success response are in the writer. */
        record Success() implements Outcome {}

        record Failure(StunError error) implements Outcome {}
    }

    static final Outcome SUCCESS = new Outcome.Success();

    Requests(TurnServer server, Wire wire, TurnShard shard, AnswerLimit limit) {
        this.server = server;
        this.wire = wire;
        this.limit = limit;
        counters = shard.counters();
        authentication = new Authentication(server);
        allocate = new AllocateRequest(server, wire, shard);
        refresh = new RefreshRequest(shard);
        peerRequests = new PeerRequests(server);
    }

    /**
     * Answers, in the datagram that the request came in.
     *
     * @return whether it may be answered: not when too many strangers of its network asked
     */
    boolean answer(
            StunMessage message, Client client, @Nullable Allocation allocation, Datagram datagram, long nowNanos) {
        if (message.messageClass() != MessageClass.REQUEST) {
            return true; // An indication, such as a keep-alive: nothing to answer.
        }
        if (!METHODS.contains(message.method())) {
            return true; // RFC 8489 section 6.3: discarded in silence, and nobody is asked who they are.
        }
        if (message.method() == Method.BINDING) {
            return binding(message, client, datagram, nowNanos);
        }
        return switch (authentication.check(message, client, allocation, nowNanos)) {
            case Authentication.Result.Known(Identity identity) -> {
                perform(new Context(message, client, allocation, identity, nowNanos), datagram);
                yield true;
            }
            case Authentication.Result.Failed(StunError error) -> {
                if (!limit.mayAnswer(client, nowNanos)) {
                    yield false;
                }
                unauthenticated(message, client, error, nowNanos);
                send(client, datagram);
                yield true;
            }
        };
    }

    /** RFC 8489 section 6.3.1.1: XOR-MAPPED-ADDRESS and nothing more, 32 or 44 bytes. */
    private boolean binding(StunMessage request, Client client, Datagram datagram, long nowNanos) {
        if (!limit.mayAnswer(client, nowNanos)) {
            return false;
        }
        List<Integer> unknown = request.unknownRequired(Requests::isUnderstood);
        if (unknown.isEmpty()) {
            writer.start(Method.BINDING, MessageClass.SUCCESS, request.transactionId())
                    .xorAddress(Attribute.XOR_MAPPED_ADDRESS, client.address());
        } else {
            writer.start(Method.BINDING, MessageClass.ERROR, request.transactionId())
                    .errorCode(StunError.UNKNOWN_ATTRIBUTE)
                    .unknownAttributes(unknown);
        }
        send(client, datagram);
        return true;
    }

    private void unauthenticated(StunMessage request, Client client, StunError error, long nowNanos) {
        writer.start(request.method(), MessageClass.ERROR, request.transactionId())
                .errorCode(error);
        if (error == StunError.UNAUTHENTICATED || error == StunError.STALE_NONCE) {
            writer.text(Attribute.REALM, server.options().realm())
                    .text(Attribute.NONCE, authentication.nonce(client, nowNanos))
                    .attribute(Attribute.PASSWORD_ALGORITHMS, Authentication.OFFERED);
        }
    }

    private void perform(Context context, Datagram datagram) {
        StunMessage request = context.request();
        writer.start(request.method(), MessageClass.SUCCESS, request.transactionId());
        List<Integer> unknown = request.unknownRequired(Requests::isUnderstood);
        Outcome outcome = unknown.isEmpty() ? outcome(context) : new Outcome.Failure(StunError.UNKNOWN_ATTRIBUTE);
        if (outcome instanceof Outcome.Failure(StunError error)) {
            writer.start(request.method(), MessageClass.ERROR, request.transactionId())
                    .errorCode(error);
            if (error == StunError.UNKNOWN_ATTRIBUTE) {
                writer.unknownAttributes(unknown);
            }
            if (error == StunError.TRY_ALTERNATE) {
                allocate.alternate().ifPresent(other -> writer.address(Attribute.ALTERNATE_SERVER, other));
            }
        }
        Identity identity = context.identity();
        if (identity.sha256()) {
            writer.integritySha256(identity.key());
        } else {
            writer.integritySha1(identity.key());
        }
        if (request.hasFingerprint()) {
            writer.fingerprint();
        }
        send(context.client(), datagram);
    }

    private Outcome outcome(Context context) {
        int method = context.request().method();
        if (method == Method.ALLOCATE) {
            return allocate.perform(context, writer);
        }
        Allocation allocation = context.allocation();
        if (allocation == null) {
            return new Outcome.Failure(StunError.ALLOCATION_MISMATCH);
        }
        return switch (method) {
            case Method.REFRESH -> refresh.perform(context, allocation, writer);
            case Method.CREATE_PERMISSION -> peerRequests.createPermission(context, allocation);
            case Method.CHANNEL_BIND -> peerRequests.channelBind(context, allocation);
            // RFC 6062: there are no TCP allocations, so there is nothing to connect.
            default -> new Outcome.Failure(StunError.FORBIDDEN);
        };
    }

    /**
     * DONT-FRAGMENT is not: the kernel decides about fragments, so an Allocate with it is refused and a Send dropped (RFC 8656, sections 7.2
     * and 11.2). What is known and of no use in a message is ignored.
     */
    static boolean isUnderstood(int attribute) {
        return Attribute.isKnown(attribute) && attribute != Attribute.DONT_FRAGMENT;
    }

    AllocateRequest allocate() {
        return allocate;
    }

    /** RFC 8656 section 11.5: a Data indication with an ICMP attribute in place of data. */
    void unreachable(Client client, TransportAddress peer, int type, int code) {
        byte[] icmp = {0, 0, (byte) type, (byte) code, 0, 0, 0, 0};
        writer.start(Method.DATA, MessageClass.INDICATION, NO_TRANSACTION)
                .xorAddress(Attribute.XOR_PEER_ADDRESS, peer)
                .attribute(Attribute.ICMP, icmp);
        send(client, own);
    }

    private void send(Client client, Datagram datagram) {
        writer.copyTo(datagram.buffer(), Datagram.HEADROOM);
        counters.countAnswer(writer.length());
        wire.toClient(client, datagram.payload(Datagram.HEADROOM, writer.length()));
    }
}
