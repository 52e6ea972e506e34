package dev.duet.server.rooms;

import dev.duet.signaling.Person;
import dev.duet.signaling.RoomName;

/** Who may join which room. */
@FunctionalInterface
public interface Policy {
    /** Everybody may join every room. */
    Policy EVERYBODY = (_, _, answer) -> answer.admit(true);

    /**
     * Decides about one join. Called on an event loop, so it must not block; it may answer later and from any thread, but once. No answer
     * within 2 s, or an exception, is a no.
     */
    void decide(RoomName room, Person person, Answer answer);

    /** Takes the decision. */
    @FunctionalInterface
    interface Answer {
        /** Says whether the person may join. */
        void admit(boolean admitted);
    }
}
