package dev.duet.server.relay;

import java.time.Duration;
import java.util.List;

/** Who gives participants the STUN and TURN servers for their call. Thread-safe. */
public interface IceServers {
    /** There are none: a call needs a direct way. */
    IceServers NONE = new IceServers() {
        @Override
        public List<IceServer> forParticipant(String participant, String host) {
            return List.of();
        }

        @Override
        public List<IceServer> forVisitor(String visitor, String host) {
            return List.of();
        }

        @Override
        public Duration life() {
            return Duration.ZERO;
        }

        @Override
        public void gone(String participant, boolean connectionLost) {}
    };

    /**
     * For a participant who has a seat.
     *
     * @param participant whose allocations they will be
     * @param host by which the participant reached this server, as it stands in a URL
     */
    List<IceServer> forParticipant(String participant, String host);

    /** For how long a visitor's credentials can be used. */
    Duration VISITOR_LIFE = Duration.ofMinutes(2);

    /**
     * For somebody who looks into a room and may join it under the same name: enough to prepare a call.
     *
     * @param visitor whose allocations they will be
     * @param host by which the visitor reached this server, as it stands in a URL
     */
    List<IceServer> forVisitor(String visitor, String host);

    /** For how long a participant's can be used to begin a call. */
    Duration life();

    /** The participant is alone in the room: what it prepares reaches nobody but another one's relayed address. */
    default void waits(String participant) {}

    /** The participant is in company: a call may begin. */
    default void meets(String participant) {}

    /**
     * The participant's seat has ended.
     *
     * @param connectionLost whether the call itself may go on
     */
    void gone(String participant, boolean connectionLost);
}
