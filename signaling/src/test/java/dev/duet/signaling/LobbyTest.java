package dev.duet.signaling;

import static dev.duet.signaling.LobbyFixture.ANSWER;
import static dev.duet.signaling.LobbyFixture.CANDIDATES;
import static dev.duet.signaling.LobbyFixture.MINUTE;
import static dev.duet.signaling.LobbyFixture.OFFER;
import static dev.duet.signaling.LobbyFixture.begunWith;
import static dev.duet.signaling.LobbyFixture.joined;
import static dev.duet.signaling.RecordingRooms.ROOM;
import static dev.duet.signaling.RecordingRooms.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.signaling.RecordingRooms.Client;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** docs/protocol.md, "look" and "park": previews and the standing offer. */
final class LobbyTest {
    private static final Duration LIFE = Duration.ofMinutes(10);
    private static final Duration NEARLY = Duration.ofMillis(1);

    private final LobbyFixture lobby = new LobbyFixture(2);
    private final RecordingRooms rooms = lobby.rooms;
    private final Client ann = lobby.ann;
    private final Client bo = lobby.bo;
    private final Client look = lobby.look;
    private final Client another = lobby.another;

    private static Output.Looked looked(Client client, List<Participant> seen, Optional<StandingOffer> offer) {
        return new Output.Looked(client, 5, ROOM, seen, MINUTE.toNanos(), offer);
    }

    /** As a preview sees a participant: without a name, and without the page's own. */
    private static Participant seen(Client client, boolean away) {
        return new Participant(client.id(), 1, 1, new Person(DisplayName.NONE, ""), away);
    }

    private static Optional<StandingOffer> shownIn(List<Output> told) {
        return told.stream()
                .filter(Output.Looked.class::isInstance)
                .map(it -> ((Output.Looked) it).offer())
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody looked: " + told));
    }

    private Optional<StandingOffer> standing(long number) {
        return Optional.of(new StandingOffer(number, ann.id(), OFFER, CANDIDATES));
    }

    // ---- previews ----

    @Test
    void aPreviewSeesWhoIsThereAndTakesNoSeat() {
        rooms.join(ann);

        assertThat(lobby.lookOnly(look))
                .containsExactly(
                        looked(look, List.of(seen(ann, false)), Optional.empty()), new Output.Looking(ann, 1, 0));
        assertThat(rooms.seated(bo).index()).isOne();
    }

    @Test
    void aPreviewSeesNoName() {
        DisplayName name = DisplayName.of("Ann").orElseThrow();
        rooms.input(Input.Join.once(ann, 1, ROOM, ann.id(), new Person(name, "ann's page")));

        assertThat(lobby.lookOnly(look)).first().isEqualTo(looked(look, List.of(seen(ann, false)), Optional.empty()));
    }

    @Test
    void anEmptyRoomCanBeLookedIntoAndIsForgottenAfterwards() {
        assertThat(lobby.look(look)).containsExactly(looked(look, List.of(), Optional.empty()));
        assertThat(rooms.pass(MINUTE.minus(NEARLY))).isEmpty();
        assertThat(rooms.pass(NEARLY)).containsExactly(new Output.LeaseEnded(look));
        assertThat(rooms.roomCount()).isZero();
    }

    @Test
    void aFullRoomShowsNothing() {
        rooms.join(ann);
        rooms.join(bo);

        assertThat(lobby.look(look)).containsExactly(new Output.RoomFull(look, 5, ROOM, OptionalLong.empty()));
    }

    @Test
    void threeMayLookAtATime() {
        lobby.look(client("first"));
        lobby.look(client("second"));
        Client third = client("third");
        lobby.look(third);

        assertThat(lobby.look(look)).containsExactly(new Output.Rejected(look, 5, Rejection.LOBBY_FULL));
        rooms.lose(third);
        assertThat(lobby.look(look)).hasOnlyElementsOfType(Output.Looked.class);
    }

    @Test
    void thePolicyIsAskedBeforeAnythingIsShownOrTold() {
        rooms.join(ann);
        lobby.park(ann);
        rooms.policyAnswers = false;

        assertThat(lobby.look(look)).isEmpty();
        JoinId asked = rooms.admits.getFirst().join();
        assertThat(rooms.input(new Input.Refused(asked)))
                .containsExactly(new Output.Rejected(look, 5, Rejection.JOIN_REFUSED));
        assertThat(rooms.input(new Input.Admitted(asked))).isEmpty();
    }

    @Test
    void aPolicyThatDoesNotAnswerInTimeHasRefused() {
        rooms.policyAnswers = false;
        lobby.look(look);

        assertThat(rooms.pass(Duration.ofSeconds(2)))
                .containsExactly(new Output.Rejected(look, 5, Rejection.JOIN_REFUSED));
        assertThat(rooms.roomCount()).isZero();
    }

    @Test
    void aPreviewThatLooksAgainGoesOnAndThoseInsideHearNothing() {
        rooms.join(ann);
        lobby.lookOnly(look);
        lobby.lookOnly(client("second"));
        lobby.lookOnly(client("third"));
        rooms.pass(MINUTE.minus(NEARLY));

        assertThat(lobby.lookOnly(look)).containsExactly(looked(look, List.of(seen(ann, false)), Optional.empty()));
        assertThat(rooms.pass(NEARLY))
                .filteredOn(Output.LeaseEnded.class::isInstance)
                .hasSize(2);
        assertThat(rooms.pass(MINUTE)).contains(new Output.LeaseEnded(look));
    }

    @Test
    void aPreviewThatLooksAgainIsAskedAboutAgain() {
        rooms.join(ann);
        lobby.lookOnly(look);
        rooms.policyAnswers = false;
        assertThat(lobby.lookOnly(look)).isEmpty();

        JoinId asked = rooms.admits.getFirst().join();
        assertThat(rooms.input(new Input.Refused(asked)))
                .containsExactly(new Output.Looking(ann, 0, 0), new Output.Rejected(look, 5, Rejection.JOIN_REFUSED));
    }

    @Test
    void aPreviewReachesNobody() {
        rooms.join(ann);
        lobby.look(look);

        assertThat(rooms.send(look, ann.id(), SignalKind.DATA))
                .containsExactly(new Output.Rejected(look, 3, Rejection.NOT_IN_ROOM));
    }

    // ---- whoever waits knows of them ----

    @Test
    void whoWaitsIsToldHowManyLookInAndWhenTheyDoNotAnyMore() {
        rooms.join(ann);

        assertThat(lobby.lookOnly(look)).endsWith(new Output.Looking(ann, 1, 0));
        assertThat(lobby.lookOnly(another)).endsWith(new Output.Looking(ann, 2, 0));
        assertThat(rooms.lose(look)).containsExactly(new Output.Looking(ann, 1, 0));
        assertThat(rooms.pass(MINUTE)).containsExactly(new Output.Looking(ann, 0, 0), new Output.LeaseEnded(another));
    }

    @Test
    void whoBeginsToWaitIsToldOfThoseWhoLookAlready() {
        lobby.lookOnly(look);

        List<Output> told = rooms.join(ann);
        assertThat(told).endsWith(new Output.Looking(ann, 1, 0));
        Seat seat = joined(told).seat();
        rooms.lose(ann);
        Client again = new Client("ann", 1);
        assertThat(rooms.resume(again, seat)).endsWith(new Output.Looking(again, 1, 0));
    }

    @Test
    void whoIsInCompanyIsToldOfNobody() {
        LobbyFixture three = new LobbyFixture(3);
        three.rooms.join(ann);
        three.rooms.join(bo);

        assertThat(three.look(look)).hasOnlyElementsOfType(Output.Looked.class);
        assertThat(three.rooms.leave(bo)).endsWith(new Output.Looking(ann, 1, 0), new Output.Left(bo, 2));
    }

    // ---- the standing offer ----

    @Test
    void everyPreviewIsShownTheStandingOffer() {
        rooms.join(ann);
        assertThat(lobby.park(ann)).containsExactly(new Output.Parked(ann, 6, 1, LIFE.toNanos()));

        assertThat(lobby.lookOnly(look)).contains(looked(look, List.of(seen(ann, false)), standing(1)));
        assertThat(lobby.lookOnly(another)).contains(looked(another, List.of(seen(ann, false)), standing(1)));
    }

    @Test
    void whoJoinsWithAnAnswerClaimsTheOfferAndBothAreTold() {
        rooms.join(ann);
        lobby.park(ann);
        lobby.lookOnly(look);
        List<Output> told = lobby.claim(bo, look, 1);

        OfferClaim claim = new OfferClaim(1, ann.id(), standing(1), Optional.of(ANSWER));
        assertThat(joined(told).claim()).contains(claim);
        assertThat(told).contains(new Output.ParticipantJoined(ann, joined(told).you(), Optional.of(claim)));
        assertThat(rooms.pass(MINUTE)).isEmpty();
    }

    @Test
    void theFirstOfTwoPreviewsClaimsTheOffer() {
        LobbyFixture three = new LobbyFixture(3);
        three.rooms.join(ann);
        three.park(ann);
        three.lookOnly(look);
        three.lookOnly(another);

        assertThat(begunWith(three.claim(bo, look, 1))).isOne();
        assertThat(begunWith(three.claim(client("cy"), another, 1))).isZero();
    }

    @Test
    void withoutAnAnswerOrALookOrUnderAnotherNumberNothingIsClaimed() {
        LobbyFixture many = new LobbyFixture(4);
        many.rooms.join(ann);
        many.park(ann);
        many.lookOnly(look);

        assertThat(begunWith(many.claim(client("one"), client("never looked"), 1)))
                .isZero();
        many.rooms.leave(client("one"));
        many.park(ann);
        assertThat(begunWith(many.claim(client("two"), look, 1))).isZero();
        many.rooms.leave(client("two"));
        many.park(ann);
        many.lookOnly(look);
        Input.Visit mute = new Input.Visit(look, 3, Optional.empty());
        assertThat(begunWith(many.join(client("three"), Optional.of(mute), false)))
                .isZero();
    }

    @Test
    void whoDidNotLookTakesTheOfferWithTheSeat() {
        rooms.join(ann);
        lobby.park(ann);
        List<Output> told = lobby.take(bo);

        assertThat(joined(told).claim()).contains(new OfferClaim(1, ann.id(), standing(1), Optional.empty()));
        assertThat(begunWith(told)).isOne();
        rooms.leave(bo);
        assertThat(begunWith(lobby.take(client("cy")))).isZero();
    }

    @Test
    void whoLookedAndTakesAnyOfferHasTheFreshOne() {
        rooms.join(ann);
        lobby.park(ann);
        lobby.lookOnly(look);
        lobby.park(ann);
        Input.Visit any = new Input.Visit(look, 0, Optional.empty());

        assertThat(begunWith(lobby.join(bo, Optional.of(any), true))).isEqualTo(2);
    }

    @Test
    void whoDoesNotAskTakesNothing() {
        rooms.join(ann);
        lobby.park(ann);

        assertThat(begunWith(rooms.join(bo))).isZero();
    }

    @Test
    void anOfferThatIsNotRenewedIsNeitherShownNorTaken() {
        rooms.join(ann);
        lobby.park(ann);
        rooms.pass(LIFE);

        assertThat(shownIn(lobby.lookOnly(look))).isEmpty();
        assertThat(begunWith(lobby.take(bo))).isZero();
    }

    @Test
    void theOfferOfSomebodyWhoIsAwayIsNeitherShownNorTaken() {
        Seat seat = rooms.seated(ann);
        lobby.park(ann);
        rooms.lose(ann);

        assertThat(lobby.lookOnly(look)).containsExactly(looked(look, List.of(seen(ann, true)), Optional.empty()));
        rooms.resume(new Client("ann", 1), seat);
        assertThat(shownIn(lobby.lookOnly(another))).isEqualTo(standing(1));
        rooms.lose(new Client("ann", 1));
        assertThat(begunWith(lobby.claim(bo, look, 1))).isZero();
    }

    @Test
    void theOfferGoesWithItsAuthor() {
        rooms.join(ann);
        lobby.park(ann);
        lobby.lookOnly(look);
        rooms.leave(ann);

        assertThat(begunWith(lobby.claim(bo, look, 1))).isZero();
    }

    @Test
    void theOfferOfAPageThatWasReloadedIsGone() {
        Seat seat = rooms.seated(ann);
        lobby.park(ann);
        rooms.resume(client("ann's next page"), seat);

        assertThat(shownIn(lobby.lookOnly(look))).isEmpty();
    }

    @Test
    void whoNamesNoPageMayBeAnotherOne() {
        Client unnamed = new Client("", 0);
        Seat seat = rooms.seated(unnamed);
        lobby.park(unnamed);
        rooms.resume(new Client("", 1), seat);

        assertThat(begunWith(lobby.take(bo))).isZero();
    }

    @Test
    void aStandingOfferBringsTheInstanceOfItsConnection() {
        Seat seat = rooms.seated(ann);
        rooms.input(new Input.Park(ann, 6, Optional.of("second"), OFFER, CANDIDATES));
        List<Output> told = lobby.take(bo);

        assertThat(joined(told).others().getFirst().participant().person().instance())
                .isEqualTo("second");
        rooms.leave(bo);
        rooms.lose(ann);
        rooms.input(new Input.Park(ann, 6, Optional.of("third"), OFFER, CANDIDATES));
        assertThat(begunWith(rooms.resume(new Client("second", 1), seat))).isZero();
    }

    @Test
    void nobodyParksWhereSomebodyIsAlreadyThereOrWithoutASeat() {
        rooms.join(ann);
        rooms.join(bo);

        assertThat(lobby.park(ann)).containsExactly(new Output.Rejected(ann, 6, Rejection.NOT_WAITING));
        assertThat(lobby.park(look)).containsExactly(new Output.Rejected(look, 6, Rejection.NOT_IN_ROOM));
    }

    @Test
    void whoeverComesByAnotherDoorLeavesNoOfferBehind() {
        rooms.join(ann);
        lobby.park(ann);
        lobby.lookOnly(look);
        rooms.join(bo);
        rooms.leave(bo);

        assertThat(begunWith(lobby.claim(client("cy"), look, 1))).isZero();
    }

    @Test
    void twoWhoTakeAtOnceDoNotBothGetIt() {
        LobbyFixture three = new LobbyFixture(3);
        three.rooms.join(ann);
        three.park(ann);

        assertThat(begunWith(three.take(bo))).isOne();
        assertThat(begunWith(three.take(client("cy")))).isZero();
    }

    @Test
    void aSeatThatIsResumedComesWithoutAnOffer() {
        rooms.join(ann);
        lobby.park(ann);
        Output.Joined first = joined(lobby.take(bo));

        Output.Joined second = joined(lobby.take(new Client("bo", 2)));
        assertThat(second.you().id()).isEqualTo(first.you().id());
        assertThat(second.claim()).isEmpty();
    }
}
