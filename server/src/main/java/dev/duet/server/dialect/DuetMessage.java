package dev.duet.server.dialect;

import dev.duet.signaling.DisplayName;
import dev.duet.signaling.ParticipantId;
import dev.duet.signaling.Person;
import dev.duet.signaling.RoomName;
import dev.duet.signaling.SignalKind;
import dev.duet.signaling.StreamPosition;
import java.util.List;
import java.util.Optional;

/** What a client said. {@code request} is its {@code id}, or {@link #NO_REQUEST}. */
sealed interface DuetMessage {
    /** The message carried no {@code id}. */
    long NO_REQUEST = -1;

    long request();

    /**
     * Asks for a seat.
     *
     * @param streams there when this client numbers and acknowledges
     * @param key a secret of the page load; empty for none
     * @param offer the offer that it claims; 0 for none
     * @param answer to the standing offer that it claims
     * @param takesOffer whether it claims the standing offer with the seat, whatever its number
     */
    record Join(
            long request,
            RoomName room,
            DisplayName name,
            String instance,
            Optional<String> resume,
            Optional<List<StreamPosition>> streams,
            String key,
            long offer,
            Optional<Slice> answer,
            boolean takesOffer)
            implements DuetMessage {
        Person person() {
            return new Person(name, instance);
        }
    }

    /**
     * Asks who is in a room, without a seat.
     *
     * @param preconnects whether a connection may be prepared before the click
     */
    record Look(long request, RoomName room, DisplayName name, boolean preconnects) implements DuetMessage {}

    /**
     * The standing offer.
     *
     * @param instance which page end its connection is; empty when the message does not say
     * @param candidates there when it has some that only a participant with a seat may have
     */
    record Park(long request, Optional<String> instance, Slice description, Optional<Slice> candidates)
            implements DuetMessage {}

    /**
     * Offers a connection to a preview.
     *
     * @param direct whether its author wishes to show addresses
     */
    record Offer(long request, long offer, Slice description, boolean direct) implements DuetMessage {}

    /**
     * A preview answers the offer of a connection.
     *
     * @param direct whether its author wishes to show addresses
     */
    record Answer(long request, long offer, Slice description, boolean direct) implements DuetMessage {}

    /** A value of the message, in the array that was read, from {@code start} to {@code end}. */
    record Slice(int start, int end) {}

    record Leave(long request, boolean returning) implements DuetMessage {}

    /**
     * The payload's bytes stand in the array that was read, from {@code start} to {@code end}.
     *
     * @param seq 0 when the message had none
     */
    record Signal(long request, ParticipantId to, int epoch, long seq, SignalKind kind, int start, int end)
            implements DuetMessage {}

    record Ack(long request, ParticipantId participant, int epoch, long seq) implements DuetMessage {}

    record Ping(long request) implements DuetMessage {}

    record IceServers(long request) implements DuetMessage {}

    /** Nothing that can be carried out. */
    record Wrong(long request, DuetError why) implements DuetMessage {}
}
