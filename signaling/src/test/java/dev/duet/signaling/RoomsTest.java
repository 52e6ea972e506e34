package dev.duet.signaling;

import static dev.duet.signaling.RecordingRooms.ROOM;
import static dev.duet.signaling.RecordingRooms.client;
import static dev.duet.signaling.RecordingRooms.seat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.signaling.Output.EndReason;
import dev.duet.signaling.RecordingRooms.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The rules of a room, a sentence each. */
final class RoomsTest {
    private static final Duration NEARLY = Duration.ofNanos(1);
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final Client ann = client("ann");
    private final Client bo = client("bo");
    private final Client cy = client("cy");
    private final RecordingRooms rooms = new RecordingRooms(Limits.of(2, GRACE));

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    private static Output.ParticipantLeft left(Client to, Client who, LeftReason why) {
        return new Output.ParticipantLeft(to, who.id(), why);
    }

    private static Output.ParticipantAway away(Client to, Client who, AwayReason why, Duration grace) {
        return new Output.ParticipantAway(to, who.id(), why, grace.toNanos());
    }

    private static Output.RoomFull full(Client to, OptionalLong retryAfterNanos) {
        return new Output.RoomFull(to, 1, ROOM, retryAfterNanos);
    }

    // ---- capacity is decided before membership ----

    @Test
    void theThirdIsTurnedAwayAndTheOthersHearNothingOfIt() {
        rooms.join(ann);
        rooms.join(bo);

        assertThat(rooms.join(cy)).containsExactly(full(cy, OptionalLong.empty()));
    }

    @Test
    void nobodyIsAMemberBeforeTheDirectoryGaveASeat() {
        rooms.join(ann);
        rooms.directoryAnswers = false;
        rooms.join(bo);

        assertThat(rooms.send(bo, ann.id(), SignalKind.DATA))
                .containsExactly(new Output.Rejected(bo, 3, Rejection.NOT_IN_ROOM));
    }

    @Test
    void ofAThousandWhoAskAtOnceExactlyTwoGetIn() {
        rooms.directoryAnswers = false;
        for (int i = 0; i < 1_000; i++) {
            rooms.join(client("racer " + i));
        }
        List<Output> told = new ArrayList<>();
        List.copyOf(rooms.takes).reversed().forEach(take -> told.addAll(rooms.answer(take)));

        assertThat(told).filteredOn(Output.Joined.class::isInstance).hasSize(2);
    }

    @Test
    void theSecondIsToldOfTheFirstAndTheFirstOfTheSecond() {
        rooms.join(ann);
        List<Output> told = rooms.join(bo);

        Participant first = new Participant(ann.id(), 1, 1, ann.person(), false);
        Participant second = new Participant(bo.id(), 2, 1, bo.person(), false);
        assertThat(told)
                .containsExactly(
                        new Output.Joined(
                                bo,
                                1,
                                ROOM,
                                second,
                                new Seat(1, 2, 1),
                                List.of(new Other(first, 0)),
                                false,
                                0,
                                Optional.empty()),
                        new Output.ParticipantJoined(ann, second, Optional.empty()));
    }

    @Test
    void aSessionThatHasASeatCannotJoinAgain() {
        rooms.join(ann);

        assertThat(rooms.join(ann)).containsExactly(new Output.Rejected(ann, 1, Rejection.ALREADY_IN_ROOM));
    }

    @Test
    void aSessionOnItsWayInCannotJoinAgain() {
        rooms.policyAnswers = false;
        rooms.join(ann);

        assertThat(rooms.join(ann)).containsExactly(new Output.Rejected(ann, 1, Rejection.ALREADY_IN_ROOM));
    }

    // ---- explicit leave ----

    @Test
    void whoLeavesIsGoneAtOnce() {
        rooms.join(ann);
        rooms.join(bo);

        assertThat(rooms.leave(bo)).containsExactly(left(ann, bo, LeftReason.LEFT), new Output.Left(bo, 2));
    }

    @Test
    void whoLeavesFreesTheSeatForTheNext() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.leave(bo);

        assertThat(rooms.seated(cy)).isEqualTo(new Seat(1, 3, 1));
    }

    @Test
    void theConnectionOfSomeoneWhoLeftEndsWithoutAWord() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.leave(bo);

        assertThat(rooms.lose(bo)).isEmpty();
    }

    @Test
    void whoHasNoSeatCannotLeave() {
        assertThat(rooms.leave(ann)).containsExactly(new Output.Rejected(ann, 2, Rejection.NOT_IN_ROOM));
    }

    @Test
    void theRoomGoesWithItsLastParticipant() {
        rooms.join(ann);
        rooms.leave(ann);

        assertThat(rooms.roomCount()).isZero();
    }

    // ---- a lost connection ----

    @Test
    void aLostConnectionIsAway() {
        rooms.join(ann);
        rooms.join(bo);

        assertThat(rooms.lose(bo)).containsExactly(away(ann, bo, AwayReason.CONNECTION_LOST, GRACE));
    }

    @Test
    void whoResumesIsBackAndNothingElseHappened() {
        rooms.join(ann);
        Seat seat = rooms.seated(bo);
        rooms.lose(bo);
        rooms.pass(GRACE.minus(NEARLY));
        Client again = client("bo again");
        List<Output> told = rooms.resume(again, seat);

        Participant same = new Participant(bo.id(), 2, 2, again.person(), false);
        Participant other = new Participant(ann.id(), 1, 1, ann.person(), false);
        assertThat(told)
                .containsExactly(
                        new Output.Joined(
                                again,
                                1,
                                ROOM,
                                same,
                                new Seat(1, 2, 2),
                                List.of(new Other(other, 0)),
                                false,
                                0,
                                Optional.empty()),
                        new Output.ParticipantBack(ann, new Other(same, 0), false));
    }

    @Test
    void theGraceOfWhoCameBackEndsWithoutAWord() {
        rooms.join(ann);
        Seat seat = rooms.seated(bo);
        rooms.lose(bo);
        rooms.resume(client("bo again"), seat);

        assertThat(rooms.pass(seconds(120))).isEmpty();
    }

    @Test
    void nobodyLeavesBeforeTheGraceIsOver() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.lose(bo);

        assertThat(rooms.pass(GRACE.minus(NEARLY))).isEmpty();
    }

    @Test
    void whenTheGraceEndsExactlyOneLeftIsTold() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.lose(bo);

        assertThat(rooms.pass(seconds(600))).containsExactly(left(ann, bo, LeftReason.GRACE_ENDED));
    }

    @Test
    void whoComesAfterTheGraceIsSomebodyNew() {
        rooms.join(ann);
        Seat seat = rooms.seated(bo);
        rooms.lose(bo);
        rooms.pass(GRACE);
        Client again = client("bo again");

        assertThat(rooms.resume(again, seat))
                .contains(new Output.ParticipantJoined(
                        ann, new Participant(again.id(), 3, 1, again.person(), false), Optional.empty()));
    }

    @Test
    void whoeverJoinsMeanwhileSeesTheOtherAway() {
        rooms.join(ann);
        rooms.lose(ann);

        assertThat(rooms.join(bo))
                .filteredOn(Output.Joined.class::isInstance)
                .map(joined -> ((Output.Joined) joined).others())
                .containsExactly(List.of(new Other(new Participant(ann.id(), 1, 1, ann.person(), true), 0)));
    }

    @Test
    void aSeatResumedWhileItsConnectionStandsEndsThatSession() {
        Seat seat = rooms.seated(ann);

        assertThat(rooms.resume(client("ann again"), seat)).contains(new Output.Ended(ann, EndReason.SUPERSEDED));
    }

    @Test
    void withoutGraceALostConnectionLeavesAtOnce() {
        RecordingRooms strict = new RecordingRooms(Limits.of(2, Duration.ZERO));
        strict.join(ann);
        strict.join(bo);

        assertThat(strict.lose(bo)).containsExactly(left(ann, bo, LeftReason.GRACE_ENDED));
    }

    @Test
    void aClientThatCannotComeBackLeavesAtOnce() {
        rooms.join(ann);
        rooms.join(bo, ROOM, Optional.empty(), false);

        assertThat(rooms.lose(bo)).containsExactly(left(ann, bo, LeftReason.LEFT));
    }

    @Test
    void whenTooManySeatsAreAwayALostConnectionLeavesAtOnce() {
        RecordingRooms busy = new RecordingRooms(awaySeatsMax(1));
        Client elsewhere = client("elsewhere");
        busy.join(elsewhere, new RoomName("another"), Optional.empty(), true);
        busy.lose(elsewhere);
        busy.join(ann);
        busy.join(bo);

        assertThat(busy.lose(bo)).containsExactly(left(ann, bo, LeftReason.GRACE_ENDED));
    }

    private static Limits awaySeatsMax(int most) {
        Limits usual = Limits.of(2, GRACE);
        return new Limits(
                usual.capacity(),
                usual.seatGraceNanos(),
                usual.returnGraceNanos(),
                usual.takeOverNanos(),
                usual.probeNanos(),
                usual.policyNanos(),
                usual.directoryNanos(),
                usual.candidateBytesMax(),
                usual.candidatesMax(),
                usual.outwardCandidatesMax(),
                usual.descriptionBytesMax(),
                usual.dataBytesMax(),
                most,
                usual.leasesMax(),
                usual.leaseNanos(),
                usual.parkedNanos(),
                usual.windowMessages(),
                usual.windowBytes(),
                usual.keptBytesMax());
    }

    // ---- a reload ----

    @Test
    void aPageThatReloadsKeepsItsSeatForFiveSeconds() {
        rooms.join(ann);
        rooms.join(bo);

        assertThat(rooms.leaveForAReload(bo))
                .containsExactly(away(ann, bo, AwayReason.RETURNING, seconds(5)), new Output.Left(bo, 2));
    }

    @Test
    void aPageThatReloadedIsBack() {
        rooms.join(ann);
        Seat seat = rooms.seated(bo);
        rooms.leaveForAReload(bo);
        rooms.pass(seconds(5).minus(NEARLY));

        assertThat(rooms.resume(client("bo again"), seat))
                .filteredOn(Output.ParticipantBack.class::isInstance)
                .hasSize(1);
    }

    @Test
    void aTabThatWasClosedIsGoneAfterFiveSeconds() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.leaveForAReload(bo);

        assertThat(rooms.pass(seconds(5))).containsExactly(left(ann, bo, LeftReason.GRACE_ENDED));
    }

    // ---- taking over ----

    @Test
    void aSeatThatIsAwayForLessThanFiveSecondsIsKeptAndTheJoinerToldWhen() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.lose(bo);
        rooms.pass(seconds(5).minus(NEARLY));

        assertThat(rooms.join(cy)).containsExactly(full(cy, OptionalLong.of(1)));
    }

    @Test
    void aSeatThatIsAwayForFiveSecondsMayBeTakenOver() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.lose(bo);
        rooms.pass(seconds(5));
        List<Output> told = rooms.join(cy);

        Participant next = new Participant(cy.id(), 3, 1, cy.person(), false);
        Participant other = new Participant(ann.id(), 1, 1, ann.person(), false);
        assertThat(told)
                .containsExactly(
                        left(ann, bo, LeftReason.REPLACED),
                        new Output.Joined(
                                cy,
                                1,
                                ROOM,
                                next,
                                new Seat(1, 3, 1),
                                List.of(new Other(other, 0)),
                                false,
                                0,
                                Optional.empty()),
                        new Output.ParticipantJoined(ann, next, Optional.empty()));
    }

    @Test
    void aFreeSeatIsTakenBeforeOneThatIsAway() {
        rooms.join(ann);
        rooms.lose(ann);
        rooms.pass(seconds(6));

        assertThat(rooms.seated(bo).index()).isOne();
    }

    @Test
    void whoseSeatWasTakenOverIsTold() {
        rooms.join(ann);
        Seat seat = rooms.seated(bo);
        rooms.lose(bo);
        rooms.pass(seconds(5));
        rooms.join(cy);
        Client again = client("bo again");

        assertThat(rooms.resume(again, seat)).containsExactly(new Output.Ended(again, EndReason.SUPERSEDED));
    }

    @Test
    void whoIsReplacedWhileTheirConnectionStandsIsTold() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.pass(seconds(2));
        rooms.probesAreAnswered = false;
        rooms.join(client("somebody"));
        rooms.hear(ann);
        rooms.pass(seconds(6));

        assertThat(rooms.join(cy)).startsWith(new Output.Ended(bo, EndReason.SUPERSEDED));
    }

    @Test
    void theOneAwayLongestIsReplaced() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.lose(bo);
        rooms.pass(seconds(1));
        rooms.lose(ann);
        rooms.pass(seconds(10));

        assertThat(rooms.seated(cy).index()).isOne();
    }

    // ---- ghosts ----

    @Test
    void aJoinThatFindsTheRoomFullProbesWhoWasNotHeardLately() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.pass(seconds(1));
        rooms.probesAreAnswered = false;

        assertThat(rooms.join(cy)).containsExactly(new Output.Probe(ann), new Output.Probe(bo));
    }

    @Test
    void whoWasHeardJustNowIsNotProbed() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.pass(seconds(1).minus(NEARLY));

        assertThat(rooms.join(cy)).containsExactly(full(cy, OptionalLong.empty()));
    }

    @Test
    void whenEverybodyAnswersTheJoinerIsRefusedWithoutWaiting() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.pass(seconds(2));

        assertThat(rooms.join(cy)).containsExactly(full(cy, OptionalLong.empty()));
    }

    @Test
    void whoDoesNotAnswerAProbeWithinASecondIsAwayThoughTheConnectionStands() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.pass(seconds(2));
        rooms.probesAreAnswered = false;
        rooms.join(cy);
        rooms.hear(ann);

        assertThat(rooms.pass(seconds(1)))
                .containsExactly(
                        away(ann, bo, AwayReason.SILENT, GRACE),
                        full(cy, OptionalLong.of(seconds(5).toNanos())));
    }

    @Test
    void whoIsHeardAgainIsBackAndMissedNothing() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.pass(seconds(2));
        rooms.probesAreAnswered = false;
        rooms.join(cy);
        rooms.hear(ann);
        rooms.pass(seconds(1));

        assertThat(rooms.hear(bo))
                .containsExactly(new Output.ParticipantBack(
                        ann, new Other(new Participant(bo.id(), 2, 1, bo.person(), false), 0), true));
    }

    @Test
    void whoStaysSilentToTheEndOfTheGraceLosesTheSeatAndIsTold() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.pass(seconds(2));
        rooms.probesAreAnswered = false;
        rooms.join(cy);
        rooms.hear(ann);
        rooms.pass(seconds(1));

        assertThat(rooms.pass(GRACE))
                .containsExactly(new Output.Ended(bo, EndReason.REMOVED), left(ann, bo, LeftReason.GRACE_ENDED));
    }

    @Test
    void aSeatThatIsLeftDuringAProbeGoesToTheOneWhoWaits() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.pass(seconds(2));
        rooms.probesAreAnswered = false;
        rooms.join(cy);

        assertThat(seat(rooms.leave(bo)).index()).isOne();
    }

    // ---- answers that come late, and joins that were given up ----

    @Test
    void aPolicyThatTakesTwoSecondsHasRefused() {
        rooms.policyAnswers = false;
        rooms.join(ann);

        assertThat(rooms.pass(seconds(2))).containsExactly(new Output.Rejected(ann, 1, Rejection.JOIN_REFUSED));
    }

    /** A call that a database outlives is none. */
    @Test
    void whoComesBackToASeatIsNotAskedAbout() {
        Seat seat = rooms.seated(ann);
        rooms.policyAnswers = false;
        rooms.lose(ann);
        Client again = new Client("ann", 1);

        assertThat(seat(rooms.resume(again, seat)).stamp()).isEqualTo(seat.stamp());
        // By the secret of its page, too: the answer to the first join was lost.
        rooms.lose(again);
        assertThat(seat(rooms.join(new Client("ann", 2))).stamp()).isEqualTo(seat.stamp());
        assertThat(rooms.admits).isEmpty();
    }

    @Test
    void whoseSeatIsGoneIsAskedAbout() {
        Seat seat = rooms.seated(ann);
        rooms.policyAnswers = false;
        rooms.lose(ann);
        rooms.pass(GRACE);

        assertThat(rooms.resume(new Client("ann", 1), seat)).isEmpty();
        assertThat(rooms.admits).hasSize(1);
    }

    /** The directory is slow, and the seat ends before it answers. */
    @Test
    void whoseSeatGoesMeanwhileIsAskedAbout() {
        Seat seat = rooms.seated(ann);
        rooms.policyAnswers = false;
        rooms.lose(ann);
        rooms.pass(GRACE.minus(seconds(1)));
        rooms.directoryAnswers = false;
        rooms.resume(new Client("ann", 1), seat);
        rooms.pass(seconds(1));
        Seat another = new Seat(0, seat.stamp() + 1, 1);
        Output.TakeSeat asked = rooms.takes.getLast();

        assertThat(rooms.input(asked.answer(new SeatAnswer.Taken(another, false))))
                .isEmpty();
        assertThat(rooms.releases).contains(new Output.ReleaseSeat(RecordingRooms.ROOM, another));
        assertThat(rooms.admits).hasSize(1);
        assertThat(rooms.input(new Input.Refused(rooms.admits.getFirst().join())))
                .containsExactly(new Output.Rejected(new Client("ann", 1), 1, Rejection.JOIN_REFUSED));
    }

    @Test
    void aPolicyThatAnswersWithinTwoSecondsDecides() {
        rooms.policyAnswers = false;
        rooms.join(ann);
        rooms.pass(seconds(2).minus(NEARLY));

        assertThat(seat(rooms.input(new Input.Admitted(rooms.admits.getFirst().join()))))
                .isEqualTo(new Seat(0, 1, 1));
    }

    @Test
    void whatThePolicySaysTooLateIsNotHeard() {
        rooms.policyAnswers = false;
        rooms.join(ann);
        rooms.pass(seconds(2));

        assertThat(rooms.input(new Input.Admitted(rooms.admits.getFirst().join())))
                .isEmpty();
    }

    @Test
    void whoThePolicyRefusesIsTold() {
        rooms.policyAnswers = false;
        rooms.join(ann);

        assertThat(rooms.input(new Input.Refused(rooms.admits.getFirst().join())))
                .containsExactly(new Output.Rejected(ann, 1, Rejection.JOIN_REFUSED));
    }

    @Test
    void aDirectoryThatTakesTwoSecondsIsUnavailable() {
        rooms.directoryAnswers = false;
        rooms.join(ann);

        assertThat(rooms.pass(seconds(2))).containsExactly(new Output.Rejected(ann, 1, Rejection.UNAVAILABLE));
    }

    @Test
    void aDirectoryThatCannotSayIsUnavailable() {
        rooms.directoryAnswers = false;
        rooms.join(ann);

        assertThat(rooms.input(
                        new Input.SeatAnswered(rooms.takes.getFirst().join(), ROOM, new SeatAnswer.Unavailable())))
                .containsExactly(new Output.Rejected(ann, 1, Rejection.UNAVAILABLE));
    }

    @Test
    void whoLeavesIsGoneAndHasHungUp() {
        rooms.join(ann);
        rooms.leave(ann);

        assertThat(rooms.gone).containsExactly(new Output.Gone(ann.id(), LeftReason.LEFT, false, 0));
    }

    @Test
    void whoseConnectionIsLostIsGoneWhenTheGraceEndsButMayStillBeInTheCall() {
        rooms.join(ann);
        rooms.pass(seconds(5));
        rooms.lose(ann);
        assertThat(rooms.gone).isEmpty();
        assertThat(rooms.away)
                .extracting(Output.WentAway::seatNanos)
                .containsExactly(seconds(5).toNanos());
        rooms.pass(seconds(30));

        assertThat(rooms.gone)
                .containsExactly(new Output.Gone(
                        ann.id(), LeftReason.GRACE_ENDED, true, seconds(35).toNanos()));
    }

    @Test
    void aSeatThatComesAfterTheJoinWasGivenUpGoesBack() {
        rooms.directoryAnswers = false;
        rooms.join(ann);
        rooms.lose(ann);
        rooms.answer(rooms.takes.getFirst());

        assertThat(rooms.releases).containsExactly(new Output.ReleaseSeat(ROOM, new Seat(0, 1, 1)));
    }

    @Test
    void aSeatThatComesAfterTheDirectoryWasUnavailableGoesBack() {
        rooms.directoryAnswers = false;
        rooms.join(ann);
        rooms.pass(seconds(2));
        rooms.answer(rooms.takes.getFirst());

        assertThat(rooms.releases).containsExactly(new Output.ReleaseSeat(ROOM, new Seat(0, 1, 1)));
    }

    @Test
    void aResumptionThatWasGivenUpLeavesTheSeatWithItsHolder() {
        Seat seat = rooms.seated(ann);
        rooms.lose(ann);
        rooms.directoryAnswers = false;
        Client given = client("ann, whose second connection broke too");
        rooms.resume(given, seat);
        rooms.lose(given);
        rooms.answer(rooms.takes.getFirst());
        rooms.directoryAnswers = true;

        assertThat(rooms.releases).isEmpty();
        assertThat(seat(rooms.resume(client("ann again"), seat)).stamp()).isEqualTo(seat.stamp());
    }

    @Test
    void whenTwoResumptionsCrossTheOlderOneIsSuperseded() {
        Seat seat = rooms.seated(ann);
        rooms.lose(ann);
        rooms.directoryAnswers = false;
        Client first = client("first");
        rooms.resume(first, seat);
        Output.TakeSeat older = rooms.takes.getFirst();
        rooms.resume(client("second"), seat);
        Output.TakeSeat newer = rooms.takes.getLast();
        rooms.input(
                new Input.SeatAnswered(newer.join(), ROOM, new SeatAnswer.Taken(new Seat(0, seat.stamp(), 3), false)));

        assertThat(rooms.input(new Input.SeatAnswered(
                        older.join(), ROOM, new SeatAnswer.Taken(new Seat(0, seat.stamp(), 2), false))))
                .containsExactly(new Output.Ended(first, EndReason.SUPERSEDED));
    }

    @Test
    void anAnswerThatComesAfterSomebodyElseGotTheSeatTakesNothingFromThem() {
        Seat seat = rooms.seated(ann);
        rooms.lose(ann);
        rooms.directoryAnswers = false;
        Client late = client("late");
        rooms.resume(late, seat);
        Output.TakeSeat asked = rooms.takes.getFirst();
        Client next = client("next");
        rooms.join(next);
        Seat newer = new Seat(0, seat.stamp() + 1, 1);
        rooms.input(rooms.takes.getLast().answer(new SeatAnswer.Taken(newer, false)));

        assertThat(rooms.input(asked.answer(new SeatAnswer.Taken(new Seat(0, seat.stamp(), 2), false))))
                .containsExactly(new Output.Ended(late, EndReason.SUPERSEDED));
    }

    @Test
    void theTokenBeforeIsGoodUntilTheNewOneWasUsed() {
        Seat first = rooms.seated(ann);
        rooms.lose(ann);
        Client lostTheAnswer = client("whose answer was lost");
        rooms.resume(lostTheAnswer, first);
        rooms.lose(lostTheAnswer);

        assertThat(seat(rooms.resume(client("ann again"), first)).stamp()).isEqualTo(first.stamp());
    }

    @Test
    void theTokenBeforeIsWorthNothingOnceTheNewOneWasUsed() {
        Seat first = rooms.seated(ann);
        rooms.lose(ann);
        Client second = client("second");
        Seat next = seat(rooms.resume(second, first));
        rooms.lose(second);
        Client third = client("third");
        rooms.resume(third, next);
        Client thief = client("a thief");

        assertThat(rooms.resume(thief, first)).containsExactly(new Output.Ended(thief, EndReason.SUPERSEDED));
    }

    // ---- who may tell whom ----

    @Test
    void aSignalReachesTheOneItNamesUnderTheSendersName() {
        rooms.join(ann);
        rooms.join(bo);

        assertThat(rooms.send(bo, ann.id(), SignalKind.DATA))
                .containsExactly(
                        new Output.Deliver(ann, bo, bo.id(), 0, SignalKind.DATA, new RecordingRooms.Text("hello")));
    }

    @Test
    void nothingLeavesItsRoom() {
        rooms.join(ann);
        rooms.join(bo, new RoomName("another"), Optional.empty(), true);

        assertThat(rooms.send(bo, ann.id(), SignalKind.DATA))
                .containsExactly(new Output.Rejected(bo, 3, Rejection.UNKNOWN_PARTICIPANT));
    }

    @Test
    void nobodyTalksToThemselves() {
        rooms.join(ann);

        assertThat(rooms.send(ann, ann.id(), SignalKind.DATA))
                .containsExactly(new Output.Rejected(ann, 3, Rejection.UNKNOWN_PARTICIPANT));
    }

    @Test
    void whoIsAwayCannotBeReached() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.lose(bo);

        assertThat(rooms.send(ann, bo.id(), SignalKind.DATA))
                .containsExactly(new Output.Rejected(ann, 3, Rejection.PARTICIPANT_AWAY));
    }

    @Test
    void whoHasLeftReachesNobody() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.leave(bo);

        assertThat(rooms.send(bo, ann.id(), SignalKind.DATA))
                .containsExactly(new Output.Rejected(bo, 3, Rejection.NOT_IN_ROOM));
    }

    @Test
    void aSupersededSessionReachesNobody() {
        rooms.join(ann);
        Seat seat = rooms.seated(bo);
        rooms.resume(client("bo again"), seat);

        assertThat(rooms.send(bo, ann.id(), SignalKind.DATA))
                .containsExactly(new Output.Rejected(bo, 3, Rejection.NOT_IN_ROOM));
    }

    @Test
    void fiveHundredAndTwelveCandidatesMayFollowADescription() {
        rooms.join(ann);
        rooms.join(bo);
        rooms.send(ann, bo.id(), SignalKind.DESCRIPTION);
        List<Output> told = new ArrayList<>();
        for (int i = 0; i < 513; i++) {
            told.addAll(rooms.send(ann, bo.id(), SignalKind.CANDIDATE));
        }

        assertThat(told).filteredOn(Output.Deliver.class::isInstance).hasSize(512);
        assertThat(told.getLast()).isEqualTo(new Output.Rejected(ann, 3, Rejection.TOO_MANY_CANDIDATES));
    }

    @Test
    void aNewDescriptionBringsNewCandidates() {
        rooms.join(ann);
        rooms.join(bo);
        for (int i = 0; i < 513; i++) {
            rooms.send(ann, bo.id(), SignalKind.CANDIDATE);
        }
        rooms.send(ann, bo.id(), SignalKind.DESCRIPTION);

        assertThat(rooms.send(ann, bo.id(), SignalKind.CANDIDATE))
                .hasOnlyElementsOfType(Output.Deliver.class)
                .hasSize(1);
    }
}
