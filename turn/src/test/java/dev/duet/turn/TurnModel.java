package dev.duet.turn;

import dev.duet.stun.TransportAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one client should have: an allocation by the letter of RFC 8656, on maps and without a thought of speed. */
final class TurnModel {
    private static final int PERMISSION_SECONDS = 300;
    private static final int CHANNEL_SECONDS = 600;

    final FakeClient client;
    private final Map<Family, TransportAddress> relays = new HashMap<>();
    private final Map<Address, Long> permissions = new HashMap<>();
    private final Map<Integer, TransportAddress> channels = new HashMap<>();
    private final Map<Integer, Long> channelEnds = new HashMap<>();
    private long endNanos;

    private record Address(long high, long low) {
        static Address of(TransportAddress address) {
            return new Address(address.high(), address.low());
        }
    }

    TurnModel(FakeClient client) {
        this.client = client;
    }

    private static long in(int seconds, long now) {
        return now + seconds * TurnOptions.NANOS;
    }

    private static Family family(TransportAddress address) {
        return address.isIpv4() ? Family.IPV4 : Family.IPV6;
    }

    /** Whether it has an allocation, though it may have expired and nobody has noticed. */
    boolean isOpen() {
        return !relays.isEmpty();
    }

    List<TransportAddress> relays() {
        return relays.values().stream()
                .sorted(java.util.Comparator.comparing(TransportAddress::isIpv4))
                .toList();
    }

    @Nullable
    TransportAddress relay(Family family) {
        return relays.get(family);
    }

    void close() {
        relays.clear();
        permissions.clear();
        channels.clear();
        channelEnds.clear();
    }

    boolean closeIfExpired(long now) {
        boolean expired = isOpen() && endNanos <= now;
        if (expired) {
            close();
        }
        return expired;
    }

    void allocate(List<TransportAddress> addresses, long now) {
        addresses.forEach(address -> relays.put(family(address), address));
        endNanos = in(600, now);
    }

    void refresh(int seconds, Optional<Family> family, long now) {
        if (seconds > 0) {
            endNanos = in(Math.clamp(seconds, 600, 3_600), now);
            return;
        }
        family.ifPresentOrElse(relays::remove, relays::clear);
        if (relays.isEmpty()) {
            close();
        }
    }

    // ---- permissions and channels; each returns the error to expect, or 0 and it is done ----

    int permit(List<TransportAddress> peers, long now) {
        if (!isOpen()) {
            return 437;
        }
        forget(now);
        Set<Address> all = new HashSet<>(permissions.keySet());
        for (TransportAddress peer : peers) {
            int wrong = wrong(peer);
            if (wrong != 0) {
                return wrong;
            }
            all.add(Address.of(peer));
            if (all.size() > TurnWorld.OPTIONS.permissionsMax()) {
                return 508;
            }
        }
        peers.forEach(peer -> permissions.put(Address.of(peer), in(PERMISSION_SECONDS, now)));
        return 0;
    }

    int bind(int number, TransportAddress peer, long now) {
        if (!isOpen()) {
            return 437;
        }
        forget(now);
        boolean same = peer.equals(channels.get(number));
        if (!same && (channels.containsKey(number) || channels.containsValue(peer))) {
            return 400;
        }
        int wrong = wrong(peer);
        if (wrong != 0) {
            return wrong;
        }
        if (!same && channels.size() >= TurnWorld.OPTIONS.channelsMax()) {
            return 508;
        }
        int permitted = permit(List.of(peer), now);
        if (permitted == 0) {
            channels.put(number, peer);
            channelEnds.put(number, in(CHANNEL_SECONDS, now));
        }
        return permitted;
    }

    private int wrong(TransportAddress peer) {
        if (peer.isIpv4() && (peer.low() & 0xff00_0000L) == 0x0a00_0000L) {
            return 403;
        }
        return relays.containsKey(family(peer)) ? 0 : 443;
    }

    private void forget(long now) {
        permissions.values().removeIf(end -> end <= now);
        channelEnds.values().removeIf(end -> end <= now);
        channels.keySet().retainAll(channelEnds.keySet());
    }

    // ---- data ----

    /** The peer that a channel leads to. */
    @Nullable
    TransportAddress channel(int number, long now) {
        forget(now);
        return channels.get(number);
    }

    /** The number of the channel to a peer, or 0. */
    int channelTo(TransportAddress peer, long now) {
        forget(now);
        return channels.entrySet().stream()
                .filter(each -> each.getValue().equals(peer))
                .mapToInt(Map.Entry::getKey)
                .findFirst()
                .orElse(0);
    }

    /** The relayed address from which data for this peer leaves, if it may. */
    Optional<TransportAddress> from(TransportAddress peer, long now) {
        return isPermitted(peer, now) ? Optional.ofNullable(relays.get(family(peer))) : Optional.empty();
    }

    boolean mayReceive(TransportAddress relay, TransportAddress peer, long now) {
        return relays.containsValue(relay) && isPermitted(peer, now);
    }

    private boolean isPermitted(TransportAddress peer, long now) {
        forget(now);
        return isOpen() && endNanos > now && permissions.containsKey(Address.of(peer));
    }
}
