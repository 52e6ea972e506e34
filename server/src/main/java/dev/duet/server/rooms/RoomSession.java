package dev.duet.server.rooms;

import dev.duet.server.websocket.Backpressure;
import dev.duet.signaling.Output;
import dev.duet.signaling.Session;
import java.util.Optional;

/** A dialect's end of a session: takes what the room has to say to it. */
public interface RoomSession extends Session {
    /**
     * Takes one output that names this session. Called on the room's event loop, in the room's order; must not block. The payload of an
     * {@link Output.Deliver} is the caller's: retain it to keep it.
     */
    void receive(Output output);

    /** What makes this session wait while another, to which it sends, does not keep up; nothing when it cannot be made to. */
    default Optional<Backpressure> pressure() {
        return Optional.empty();
    }
}
