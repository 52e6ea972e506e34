package dev.duet.server.rooms;

import dev.duet.signaling.Output;
import dev.duet.signaling.Session;

/** A dialect's end of a session: takes what the room has to say to it. */
public interface RoomSession extends Session {
    /**
     * Takes one output that names this session. Called on the room's event loop, in the room's order; must not block. The payload of an
     * {@link Output.Deliver} is the caller's: retain it to keep it.
     */
    void receive(Output output);
}
