package dev.duet.turn;

import dev.duet.stun.Attribute;
import dev.duet.stun.StunError;
import dev.duet.stun.StunMessage;
import dev.duet.stun.StunWriter;
import dev.duet.stun.TransportAddress;
import dev.duet.turn.Requests.Context;
import dev.duet.turn.Requests.Outcome;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/** Allocate: RFC 8656 section 7.2, step by step. Owned by the shard. */
final class AllocateRequest {
    private static final int UDP = 17;
    private static final int RESERVE_NEXT = 0x80;

    private final TurnServer server;
    private final Wire wire;
    private final TurnShard shard;
    private boolean draining;
    private Optional<TransportAddress> alternate = Optional.empty();

    AllocateRequest(TurnServer server, Wire wire, TurnShard shard) {
        this.server = server;
        this.wire = wire;
        this.shard = shard;
    }

    /** From now on newcomers are sent elsewhere. */
    void drain(Optional<TransportAddress> to) {
        draining = true;
        alternate = to;
    }

    Optional<TransportAddress> alternate() {
        return alternate;
    }

    Outcome perform(Context context, StunWriter answer) {
        StunMessage request = context.request();
        // 1. The request is authenticated by now.
        // 2. One allocation for each 5-tuple; the answer to a retransmission is the same as the first one's.
        if (context.allocation() instanceof Allocation existing) {
            boolean again = Arrays.equals(existing.transactionId(), request.transactionId())
                    && existing.identity().username().equals(context.identity().username());
            if (!again) {
                return new Outcome.Failure(StunError.ALLOCATION_MISMATCH);
            }
            answer(context, existing, answer);
            return Requests.SUCCESS;
        }
        return wrongIn(request)
                .map(error -> (Outcome) new Outcome.Failure(error))
                .orElseGet(() -> allocate(context, answer));
    }

    private static Optional<StunError> wrongIn(StunMessage request) {
        // 3. REQUESTED-TRANSPORT is there, and is UDP; TCP (RFC 6062) is not to be had.
        OptionalInt transport = request.uint32(Attribute.REQUESTED_TRANSPORT);
        if (transport.isEmpty()) {
            return Optional.of(StunError.BAD_REQUEST);
        }
        if (transport.getAsInt() >>> 24 != UDP) {
            return Optional.of(StunError.UNSUPPORTED_TRANSPORT);
        }
        // 4. DONT-FRAGMENT is answered as an unknown attribute: the kernel decides about fragments.
        // 5. RESERVATION-TOKEN: nothing is ever reserved, so no token is good.
        boolean one = request.has(Attribute.REQUESTED_ADDRESS_FAMILY);
        boolean both = request.has(Attribute.ADDITIONAL_ADDRESS_FAMILY);
        boolean even = request.has(Attribute.EVEN_PORT);
        if (request.has(Attribute.RESERVATION_TOKEN)) {
            return Optional.of(one || both || even ? StunError.BAD_REQUEST : StunError.INSUFFICIENT_CAPACITY);
        }
        // 6. One family or both, not one and both. 7. What is additional is IPv6, and no port next to it is reserved.
        boolean reserve = even && (evenPort(request) & RESERVE_NEXT) != 0;
        if (both && (one || reserve)) {
            return Optional.of(StunError.BAD_REQUEST);
        }
        if (one && family(request, Attribute.REQUESTED_ADDRESS_FAMILY).isEmpty()) {
            return Optional.of(StunError.ADDRESS_FAMILY_NOT_SUPPORTED);
        }
        if (both && !family(request, Attribute.ADDITIONAL_ADDRESS_FAMILY).equals(Optional.of(Family.IPV6))) {
            return Optional.of(StunError.BAD_REQUEST);
        }
        // 8. EVEN-PORT is honoured, the reservation of the next port is refused.
        return reserve ? Optional.of(StunError.INSUFFICIENT_CAPACITY) : Optional.empty();
    }

    private static int evenPort(StunMessage request) {
        return request.value(Attribute.EVEN_PORT)
                .filter(v -> v.length == 1)
                .map(v -> v[0] & 0xff)
                .orElse(RESERVE_NEXT);
    }

    private static Optional<Family> family(StunMessage request, int attribute) {
        OptionalInt value = request.uint32(attribute);
        return value.isEmpty() ? Optional.empty() : Family.of(value.getAsInt() >>> 24);
    }

    private Outcome allocate(Context context, StunWriter answer) {
        StunMessage request = context.request();
        // 10. Another server may take it; asked before the quota, so that nobody has to give back.
        if (draining) {
            return new Outcome.Failure(
                    alternate.isPresent() ? StunError.TRY_ALTERNATE : StunError.INSUFFICIENT_CAPACITY);
        }
        Family first = family(request, Attribute.REQUESTED_ADDRESS_FAMILY).orElse(Family.IPV4);
        if (!wire.has(first)) {
            return new Outcome.Failure(StunError.ADDRESS_FAMILY_NOT_SUPPORTED);
        }
        if (shard.allocationCount() >= server.options().allocationsMax()) {
            return new Outcome.Failure(StunError.INSUFFICIENT_CAPACITY);
        }
        // 9. The quota; given back by close(), or here.
        User user = context.identity().user();
        if (!user.tryAllocate()) {
            return new Outcome.Failure(StunError.ALLOCATION_QUOTA_REACHED);
        }
        Client client = context.client();
        Allocation allocation = new Allocation(client, context.identity(), request.transactionId(), context.nowNanos());
        if (!open(allocation, first, request.has(Attribute.EVEN_PORT))) {
            user.release();
            return new Outcome.Failure(StunError.INSUFFICIENT_CAPACITY);
        }
        if (request.has(Attribute.ADDITIONAL_ADDRESS_FAMILY) && wire.has(Family.IPV6)) {
            open(allocation, Family.IPV6, false);
        }
        allocation.expires(context.nowNanos() + lifetimeSeconds(request) * TurnOptions.NANOS);
        shard.add(allocation);
        answer(context, allocation, answer);
        return Requests.SUCCESS;
    }

    private boolean open(Allocation allocation, Family family, boolean even) {
        Optional<Wire.RelayAddress> opened = wire.open(allocation.client(), family, even);
        if (opened.isEmpty()) {
            return false;
        }
        Relay relay = new Relay(allocation, family, opened.get());
        if (!server.relays().add(relay)) {
            wire.close(relay);
            return false;
        }
        allocation.relay(relay);
        wire.opened(relay);
        return true;
    }

    /** RFC 8656 section 7.2: at least the default, at most an hour. */
    static int lifetimeSeconds(StunMessage request) {
        OptionalInt asked = request.uint32(Attribute.LIFETIME);
        if (asked.isEmpty()) {
            return TurnOptions.LIFETIME_SECONDS;
        }
        long seconds = Integer.toUnsignedLong(asked.getAsInt());
        return Math.clamp(seconds, TurnOptions.LIFETIME_SECONDS, TurnOptions.LIFETIME_SECONDS_MAX);
    }

    private void answer(Context context, Allocation allocation, StunWriter answer) {
        for (Family family : Family.values()) {
            if (allocation.relay(family) instanceof Relay relay) {
                answer.xorAddress(Attribute.XOR_RELAYED_ADDRESS, relay.advertised());
            }
        }
        if (context.request().has(Attribute.ADDITIONAL_ADDRESS_FAMILY) && allocation.relay(Family.IPV6) == null) {
            answer.addressErrorCode(
                    Family.IPV6.number(),
                    wire.has(Family.IPV6) ? StunError.INSUFFICIENT_CAPACITY : StunError.ADDRESS_FAMILY_NOT_SUPPORTED);
        }
        long left = (allocation.expires() - context.nowNanos() + TurnOptions.NANOS - 1) / TurnOptions.NANOS;
        answer.uint32(Attribute.LIFETIME, (int) left)
                .xorAddress(Attribute.XOR_MAPPED_ADDRESS, context.client().address());
    }
}
