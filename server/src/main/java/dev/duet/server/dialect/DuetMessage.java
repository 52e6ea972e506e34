package dev.duet.server.dialect;

import dev.duet.signaling.DisplayName;
import dev.duet.signaling.ParticipantId;
import dev.duet.signaling.RoomName;
import dev.duet.signaling.SignalKind;
import java.util.Optional;

/** What a client said. {@code request} is its {@code id}, or {@link #NO_REQUEST}. */
sealed interface DuetMessage {
    /** The message carried no {@code id}. */
    long NO_REQUEST = -1;

    long request();

    record Join(long request, RoomName room, DisplayName name, String instance, Optional<String> resume)
            implements DuetMessage {}

    record Leave(long request, boolean returning) implements DuetMessage {}

    /** The payload's bytes stand in the array that was read, from {@code start} to {@code end}. */
    record Signal(long request, ParticipantId to, SignalKind kind, int start, int end) implements DuetMessage {}

    record Ping(long request) implements DuetMessage {}

    record IceServers(long request) implements DuetMessage {}

    /** Nothing that can be carried out. */
    record Wrong(long request, DuetError why) implements DuetMessage {}
}
