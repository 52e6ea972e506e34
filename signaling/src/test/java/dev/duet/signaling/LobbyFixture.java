package dev.duet.signaling;

import static dev.duet.signaling.RecordingRooms.ROOM;
import static dev.duet.signaling.RecordingRooms.client;

import dev.duet.signaling.RecordingRooms.Client;
import dev.duet.signaling.RecordingRooms.Text;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A room with two people and two previews, and what they do at its door. */
final class LobbyFixture {
    static final Duration MINUTE = Duration.ofSeconds(60);
    static final Text OFFER = new Text("v=0, without an address");
    static final Text CANDIDATES = new Text("[addresses]");
    static final Text ANSWER = new Text("v=0, too");

    final RecordingRooms rooms;
    final Client ann = client("ann");
    final Client bo = client("bo");
    final Client look = client("bo, looking");
    final Client another = client("cy, looking");

    LobbyFixture(int capacity) {
        rooms = new RecordingRooms(Limits.of(capacity, Duration.ofSeconds(30)));
    }

    /** Looks in, and wishes to prepare a connection. */
    List<Output> look(Client client) {
        return rooms.input(new Input.Look(client, 5, ROOM, client.person(), true));
    }

    List<Output> lookOnly(Client client) {
        return rooms.input(new Input.Look(client, 5, ROOM, client.person(), false));
    }

    List<Output> park(Client client) {
        return rooms.input(new Input.Park(client, 6, Optional.empty(), OFFER, CANDIDATES));
    }

    List<Output> offer(Client client, long number) {
        return rooms.input(new Input.Offer(client, 8, number, OFFER));
    }

    List<Output> answer(Client client, long number) {
        return rooms.input(new Input.Answer(client, 7, number, ANSWER));
    }

    /** Joins after looking, and claims an offer; with an answer to it, which a standing offer needs. */
    List<Output> claim(Client client, Client looked, long number) {
        return join(client, Optional.of(new Input.Visit(looked, number, Optional.of(ANSWER))), false);
    }

    /** Joins without having looked, and takes whatever offer there is. */
    List<Output> take(Client client) {
        return join(client, Optional.empty(), true);
    }

    List<Output> join(Client client, Optional<Input.Visit> visit, boolean takesOffer) {
        return rooms.input(joining(client, visit, takesOffer));
    }

    static Input.Join joining(Client client, Optional<Input.Visit> visit, boolean takesOffer) {
        return new Input.Join(
                client,
                1,
                ROOM,
                client.id(),
                client.person(),
                Optional.empty(),
                Optional.empty(),
                client.key(),
                1,
                visit,
                takesOffer,
                true);
    }

    /** The number under which a participant was last told to prepare a connection. */
    static long prepared(List<Output> told) {
        return told.stream()
                .filter(Output.Looking.class::isInstance)
                .mapToLong(it -> ((Output.Looking) it).offer())
                .reduce(0, (_, last) -> last);
    }

    static Output.Joined joined(List<Output> told) {
        return told.stream()
                .filter(Output.Joined.class::isInstance)
                .map(Output.Joined.class::cast)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody joined: " + told));
    }

    /** The number of the offer that the two are told to begin with: the same for both, 0 for none. */
    static long begunWith(List<Output> told) {
        long one = joined(told).claim().map(OfferClaim::number).orElse(0L);
        long other = told.stream()
                .filter(Output.ParticipantJoined.class::isInstance)
                .map(it -> ((Output.ParticipantJoined) it).claim())
                .map(it -> it.map(OfferClaim::number).orElse(0L))
                .findFirst()
                .orElse(0L);
        if (one != other) {
            throw new AssertionError("the two are told different things: " + told);
        }
        return one;
    }
}
