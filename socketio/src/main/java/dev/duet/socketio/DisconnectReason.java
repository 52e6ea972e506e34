package dev.duet.socketio;

import dev.duet.engineio.CloseReason;

/**
 * Why a socket went.
 *
 * @param id Socket.IO's words: {@code client namespace disconnect}, {@code server namespace disconnect} or those of a {@link CloseReason}
 * @param recoverable whether the client may come back to where it was
 */
public record DisconnectReason(String id, boolean recoverable) {
    static final DisconnectReason BY_CLIENT = new DisconnectReason("client namespace disconnect", false);
    static final DisconnectReason BY_SERVER = new DisconnectReason("server namespace disconnect", false);

    static DisconnectReason of(CloseReason why) {
        return new DisconnectReason(why.id(), why.recoverable());
    }
}
