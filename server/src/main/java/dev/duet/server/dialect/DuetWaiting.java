package dev.duet.server.dialect;

import dev.duet.signaling.Input;
import dev.duet.signaling.Rejection;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one connection, alone in a room, shows to those who look into it.
 *
 * <p>Not thread-safe: owned by the connection's event loop.
 */
final class DuetWaiting {
    private final Consumer<byte[]> client;

    /** @param client takes what the client is told, as JSON */
    DuetWaiting(Consumer<byte[]> client) {
        this.client = client;
    }

    /** Publishes a standing offer. */
    void park(@Nullable DuetStay stay, DuetMessage.Park park, byte[] message) {
        LobbyPayload description = LobbyPayload.of(message, park.description());
        if (mayShow(stay, park.request(), description, false) && stay != null) {
            LobbyPayload candidates = park.candidates()
                    .map(slice -> LobbyPayload.of(message, slice))
                    .orElseGet(LobbyPayload::none);
            stay.shard.submit(new Input.Park(stay, park.request(), park.instance(), description, candidates));
        }
    }

    /** Offers a connection to a preview. */
    void offer(@Nullable DuetStay stay, DuetMessage.Offer offer, byte[] message) {
        LobbyPayload description = LobbyPayload.of(message, offer.description());
        if (mayShow(stay, offer.request(), description, offer.direct()) && stay != null) {
            stay.shard.submit(new Input.Offer(stay, offer.request(), offer.offer(), description));
        }
    }

    /**
     * Whether the client may show this to those who have no seat; if not it is told why.
     *
     * @param direct whether it wishes to show addresses in it
     */
    private boolean mayShow(@Nullable DuetStay stay, long request, LobbyPayload description, boolean direct) {
        if (stay == null || !stay.hasSeat()) {
            client.accept(DuetWriter.error(request, Rejection.NOT_IN_ROOM, OptionalLong.empty()));
            return false;
        } else if (description.showsAddress() && !direct) {
            client.accept(DuetWriter.error(request, DuetError.ADDRESS_SHOWN));
            return false;
        }
        return true;
    }
}
