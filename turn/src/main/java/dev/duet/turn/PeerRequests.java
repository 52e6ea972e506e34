package dev.duet.turn;

import dev.duet.stun.Attribute;
import dev.duet.stun.StunError;
import dev.duet.stun.StunMessage;
import dev.duet.stun.TransportAddress;
import dev.duet.turn.Requests.Context;
import dev.duet.turn.Requests.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** CreatePermission and ChannelBind: whom an allocation may reach. Stateless. */
final class PeerRequests {
    private static final int CHANNEL_MIN = 0x4000;

    /** RFC 8656 ends at 0x4fff, RFC 5766 at 0x7fff; clients of the older one, coturn's own among them, use all of them. */
    private static final int CHANNEL_MAX = 0x7fff;

    private final TurnServer server;

    PeerRequests(TurnServer server) {
        this.server = server;
    }

    /** RFC 8656 section 10.2. All of its peers, or none. */
    Outcome createPermission(Context context, Allocation allocation) {
        StunMessage request = context.request();
        // 1. At least one peer, and each well written.
        List<TransportAddress> peers = request.xorAddresses(Attribute.XOR_PEER_ADDRESS);
        if (peers.isEmpty()) {
            return new Outcome.Failure(StunError.BAD_REQUEST);
        }
        // 2. Each of a family that the allocation has, 3. each allowed, 4. and not too many.
        Peers next = allocation.peers();
        for (TransportAddress peer : peers) {
            Optional<StunError> wrong = wrong(allocation, peer);
            if (wrong.isPresent()) {
                return new Outcome.Failure(wrong.get());
            }
            next = next.permit(peer, isOwn(peer), context.nowNanos());
            if (next.permissionCount() > server.options().permissionsMax()) {
                return new Outcome.Failure(StunError.INSUFFICIENT_CAPACITY);
            }
        }
        allocation.peers(next);
        return Requests.SUCCESS;
    }

    /** RFC 8656 section 12.2. */
    Outcome channelBind(Context context, Allocation allocation) {
        StunMessage request = context.request();
        // 1. Both attributes are there. 2. The number is in range.
        OptionalInt number = request.uint32(Attribute.CHANNEL_NUMBER);
        Optional<TransportAddress> named = request.xorAddress(Attribute.XOR_PEER_ADDRESS);
        if (number.isEmpty() || named.isEmpty()) {
            return new Outcome.Failure(StunError.BAD_REQUEST);
        }
        int channel = number.getAsInt() >>> 16;
        TransportAddress peer = named.get();
        if (channel < CHANNEL_MIN || channel > CHANNEL_MAX || peer.port() == 0) {
            return new Outcome.Failure(StunError.BAD_REQUEST);
        }
        // 3. The number is not bound to another peer. 4. The peer is not bound to another number.
        Peers peers = allocation.peers();
        long now = context.nowNanos();
        int byNumber = peers.channel(channel, now);
        int byPeer = peers.channelTo(peer.high(), peer.low(), peer.port(), now);
        if (byNumber != byPeer) {
            return new Outcome.Failure(StunError.BAD_REQUEST);
        }
        // 5. The peer is of a family that the allocation has, and allowed. 6. Not too many.
        Optional<StunError> wrong = wrong(allocation, peer);
        if (wrong.isPresent()) {
            return new Outcome.Failure(wrong.get());
        }
        Peers next = peers.bind(channel, peer, now).permit(peer, isOwn(peer), now);
        if (next.channelCount() > server.options().channelsMax()
                || next.permissionCount() > server.options().permissionsMax()) {
            return new Outcome.Failure(StunError.INSUFFICIENT_CAPACITY);
        }
        allocation.peers(next);
        return Requests.SUCCESS;
    }

    private Optional<StunError> wrong(Allocation allocation, TransportAddress peer) {
        // Who waits for a call meets the other side's relayed address at most.
        boolean other = allocation.user().waits() || !server.policy().allows(peer.high(), peer.low());
        if (other && !isOwn(peer)) {
            return Optional.of(StunError.FORBIDDEN);
        }
        Family family = Family.of(peer.high(), peer.low());
        return allocation.relay(family) == null
                ? Optional.of(StunError.PEER_ADDRESS_FAMILY_MISMATCH)
                : Optional.empty();
    }

    private boolean isOwn(TransportAddress peer) {
        // What the policy forbids is forbidden, whosever it is.
        boolean other = !server.policy().allows(peer.high(), peer.low());
        return other
                ? server.ownAddresses().contain(peer.high(), peer.low())
                : server.ownAddresses().containNow(peer.high(), peer.low());
    }
}
