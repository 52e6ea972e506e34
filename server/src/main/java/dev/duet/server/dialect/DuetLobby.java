package dev.duet.server.dialect;

import dev.duet.server.relay.IceServers;
import dev.duet.signaling.Input;
import dev.duet.signaling.Output;
import dev.duet.signaling.ParticipantId;
import dev.duet.signaling.Person;
import dev.duet.signaling.Rejection;
import dev.duet.signaling.RoomName;
import io.netty.channel.EventLoop;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one connection sees of rooms before it joins one: its look, as long as that lasts.
 *
 * <p>Not thread-safe: owned by the connection's event loop.
 */
final class DuetLobby {
    private final DuetDialect dialect;
    private final EventLoop loop;
    private final String host;
    private final Consumer<byte[]> client;
    private @Nullable DuetLook look;

    /**
     * @param host by which the client reached this server, as it stands in a URL
     * @param client takes what the client is told, as JSON
     */
    DuetLobby(DuetDialect dialect, EventLoop loop, String host, Consumer<byte[]> client) {
        this.dialect = dialect;
        this.loop = loop;
        this.host = host;
        this.client = client;
    }

    /** Looks into a room, and no longer into the one before; into the same room the look goes on. */
    void look(DuetMessage.Look asked) {
        if (!(look instanceof DuetLook current && current.room.equals(asked.room()))) {
            stopLooking();
            look = new DuetLook(this, loop, dialect.shards.of(asked.room()), asked.room(), dialect.newParticipantId());
        }
        DuetLook next = Objects.requireNonNull(look);
        next.shard.submit(
                new Input.Look(next, asked.request(), asked.room(), new Person(asked.name(), ""), asked.preconnects()));
    }

    /** Says whether there was a look to end. */
    boolean stopLooking() {
        if (!(look instanceof DuetLook before)) {
            return false;
        }
        look = null;
        before.shard.submit(new Input.Disconnected(before));
        dialect.iceServers.gone(before.id.value(), false);
        return true;
    }

    /** Answers the offer of a connection; the client is told when that cannot be. */
    void answer(DuetMessage.Answer answer, byte[] message) {
        LobbyPayload said = LobbyPayload.of(message, answer.description());
        if (said.showsAddress() && !answer.direct()) {
            client.accept(DuetWriter.error(answer.request(), DuetError.ADDRESS_SHOWN));
        } else if (look instanceof DuetLook current && current.admitted) {
            current.shard.submit(new Input.Answer(current, answer.request(), answer.offer(), said));
        } else {
            client.accept(DuetWriter.error(answer.request(), Rejection.OFFER_STALE, OptionalLong.empty()));
        }
    }

    /** The look into this room, if it is there that the client looks. */
    Optional<DuetLook> lookInto(RoomName room) {
        return Optional.ofNullable(look).filter(current -> current.room.equals(room));
    }

    /** The client has a seat; when it is the one it had looked for, the look has become that. */
    void joined(ParticipantId id) {
        if (look instanceof DuetLook before && before.id.equals(id)) {
            look = null;
        }
    }

    /** Takes what a room says to a look. */
    void perform(DuetLook from, Output output) {
        if (from.admitted && output instanceof Output.Rejected no && no.why() != Rejection.JOIN_REFUSED) {
            // Of an answer, perhaps to a look that has ended meanwhile.
            client.accept(DuetWriter.error(no.request(), no.why(), OptionalLong.empty()));
        } else if (from == look) {
            tell(from, output);
        }
    }

    private void tell(DuetLook from, Output output) {
        switch (output) {
            case Output.Looked looked -> {
                from.admitted = true;
                var ice = new DuetWriter.IceAnswer(
                        dialect.iceServers.forVisitor(from.id.value(), host), IceServers.VISITOR_LIFE);
                client.accept(DuetWriter.looked(looked, dialect.roomLimits, ice));
            }
            case Output.Offered offered -> client.accept(DuetWriter.offered(offered));
            case Output.LeaseEnded _ -> end(DuetWriter.lookEnded());
            case Output.RoomFull full -> end(DuetWriter.full(full, dialect.roomLimits.capacity()));
            case Output.Rejected no -> end(DuetWriter.error(no.request(), no.why(), OptionalLong.empty()));
            default -> throw new IllegalArgumentException("not for a look: " + output);
        }
    }

    private void end(byte[] why) {
        stopLooking();
        client.accept(why);
    }
}
