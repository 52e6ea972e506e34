package dev.duet.turn;

import dev.duet.stun.Attribute;
import dev.duet.stun.StunError;
import dev.duet.stun.StunMessage;
import dev.duet.stun.StunWriter;
import dev.duet.turn.Requests.Context;
import dev.duet.turn.Requests.Outcome;
import java.util.Optional;
import java.util.OptionalInt;

/** Refresh: RFC 8656 section 8.2. Owned by the shard. */
final class RefreshRequest {
    private final TurnShard shard;

    RefreshRequest(TurnShard shard) {
        this.shard = shard;
    }

    Outcome perform(Context context, Allocation allocation, StunWriter answer) {
        StunMessage request = context.request();
        // 1. With an address family it is about that relayed address only.
        Optional<Family> family = Optional.empty();
        if (request.has(Attribute.REQUESTED_ADDRESS_FAMILY)) {
            OptionalInt number = request.uint32(Attribute.REQUESTED_ADDRESS_FAMILY);
            family = number.isEmpty() ? Optional.empty() : Family.of(number.getAsInt() >>> 24);
            if (family.isEmpty() || allocation.relay(family.get()) == null) {
                return new Outcome.Failure(StunError.PEER_ADDRESS_FAMILY_MISMATCH);
            }
        }
        // 2. A lifetime of 0 ends it.
        OptionalInt lifetime = request.uint32(Attribute.LIFETIME);
        if (lifetime.isPresent() && lifetime.getAsInt() == 0) {
            family.flatMap(allocation::withoutRelay).ifPresent(shard::close);
            boolean none = allocation.relay(Family.IPV4) == null && allocation.relay(Family.IPV6) == null;
            if (family.isEmpty() || none) {
                shard.close(allocation);
            }
            answer.uint32(Attribute.LIFETIME, 0);
            return Requests.SUCCESS;
        }
        // 3. Another lifetime begins now.
        int seconds = AllocateRequest.lifetimeSeconds(request);
        allocation.expires(context.nowNanos() + seconds * TurnOptions.NANOS);
        answer.uint32(Attribute.LIFETIME, seconds);
        return Requests.SUCCESS;
    }
}
