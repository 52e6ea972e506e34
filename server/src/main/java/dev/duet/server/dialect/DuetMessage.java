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
     * @param offer the parked offer that it answers; 0 for none
     * @param takesOffer whether it asks to be handed the parked offer with the seat
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
            boolean takesOffer)
            implements DuetMessage {
        Person person() {
            return new Person(name, instance);
        }
    }

    record Look(long request, RoomName room, DisplayName name) implements DuetMessage {}

    /** The description stands in the array that was read, from {@code start} to {@code end}. */
    record Park(long request, int start, int end) implements DuetMessage {}

    /** A visitor says something to the offer that it was shown; what, stands in the array that was read, from {@code start} to {@code end}. */
    record Answer(long request, long offer, SignalKind kind, int start, int end) implements DuetMessage {}

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
