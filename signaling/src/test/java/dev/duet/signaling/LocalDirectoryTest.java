package dev.duet.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.signaling.Output.SeatClaim;
import org.junit.jupiter.api.Test;

final class LocalDirectoryTest {
    private static final RoomName ROOM = new RoomName("room");
    private static final SeatClaim ANY = new SeatClaim.Any();

    private final LocalDirectory directory = new LocalDirectory(2, 100);

    private Seat take() {
        return seat(directory.take(ROOM, ANY));
    }

    private static Seat seat(SeatAnswer answer) {
        assertThat(answer).isInstanceOf(SeatAnswer.Taken.class);
        return ((SeatAnswer.Taken) answer).seat();
    }

    private SeatAnswer resume(Seat seat) {
        return directory.take(ROOM, new SeatClaim.Resume(seat, false));
    }

    private SeatAnswer resumeEarlier(Seat seat) {
        return directory.take(ROOM, new SeatClaim.Resume(seat, true));
    }

    private static SeatAnswer taken(Seat seat) {
        return new SeatAnswer.Taken(seat, false);
    }

    @Test
    void seatsAreTakenInOrderWithGrowingStamps() {
        assertThat(take()).isEqualTo(new Seat(0, 100, 1));
        assertThat(take()).isEqualTo(new Seat(1, 101, 1));
    }

    @Test
    void aFullRoomHasNoSeat() {
        take();
        take();

        assertThat(directory.take(ROOM, ANY)).isEqualTo(new SeatAnswer.Full());
    }

    @Test
    void aSeatThatWasFreedIsTakenUnderANewStamp() {
        Seat first = take();
        directory.release(ROOM, first);

        assertThat(take()).isEqualTo(new Seat(0, 101, 1));
    }

    @Test
    void aResumptionIsTheNextGeneration() {
        assertThat(resume(take())).isEqualTo(taken(new Seat(0, 100, 2)));
    }

    @Test
    void theGenerationBeforeIsGoodUntilTheNewOneIsUsed() {
        Seat first = take();
        resume(first);

        assertThat(resume(first)).isEqualTo(taken(new Seat(0, 100, 3)));
    }

    @Test
    void theGenerationBeforeIsOverOnceTheNewOneIsUsed() {
        Seat first = take();
        Seat second = seat(resume(first));
        resume(second);
        take();

        assertThat(resume(first)).isEqualTo(new SeatAnswer.Superseded());
    }

    @Test
    void aResumptionOfASeatThatIsGoneTakesAFreeOne() {
        Seat first = take();
        directory.release(ROOM, first);
        take();

        assertThat(resume(first)).isEqualTo(taken(new Seat(1, 102, 1)));
    }

    @Test
    void aResumptionOfASeatThatNeverWasTakesAFreeOne() {
        assertThat(resume(new Seat(7, 1, 1))).isEqualTo(taken(new Seat(0, 100, 1)));
        assertThat(resume(new Seat(-1, 1, 1))).isEqualTo(taken(new Seat(1, 101, 1)));
    }

    @Test
    void anOldGenerationReleasesNothing() {
        Seat first = take();
        resume(first);
        directory.release(ROOM, first);

        assertThat(take().index()).isOne();
    }

    @Test
    void anOldStampReleasesNothing() {
        Seat first = take();
        directory.release(ROOM, first);
        take();
        directory.release(ROOM, first);

        assertThat(take().index()).isOne();
    }

    @Test
    void aReplacementTakesTheVerySeatUnderANewStamp() {
        Seat first = take();
        take();

        assertThat(directory.take(ROOM, new SeatClaim.Replace(first))).isEqualTo(taken(new Seat(0, 102, 1)));
    }

    @Test
    void aReplacementOfASeatThatWasResumedMeanwhileIsRefused() {
        Seat first = take();
        resume(first);

        assertThat(directory.take(ROOM, new SeatClaim.Replace(first))).isEqualTo(new SeatAnswer.Full());
    }

    @Test
    void whoWasReplacedIsSuperseded() {
        Seat first = take();
        directory.take(ROOM, new SeatClaim.Replace(first));

        assertThat(resume(first)).isEqualTo(new SeatAnswer.Superseded());
    }

    @Test
    void whoWasReplacedIsSupersededHoweverOftenTheOtherCameBack() {
        Seat first = take();
        Seat second = seat(directory.take(ROOM, new SeatClaim.Replace(first)));
        resume(seat(resume(second)));

        assertThat(resume(first)).isEqualTo(new SeatAnswer.Superseded());
    }

    @Test
    void whoWasReplacedBySomebodyWhoLeftTakesAFreeSeat() {
        Seat first = take();
        directory.release(ROOM, seat(directory.take(ROOM, new SeatClaim.Replace(first))));

        assertThat(resume(first)).isEqualTo(taken(new Seat(0, 102, 1)));
    }

    @Test
    void aSeatOfAnEarlierProcessIsTakenOver() {
        assertThat(resumeEarlier(new Seat(1, 7, 3))).isEqualTo(new SeatAnswer.Taken(new Seat(1, 7, 4), true));
        assertThat(take()).isEqualTo(new Seat(0, 100, 1));
    }

    @Test
    void aSeatOfAnEarlierProcessIsResumedLikeAnyOther() {
        Seat first = new Seat(0, 7, 3);
        Seat second = seat(resumeEarlier(first));

        assertThat(resume(second)).isEqualTo(new SeatAnswer.Taken(new Seat(0, 7, 5), true));
    }

    @Test
    void theAnswerToATakingOverMayBeLost() {
        Seat first = new Seat(0, 7, 3);
        resumeEarlier(first);

        assertThat(resumeEarlier(first)).isEqualTo(new SeatAnswer.Taken(new Seat(0, 7, 5), true));
    }

    @Test
    void aSeatOfAnEarlierProcessThatNobodyWaitedForIsTakenOverAgain() {
        Seat first = new Seat(0, 7, 3);
        directory.release(ROOM, seat(resumeEarlier(first)));

        assertThat(resumeEarlier(first)).isEqualTo(new SeatAnswer.Taken(new Seat(0, 7, 4), true));
    }

    @Test
    void twoProcessesNeverGiveOneSeatTheSameGeneration() {
        Seat known = new Seat(0, 7, 3);
        RoomName room = new RoomName("a room of before");
        Seat unheard = seat(after(1_700_000_000_000_000L).take(room, new SeatClaim.Resume(known, true)));
        Seat next = seat(after(1_700_000_000_002_000L).take(room, new SeatClaim.Resume(known, true)));

        assertThat(next.generation()).isNotEqualTo(unheard.generation());
        assertThat(unheard.generation()).isGreaterThan(known.generation());
        assertThat(next.generation()).isGreaterThan(known.generation());
    }

    private static LocalDirectory after(long firstStamp) {
        return new LocalDirectory(2, firstStamp);
    }

    @Test
    void whatWasHandedOutWhileResumptionsCrossIsGoodUntilOneIsUsed() {
        Seat first = take();
        Seat second = seat(resume(first));
        resume(first);

        assertThat(resume(second)).isEqualTo(taken(new Seat(0, first.stamp(), 4)));
        assertThat(resume(first)).isEqualTo(new SeatAnswer.Superseded());
    }

    @Test
    void aSeatOfAnEarlierProcessIsNotTakenOverWhenThatTimeIsOver() {
        assertThat(resume(new Seat(1, 7, 3))).isEqualTo(taken(new Seat(0, 100, 1)));
    }

    @Test
    void aSeatThatThisProcessMustHaveGivenIsNoEarlierOne() {
        assertThat(resumeEarlier(new Seat(1, 100, 3))).isEqualTo(taken(new Seat(0, 100, 1)));
    }

    @Test
    void aSeatOfAnEarlierProcessThatSomebodyHasByNowIsTheirs() {
        take();

        assertThat(resumeEarlier(new Seat(0, 7, 3))).isEqualTo(taken(new Seat(1, 101, 1)));
    }

    @Test
    void roomsDoNotShareSeats() {
        Seat here = take();
        RoomName another = new RoomName("another");

        assertThat(directory.take(another, new SeatClaim.Resume(here, false))).isEqualTo(taken(new Seat(0, 101, 1)));
    }

    @Test
    void aRoomWithoutATakenSeatIsForgotten() {
        directory.release(ROOM, take());
        directory.take(new RoomName("another"), new SeatClaim.Replace(new Seat(0, 1, 1)));

        assertThat(directory.roomCount()).isZero();
    }

    @Test
    void releasingInARoomThatNobodyKnowsDoesNothing() {
        directory.release(ROOM, new Seat(0, 1, 1));

        assertThat(directory.roomCount()).isZero();
    }
}
