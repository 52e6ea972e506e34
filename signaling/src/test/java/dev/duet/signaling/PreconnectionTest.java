package dev.duet.signaling;

import static dev.duet.signaling.LobbyFixture.ANSWER;
import static dev.duet.signaling.LobbyFixture.MINUTE;
import static dev.duet.signaling.LobbyFixture.OFFER;
import static dev.duet.signaling.LobbyFixture.begunWith;
import static dev.duet.signaling.LobbyFixture.joined;
import static dev.duet.signaling.LobbyFixture.prepared;
import static dev.duet.signaling.RecordingRooms.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.signaling.RecordingRooms.Client;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** docs/protocol.md, "A connection before the click". */
final class PreconnectionTest {
    private final LobbyFixture lobby = new LobbyFixture(2);
    private final RecordingRooms rooms = lobby.rooms;
    private final Client ann = lobby.ann;
    private final Client bo = lobby.bo;
    private final Client look = lobby.look;
    private final Client another = lobby.another;

    private static Output refused(Client client, long request, Rejection why) {
        return new Output.Rejected(client, request, why);
    }

    /** Ann waits, somebody looks and wishes a connection; gives its number. */
    private long wished() {
        rooms.join(ann);
        return prepared(lobby.look(look));
    }

    /** The two have prepared one. */
    private long connected() {
        long number = wished();
        lobby.offer(ann, number);
        lobby.answer(look, number);
        return number;
    }

    @Test
    void whoWaitsIsAskedForAConnectionByWhoWishesOne() {
        rooms.join(ann);

        assertThat(lobby.lookOnly(another)).endsWith(new Output.Looking(ann, 1, 0));
        assertThat(lobby.look(look)).endsWith(new Output.Looking(ann, 2, 1));
    }

    @Test
    void theOfferGoesToThePreviewAndTheAnswerToWhoWaits() {
        long number = wished();

        assertThat(lobby.offer(ann, number)).containsExactly(new Output.Offered(look, number, ann.id(), OFFER));
        assertThat(lobby.answer(look, number)).containsExactly(new Output.Answered(ann, number, ANSWER));
    }

    @Test
    void itTakesNoSeatAndTheSeatClaimsIt() {
        long number = connected();
        List<Output> told = lobby.claim(bo, look, number);

        assertThat(begunWith(told)).isEqualTo(number);
        assertThat(joined(told).claim()).contains(new OfferClaim(number, ann.id(), Optional.empty(), Optional.empty()));
        assertThat(told).noneMatch(Output.Looking.class::isInstance);
    }

    @Test
    void oneOfferAndOneAnswerInThisOrder() {
        long number = wished();

        assertThat(lobby.answer(look, number)).containsExactly(refused(look, 7, Rejection.OUT_OF_TURN));
        lobby.offer(ann, number);
        assertThat(lobby.offer(ann, number)).containsExactly(refused(ann, 8, Rejection.OUT_OF_TURN));
        lobby.answer(look, number);
        assertThat(lobby.answer(look, number)).containsExactly(refused(look, 7, Rejection.OUT_OF_TURN));
        assertThat(lobby.offer(ann, number)).containsExactly(refused(ann, 8, Rejection.OUT_OF_TURN));
    }

    @Test
    void nobodyElseOffersOrAnswers() {
        long number = wished();
        lobby.look(another);

        assertThat(lobby.offer(look, number)).containsExactly(refused(look, 8, Rejection.NOT_IN_ROOM));
        assertThat(lobby.offer(client("a stranger"), number)).hasOnlyElementsOfType(Output.Rejected.class);
        lobby.offer(ann, number);
        assertThat(lobby.answer(another, number)).containsExactly(refused(another, 7, Rejection.OFFER_STALE));
        assertThat(lobby.answer(ann, number)).containsExactly(refused(ann, 7, Rejection.OFFER_STALE));
        assertThat(lobby.answer(look, number + 1)).containsExactly(refused(look, 7, Rejection.OFFER_STALE));
        assertThat(lobby.offer(ann, number + 1)).containsExactly(refused(ann, 8, Rejection.OFFER_STALE));
        assertThat(lobby.answer(look, number)).hasOnlyElementsOfType(Output.Answered.class);
    }

    @Test
    void nobodyElseClaimsIt() {
        long number = connected();
        lobby.look(another);

        assertThat(begunWith(lobby.claim(bo, another, number))).isZero();
    }

    @Test
    void whatIsNotAnsweredIsNotClaimed() {
        long number = wished();
        lobby.offer(ann, number);

        assertThat(begunWith(lobby.claim(bo, look, number))).isZero();
    }

    @Test
    void whoClicksBeforeItIsThereClaimsTheStandingOffer() {
        rooms.join(ann);
        lobby.park(ann);
        lobby.offer(ann, prepared(lobby.look(look)));

        assertThat(begunWith(lobby.claim(bo, look, 1))).isOne();
    }

    @Test
    void oneIsPreparedAtATimeAndTheNextWhenThatOneIsOver() {
        long number = connected();
        assertThat(lobby.look(another)).endsWith(new Output.Looking(ann, 2, number));

        assertThat(rooms.lose(look)).containsExactly(new Output.Looking(ann, 1, number + 1));
        assertThat(lobby.answer(look, number)).containsExactly(refused(look, 7, Rejection.OFFER_STALE));
        assertThat(lobby.offer(ann, number)).containsExactly(refused(ann, 8, Rejection.OFFER_STALE));
        assertThat(lobby.offer(ann, number + 1))
                .containsExactly(new Output.Offered(another, number + 1, ann.id(), OFFER));
    }

    @Test
    void itIsOverWithTheLook() {
        long number = connected();

        assertThat(rooms.pass(MINUTE)).containsExactly(new Output.Looking(ann, 0, 0), new Output.LeaseEnded(look));
        assertThat(begunWith(lobby.claim(bo, look, number))).isZero();
    }

    @Test
    void itGoesOnWhenThePreviewLooksAgain() {
        long number = connected();
        rooms.pass(MINUTE.minusMillis(1));
        lobby.look(look);
        rooms.pass(MINUTE.minusMillis(1));

        assertThat(begunWith(lobby.claim(bo, look, number))).isEqualTo(number);
    }

    @Test
    void itIsOverInCompany() {
        long number = connected();
        assertThat(begunWith(rooms.join(bo))).isZero();

        assertThat(lobby.answer(look, number)).containsExactly(refused(look, 7, Rejection.OFFER_STALE));
        assertThat(rooms.leave(bo))
                .startsWith(new Output.ParticipantLeft(ann, bo.id(), LeftReason.LEFT))
                .contains(new Output.Looking(ann, 1, number + 1));
    }

    @Test
    void whoIsAwayHearsNothingAndIsAskedAgainAfterwards() {
        Seat seat = rooms.seated(ann);
        long number = prepared(lobby.look(look));
        lobby.offer(ann, number);
        rooms.lose(ann);

        assertThat(lobby.answer(look, number)).containsExactly(refused(look, 7, Rejection.OFFER_STALE));
        assertThat(begunWith(lobby.claim(bo, look, number))).isZero();
        rooms.leave(bo);
        lobby.look(another);
        Client again = new Client("ann", 1);
        assertThat(prepared(rooms.resume(again, seat))).isGreaterThan(number);
    }

    @Test
    void whatWasPreparedBeforeTheConnectionWasLostIsNotClaimedAfterwards() {
        Seat seat = rooms.seated(ann);
        long number = prepared(lobby.look(look));
        lobby.offer(ann, number);
        lobby.answer(look, number);
        rooms.lose(ann);
        rooms.resume(new Client("ann", 1), seat);

        assertThat(begunWith(lobby.claim(bo, look, number))).isZero();
    }

    @Test
    void beforeThePolicyHasLetThePreviewInNothingIsPrepared() {
        rooms.join(ann);
        rooms.policyAnswers = false;

        assertThat(lobby.look(look)).isEmpty();
        assertThat(lobby.offer(ann, 1)).containsExactly(refused(ann, 8, Rejection.OFFER_STALE));
        assertThat(lobby.answer(look, 1)).containsExactly(refused(look, 7, Rejection.OFFER_STALE));
    }

    @Test
    void inARoomForMoreNothingIsPrepared() {
        LobbyFixture three = new LobbyFixture(3);
        three.rooms.join(ann);

        assertThat(three.look(look)).endsWith(new Output.Looking(ann, 1, 0));
    }
}
