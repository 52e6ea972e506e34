package dev.duet.server.dialect;

import dev.duet.server.relay.IceServer;
import dev.duet.signaling.ParticipantId;
import dev.duet.socketio.Emission;
import dev.duet.socketio.Event;
import dev.duet.socketio.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What a client of the course dialect is told: events, and acknowledgements where it awaits them. An acknowledgement is empty when what was
 * asked for is done; else its argument is what {@code duet-error} has.
 *
 * <p>Not thread-safe: owned by the client's event loop.
 */
final class CourseReplies {
    private static final String FORMS =
            "the other page speaks another dialect and makes nothing of this; send {type: 'offer' or 'answer', sdp} and"
                    + " {type: 'candidate', label: sdpMLineIndex, id: sdpMid, candidate}, without binary data";

    private final Socket socket;
    private final byte[] myId;
    private boolean toldOfForms;

    /** @param me its name to others and to itself */
    CourseReplies(Socket socket, ParticipantId me) {
        this.socket = socket;
        this.myId = json(me);
    }

    void joined(byte[] room) {
        emit("joined", room, myId);
    }

    /** For the script that this server serves, which puts them where the page finds them: {@code window.duetIceServers}. */
    void iceServers(List<IceServer> servers) {
        if (!servers.isEmpty()) {
            emit("duet-ice-servers", DuetWriter.iceServers(servers));
        }
    }

    void full(byte[] room) {
        emit("full", room, myId);
    }

    void leaved(byte[] room) {
        emit("leaved", room, myId);
    }

    void otherJoined(byte[] room, ParticipantId other) {
        emit("otherjoin", room, json(other));
    }

    void bye(byte[] room, ParticipantId other) {
        emit("bye", room, json(other));
    }

    private void emit(String event, byte[]... args) {
        socket.emit(Emission.ofJson(event, args));
    }

    /** Something that the page must not do, or has to know. */
    void complain(String code, String fix) {
        socket.emit("duet-error", Map.of("code", code, "fix", fix));
    }

    /** The same, also as an acknowledgement. */
    void complain(Event about, String code, String fix) {
        complain(code, fix);
        refuse(about, code, fix);
    }

    /** The other page speaks another dialect, and could not be told this. Said once. */
    void notUnderstood() {
        if (!toldOfForms) {
            toldOfForms = true;
            complain("not-understood", FORMS);
        }
    }

    static void refuse(Event event, String code, String fix) {
        event.ack(Map.of("code", code, "fix", fix));
    }

    /** An id as JSON; ids need no escaping. */
    private static byte[] json(ParticipantId id) {
        return ('"' + id.value() + '"').getBytes(StandardCharsets.US_ASCII);
    }
}
