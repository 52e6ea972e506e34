package dev.duet.signaling;

import static dev.duet.signaling.RecordingRooms.ROOM;
import static dev.duet.signaling.RecordingRooms.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.signaling.RecordingRooms.Client;
import dev.duet.signaling.RecordingRooms.Text;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** docs/protocol.md, "answer" and "The parked offer with the seat". */
final class LobbyAnswersTest {
    private static final Duration MINUTE = Duration.ofSeconds(60);
    private static final Limits LIMITS = Limits.of(2, Duration.ofSeconds(30));
    private static final Text OFFER = new Text("v=0");
    private static final Text ANSWER = new Text("v=0, too");
    private static final Text CANDIDATE = new Text("candidate:");

    private final RecordingRooms rooms = new RecordingRooms(LIMITS);
    private final Client ann = client("ann");
    private final Client bo = client("bo");
    private final Client look = client("bo, looking");
    private final Client another = client("cy, looking");

    private List<Output> look(Client client) {
        return rooms.input(new Input.Look(client, 5, ROOM, client.person()));
    }

    private void park(Client client) {
        assertThat(rooms.input(new Input.Park(client, 6, OFFER))).hasOnlyElementsOfType(Output.Parked.class);
    }

    private List<Output> answer(Client visitor, long offer, SignalKind kind, Text text) {
        return rooms.input(new Input.Answer(visitor, 7, offer, kind, text));
    }

    private List<Output> answer(Client visitor, long offer) {
        return answer(visitor, offer, SignalKind.DESCRIPTION, ANSWER);
    }

    private List<Output> candidate(Client visitor, Text text) {
        return answer(visitor, 1, SignalKind.CANDIDATE, text);
    }

    private static Output refused(Client visitor, Rejection why) {
        return new Output.Rejected(visitor, 7, why);
    }

    private List<Output> join(Client client, Optional<Input.Visit> visit, boolean takesOffer) {
        return rooms.input(new Input.Join(
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
                true));
    }

    private List<Output> joinAskingForAnOffer(Client client) {
        return join(client, Optional.empty(), true);
    }

    private List<Output> joinAfterLooking(Client client, Client looked, long offer) {
        return join(client, Optional.of(new Input.Visit(looked, offer)), false);
    }

    /** Ann waits with an offer that was shown to Bo. */
    private void lent() {
        rooms.join(ann);
        park(ann);
        look(look);
    }

    private static Output.Joined joined(List<Output> told) {
        return told.stream()
                .filter(Output.Joined.class::isInstance)
                .map(Output.Joined.class::cast)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody joined: " + told));
    }

    private static long offerToldTo(Client waiting, List<Output> told) {
        return told.stream()
                .filter(output -> output instanceof Output.ParticipantJoined joined
                        && joined.session().equals(waiting))
                .mapToLong(joined -> ((Output.ParticipantJoined) joined).offer())
                .findFirst()
                .orElseThrow(() -> new AssertionError("was not told: " + told));
    }

    private static void assertNothingHandedOut(List<Output> told) {
        assertThat(joined(told).offer()).isZero();
        assertThat(joined(told).handedOut()).isEmpty();
        assertThat(told)
                .filteredOn(Output.ParticipantJoined.class::isInstance)
                .allMatch(it -> ((Output.ParticipantJoined) it).offer() == 0);
    }

    // ---- the answer ----

    @Test
    void whoWaitsHasTheAnswerAtOnce() {
        lent();

        assertThat(answer(look, 1)).containsExactly(new Output.Answered(ann, 1, SignalKind.DESCRIPTION, ANSWER));
        assertThat(candidate(look, CANDIDATE))
                .containsExactly(new Output.Answered(ann, 1, SignalKind.CANDIDATE, CANDIDATE));
    }

    @Test
    void anAnswerTakesNoSeatAndEndsNoLook() {
        lent();
        answer(look, 1);

        assertThat(joined(joinAfterLooking(bo, look, 1)).offer()).isOne();
    }

    @Test
    void theAnswerOfWhoDoesNotComeIsSpentWithTheOffer() {
        lent();
        answer(look, 1);

        assertThat(rooms.pass(MINUTE)).containsExactly(new Output.OfferSpent(ann, 1), new Output.LeaseEnded(look));
        assertThat(answer(look, 1)).containsExactly(refused(look, Rejection.OFFER_STALE));
    }

    @Test
    void anAnswerIsOneDescriptionAndThenCandidates() {
        lent();

        assertThat(candidate(look, CANDIDATE)).containsExactly(refused(look, Rejection.ANSWER_OUT_OF_TURN));
        assertThat(answer(look, 1, SignalKind.DATA, ANSWER))
                .containsExactly(refused(look, Rejection.ANSWER_OUT_OF_TURN));
        answer(look, 1);
        assertThat(answer(look, 1)).containsExactly(refused(look, Rejection.ANSWER_OUT_OF_TURN));
        assertThat(answer(look, 1, SignalKind.DATA, ANSWER))
                .containsExactly(refused(look, Rejection.ANSWER_OUT_OF_TURN));
        assertThat(candidate(look, CANDIDATE)).hasOnlyElementsOfType(Output.Answered.class);
    }

    @Test
    void sixtyFourCandidatesFollowAndWhatWasRefusedIsNotCounted() {
        lent();
        answer(look, 1);
        assertThat(candidate(look, new Text("c".repeat(1_025))))
                .containsExactly(refused(look, Rejection.CANDIDATE_TOO_LARGE));
        assertThat(candidate(look, new Text("c".repeat(1_024)))).hasOnlyElementsOfType(Output.Answered.class);
        for (int i = 2; i <= 64; i++) {
            assertThat(candidate(look, CANDIDATE)).hasOnlyElementsOfType(Output.Answered.class);
        }

        assertThat(candidate(look, CANDIDATE)).containsExactly(refused(look, Rejection.TOO_MANY_CANDIDATES));
    }

    @Test
    void onlyWhoWasShownTheOfferAnswersIt() {
        lent();
        look(another);

        assertThat(answer(another, 1)).containsExactly(refused(another, Rejection.OFFER_STALE));
        assertThat(answer(client("a stranger"), 1)).hasOnlyElementsOfType(Output.Rejected.class);
        assertThat(answer(ann, 1)).containsExactly(refused(ann, Rejection.OFFER_STALE));
        assertThat(answer(look, 2)).containsExactly(refused(look, Rejection.OFFER_STALE));
        assertThat(answer(look, 1)).hasOnlyElementsOfType(Output.Answered.class);
    }

    @Test
    void nobodyAnswersBeforeThePolicyHasLetThemLook() {
        rooms.join(ann);
        park(ann);
        rooms.policyAnswers = false;
        look(look);

        assertThat(answer(look, 1)).containsExactly(refused(look, Rejection.OFFER_STALE));
    }

    @Test
    void anOfferThatWasReplacedIsNotAnsweredNorIsTheNextOne() {
        lent();
        park(ann);

        assertThat(answer(look, 1)).containsExactly(refused(look, Rejection.OFFER_STALE));
        assertThat(answer(look, 2)).containsExactly(refused(look, Rejection.OFFER_STALE));
    }

    @Test
    void anOfferIsAnsweredNoMoreWhenItsAuthorHasCompany() {
        lent();
        answer(look, 1);
        assertThat(offerToldTo(ann, rooms.join(bo))).isZero();

        assertThat(candidate(look, CANDIDATE)).containsExactly(refused(look, Rejection.OFFER_STALE));
        rooms.leave(bo);
        assertThat(candidate(look, CANDIDATE)).containsExactly(refused(look, Rejection.OFFER_STALE));
    }

    @Test
    void anAnswerToSomebodyWhoIsAwayIsNotKept() {
        Seat seat = rooms.seated(ann);
        park(ann);
        look(look);
        rooms.lose(ann);

        assertThat(answer(look, 1)).containsExactly(refused(look, Rejection.OFFER_STALE));
        Client again = new Client("ann", 1);
        assertThat(rooms.resume(again, seat)).noneMatch(Output.Answered.class::isInstance);
        assertThat(answer(look, 1)).containsExactly(new Output.Answered(again, 1, SignalKind.DESCRIPTION, ANSWER));
    }

    @Test
    void anAnswerMayTravelWithTheJoinAndComesNoMoreAfterTheSeat() {
        lent();
        rooms.policyAnswers = false;
        joinAfterLooking(bo, look, 1);
        assertThat(answer(look, 1)).hasOnlyElementsOfType(Output.Answered.class);
        List<Output> told =
                rooms.input(new Input.Admitted(rooms.admits.getFirst().join()));

        assertThat(offerToldTo(ann, told)).isOne();
        assertThat(candidate(look, CANDIDATE)).containsExactly(refused(look, Rejection.OFFER_STALE));
    }

    // ---- the offer while its author is away ----

    @Test
    void thePageThatParkedItKeepsItOverALostConnection() {
        Seat seat = rooms.seated(ann);
        park(ann);
        look(look);
        rooms.lose(ann);
        Client again = new Client("ann", 1);
        rooms.resume(again, seat);

        assertThat(offerToldTo(again, joinAfterLooking(bo, look, 1))).isOne();
    }

    @Test
    void whoComesWhileTheAuthorIsAwayBeginsAsUsual() {
        lent();
        answer(look, 1);
        rooms.lose(ann);

        assertThat(joined(joinAfterLooking(bo, look, 1)).offer()).isZero();
    }

    @Test
    void whoWasAwayWhenTheOfferWasSpentHearsOfItAfterwards() {
        Seat seat = rooms.seated(ann);
        park(ann);
        look(look);
        rooms.lose(ann);
        assertThat(rooms.lose(look)).isEmpty();
        Client again = new Client("ann", 1);

        assertThat(rooms.resume(again, seat)).endsWith(new Output.OfferSpent(again, 1));
        rooms.lose(again);
        assertThat(rooms.resume(new Client("ann", 2), seat)).noneMatch(Output.OfferSpent.class::isInstance);
    }

    @Test
    void aPageThatParkedAnewIsNotToldOfTheOneBefore() {
        Seat seat = rooms.seated(ann);
        park(ann);
        look(look);
        Client again = new Client("ann", 1);
        rooms.lose(ann);
        rooms.lose(look);
        rooms.resume(client("ann's next page"), seat);
        assertThat(rooms.resume(again, seat)).noneMatch(Output.OfferSpent.class::isInstance);
    }

    @Test
    void anOfferOfAPageThatWasReloadedIsNotAnswered() {
        Seat seat = rooms.seated(ann);
        park(ann);
        look(look);
        answer(look, 1);
        rooms.resume(client("ann's next page"), seat);

        assertThat(candidate(look, CANDIDATE)).containsExactly(refused(look, Rejection.OFFER_STALE));
        assertThat(joined(joinAfterLooking(bo, look, 1)).offer()).isZero();
    }

    @Test
    void whoNamesNoPageMayBeAnotherOne() {
        Client unnamed = new Client("", 0);
        Seat seat = rooms.seated(unnamed);
        park(unnamed);
        look(look);
        Client next = new Client("", 1);

        assertThat(rooms.resume(next, seat)).endsWith(new Output.OfferSpent(next, 1));
        assertThat(answer(look, 1)).containsExactly(refused(look, Rejection.OFFER_STALE));
    }

    // ---- the offer with the seat ----

    @Test
    void whoDidNotLookIsHandedTheOfferWithTheSeat() {
        rooms.join(ann);
        park(ann);
        List<Output> told = joinAskingForAnOffer(bo);

        assertThat(joined(told).offer()).isOne();
        assertThat(joined(told).handedOut()).contains(new ParkedOffer(1, ann.id(), OFFER));
        assertThat(offerToldTo(ann, told)).isOne();
        assertThat(told).noneMatch(Output.OfferSpent.class::isInstance);
        rooms.leave(bo);
        assertNothingHandedOut(joinAskingForAnOffer(client("cy")));
    }

    @Test
    void whoDoesNotAskIsHandedNothing() {
        rooms.join(ann);
        park(ann);

        assertNothingHandedOut(rooms.join(bo));
    }

    @Test
    void nothingIsHandedOutWhereNothingIsParked() {
        assertNothingHandedOut(joinAskingForAnOffer(ann));
        assertNothingHandedOut(joinAskingForAnOffer(bo));
    }

    @Test
    void anOfferThatIsLentIsNotHandedOut() {
        lent();
        answer(look, 1);

        assertNothingHandedOut(joinAskingForAnOffer(bo));
        assertThat(answer(look, 1)).containsExactly(refused(look, Rejection.OFFER_STALE));
    }

    @Test
    void whoWasShownTheOfferAndAsksForAnyHasSpentIt() {
        lent();
        List<Output> told = join(bo, Optional.of(new Input.Visit(look, 0)), true);

        assertNothingHandedOut(told);
        assertThat(told).startsWith(new Output.OfferSpent(ann, 1));
    }

    @Test
    void whoWasShownNothingIsHandedWhatWasParkedSince() {
        rooms.join(ann);
        look(look);
        park(ann);

        assertThat(joined(join(bo, Optional.of(new Input.Visit(look, 0)), true)).handedOut())
                .isPresent();
    }

    @Test
    void anOfferThatIsNotRenewedOrWhoseAuthorIsAwayIsNotHandedOut() {
        rooms.join(ann);
        park(ann);
        rooms.pass(Duration.ofMinutes(10));
        assertNothingHandedOut(joinAskingForAnOffer(bo));
        rooms.leave(bo);
        park(ann);
        rooms.lose(ann);

        assertNothingHandedOut(joinAskingForAnOffer(client("cy")));
    }

    @Test
    void aSeatThatIsResumedComesWithoutAnOffer() {
        rooms.join(ann);
        park(ann);
        Output.Joined first = joined(joinAskingForAnOffer(bo));
        Client again = new Client("bo", 2);

        List<Output> told = join(again, Optional.empty(), true);
        assertThat(joined(told).you().id()).isEqualTo(first.you().id());
        assertNothingHandedOut(told);
    }

    @Test
    void whoeverTakesTheSeatOfTheAuthorGetsNothingOfTheirs() {
        rooms.join(ann);
        park(ann);
        rooms.lose(ann);
        rooms.pass(Duration.ofSeconds(30));

        assertNothingHandedOut(joinAskingForAnOffer(bo));
    }

    @Test
    void twoWhoAskAtOnceDoNotBothGetIt() {
        RecordingRooms three = new RecordingRooms(Limits.of(3, Duration.ofSeconds(30)));
        three.join(ann);
        three.input(new Input.Park(ann, 6, OFFER));
        Input.Join first = asking(bo);
        Input.Join second = asking(client("cy"));

        assertThat(joined(three.input(first)).handedOut()).isPresent();
        assertNothingHandedOut(three.input(second));
    }

    private static Input.Join asking(Client client) {
        return new Input.Join(
                client,
                1,
                ROOM,
                client.id(),
                client.person(),
                Optional.empty(),
                Optional.empty(),
                "",
                1,
                Optional.empty(),
                true,
                true);
    }
}
