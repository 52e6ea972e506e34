package dev.duet.signaling;

import static dev.duet.signaling.RecordingRooms.ROOM;
import static dev.duet.signaling.RecordingRooms.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.signaling.RecordingRooms.Client;
import dev.duet.signaling.RecordingRooms.Text;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** docs/protocol.md, "look" and "park". */
final class LobbyTest {
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration MINUTE = Duration.ofSeconds(60);
    private static final Duration PARKED = Duration.ofMinutes(10);
    private static final Duration NEARLY = Duration.ofMillis(1);
    private static final Text OFFER = new Text("v=0");

    private final RecordingRooms rooms = new RecordingRooms(Limits.of(2, GRACE));
    private final Client ann = client("ann");
    private final Client bo = client("bo");
    private final Client look = client("bo, looking");
    private final Client another = client("cy, looking");

    private List<Output> look(Client client) {
        return rooms.input(new Input.Look(client, 5, ROOM, client.person()));
    }

    private List<Output> park(Client client) {
        return rooms.input(new Input.Park(client, 6, OFFER));
    }

    private List<Output> joinAfterLooking(Client client, Client looked, long offer) {
        return rooms.input(new Input.Join(
                client,
                1,
                ROOM,
                client.id(),
                client.person(),
                Optional.empty(),
                Optional.empty(),
                "",
                1,
                Optional.of(new Input.Visit(looked, offer)),
                false,
                true));
    }

    private static Output.Looked looked(Client client, List<Participant> participants, Optional<ParkedOffer> offer) {
        return new Output.Looked(client, 5, ROOM, participants, MINUTE.toNanos(), offer);
    }

    private Participant view(Client client, long order) {
        return new Participant(client.id(), order, 1, client.person(), false);
    }

    private Optional<ParkedOffer> offer(long number) {
        return Optional.of(new ParkedOffer(number, ann.id(), OFFER));
    }

    private static long offerIn(List<Output> told) {
        return told.stream()
                .filter(Output.Joined.class::isInstance)
                .mapToLong(joined -> ((Output.Joined) joined).offer())
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody joined: " + told));
    }

    private static long offerOf(Client waiting, List<Output> told) {
        return told.stream()
                .filter(output -> output instanceof Output.ParticipantJoined joined
                        && joined.session().equals(waiting))
                .mapToLong(joined -> ((Output.ParticipantJoined) joined).offer())
                .findFirst()
                .orElseThrow(() -> new AssertionError("was not told: " + told));
    }

    // ---- looking ----

    @Test
    void whoLooksSeesWhoIsThereAndTakesNoSeat() {
        rooms.join(ann);

        assertThat(look(look)).containsExactly(looked(look, List.of(view(ann, 1)), Optional.empty()));
        assertThat(rooms.seated(bo).index()).isOne();
    }

    @Test
    void anEmptyRoomCanBeLookedIntoAndIsForgottenAfterwards() {
        assertThat(look(look)).containsExactly(looked(look, List.of(), Optional.empty()));
        assertThat(rooms.pass(MINUTE.minus(NEARLY))).isEmpty();
        assertThat(rooms.pass(NEARLY)).containsExactly(new Output.LeaseEnded(look));
        assertThat(rooms.roomCount()).isZero();
    }

    @Test
    void aFullRoomShowsNothing() {
        rooms.join(ann);
        rooms.join(bo);

        assertThat(look(look)).containsExactly(new Output.RoomFull(look, 5, ROOM, OptionalLong.empty()));
    }

    @Test
    void threeMayLookAtATime() {
        look(client("first"));
        look(client("second"));
        Client third = client("third");
        look(third);

        assertThat(look(look)).containsExactly(new Output.Rejected(look, 5, Rejection.LOBBY_FULL));
        rooms.lose(third);
        assertThat(look(look)).hasOnlyElementsOfType(Output.Looked.class);
    }

    @Test
    void thePolicyIsAskedBeforeAnythingIsShown() {
        rooms.join(ann);
        park(ann);
        rooms.policyAnswers = false;

        assertThat(look(look)).isEmpty();
        JoinId asked = rooms.admits.getFirst().join();
        assertThat(rooms.input(new Input.Refused(asked)))
                .containsExactly(new Output.Rejected(look, 5, Rejection.JOIN_REFUSED));
        assertThat(rooms.input(new Input.Admitted(asked))).isEmpty();
    }

    @Test
    void aPolicyThatDoesNotAnswerInTimeHasRefused() {
        rooms.policyAnswers = false;
        look(look);

        assertThat(rooms.pass(Duration.ofSeconds(2)))
                .containsExactly(new Output.Rejected(look, 5, Rejection.JOIN_REFUSED));
        assertThat(rooms.roomCount()).isZero();
    }

    @Test
    void whoLooksReachesNobody() {
        rooms.join(ann);
        look(look);

        assertThat(rooms.send(look, ann.id(), SignalKind.DATA))
                .containsExactly(new Output.Rejected(look, 3, Rejection.NOT_IN_ROOM));
    }

    // ---- the parked offer ----

    @Test
    void theFirstVisitorGetsTheOfferAndTheSecondDoesNot() {
        rooms.join(ann);
        assertThat(park(ann)).containsExactly(new Output.Parked(ann, 6, 1, PARKED.toNanos()));

        assertThat(look(look)).containsExactly(looked(look, List.of(view(ann, 1)), offer(1)));
        assertThat(look(another)).containsExactly(looked(another, List.of(view(ann, 1)), Optional.empty()));
    }

    @Test
    void whoJoinsWithTheOfferIsToAnswerItAndWhoWaitsIsTold() {
        rooms.join(ann);
        park(ann);
        look(look);
        List<Output> told = joinAfterLooking(bo, look, 1);

        assertThat(offerIn(told)).isOne();
        assertThat(offerOf(ann, told)).isOne();
        assertThat(rooms.pass(MINUTE)).isEmpty();
    }

    @Test
    void whoseLeaseItIsNotGetsNothingByNamingTheOffer() {
        rooms.join(ann);
        park(ann);
        look(look);
        look(another);
        List<Output> told = joinAfterLooking(bo, another, 1);

        assertThat(offerIn(told)).isZero();
        assertThat(offerOf(ann, told)).isZero();
    }

    @Test
    void whoNeverLookedGetsNothingByNamingTheOffer() {
        rooms.join(ann);
        park(ann);

        assertThat(offerIn(joinAfterLooking(bo, client("a stranger"), 1))).isZero();
    }

    @Test
    void anOfferThatWasReplacedMeanwhileIsNotAnswered() {
        rooms.join(ann);
        park(ann);
        look(look);
        park(ann);

        assertThat(offerIn(joinAfterLooking(bo, look, 1))).isZero();
    }

    @Test
    void anOfferWhoseVisitorDoesNotComeIsSpent() {
        rooms.join(ann);
        park(ann);
        look(look);

        assertThat(rooms.lose(look)).containsExactly(new Output.OfferSpent(ann, 1));
        assertThat(look(another)).containsExactly(looked(another, List.of(view(ann, 1)), Optional.empty()));
        park(ann);
        rooms.lose(another);
        assertThat(look(another)).containsExactly(looked(another, List.of(view(ann, 1)), offer(2)));
    }

    @Test
    void anOfferIsSpentWhenTheLeaseEnds() {
        rooms.join(ann);
        park(ann);
        look(look);

        assertThat(rooms.pass(MINUTE)).containsExactly(new Output.OfferSpent(ann, 1), new Output.LeaseEnded(look));
    }

    @Test
    void anOfferThatIsNotRenewedIsNotShown() {
        rooms.join(ann);
        park(ann);
        rooms.pass(PARKED);

        assertThat(look(look)).containsExactly(looked(look, List.of(view(ann, 1)), Optional.empty()));
    }

    @Test
    void theOfferOfSomebodyWhoIsAwayIsNotShown() {
        rooms.join(ann);
        park(ann);
        rooms.lose(ann);

        assertThat(look(look))
                .containsExactly(
                        looked(look, List.of(new Participant(ann.id(), 1, 1, ann.person(), true)), Optional.empty()));
    }

    @Test
    void theOfferGoesWithWhoMadeIt() {
        rooms.join(ann);
        park(ann);
        look(look);
        rooms.leave(ann);

        assertThat(offerIn(joinAfterLooking(bo, look, 1))).isZero();
    }

    @Test
    void theOfferOfAPageThatWasReloadedIsNotShown() {
        Seat seat = rooms.seated(ann);
        park(ann);
        rooms.resume(client("ann's next page"), seat);

        assertThat(look(look))
                .singleElement()
                .extracting(output -> ((Output.Looked) output).offer())
                .isEqualTo(Optional.empty());
    }

    @Test
    void nobodyParksWhereSomebodyIsAlreadyThereOrWithoutASeat() {
        rooms.join(ann);
        rooms.join(bo);

        assertThat(park(ann)).containsExactly(new Output.Rejected(ann, 6, Rejection.NOT_WAITING));
        assertThat(park(look)).containsExactly(new Output.Rejected(look, 6, Rejection.NOT_IN_ROOM));
    }

    @Test
    void whoeverComesByAnotherDoorFindsNoOfferLeftBehind() {
        rooms.join(ann);
        park(ann);
        look(look);
        rooms.join(bo);
        rooms.leave(bo);

        assertThat(look(another)).containsExactly(looked(another, List.of(view(ann, 1)), Optional.empty()));
        assertThat(offerIn(joinAfterLooking(client("cy"), look, 1))).isZero();
    }
}
