package dev.duet.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.signaling.Output.SeatClaim;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LocalDirectoryTest {
    private static final RoomName ROOM = new RoomName("room");
    private static final SeatClaim ANY = new SeatClaim.Any();

    private final LocalDirectory directory = new LocalDirectory(2, 100);

    private Seat take() {
        return directory.take(ROOM, ANY).orElseThrow();
    }

    private Optional<Seat> resume(Seat seat) {
        return directory.take(ROOM, new SeatClaim.Resume(seat));
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

        assertThat(directory.take(ROOM, ANY)).isEmpty();
    }

    @Test
    void aSeatThatWasFreedIsTakenUnderANewStamp() {
        Seat first = take();
        directory.release(ROOM, first);

        assertThat(take()).isEqualTo(new Seat(0, 101, 1));
    }

    @Test
    void aResumptionIsTheNextGeneration() {
        assertThat(resume(take())).contains(new Seat(0, 100, 2));
    }

    @Test
    void theGenerationBeforeIsGoodUntilTheNewOneIsUsed() {
        Seat first = take();
        resume(first);

        assertThat(resume(first)).contains(new Seat(0, 100, 3));
    }

    @Test
    void theGenerationBeforeIsOverOnceTheNewOneIsUsed() {
        Seat first = take();
        Seat second = resume(first).orElseThrow();
        resume(second);
        take();

        assertThat(resume(first)).isEmpty();
    }

    @Test
    void aResumptionOfASeatThatIsGoneTakesAFreeOne() {
        Seat first = take();
        directory.release(ROOM, first);
        take();

        assertThat(resume(first)).contains(new Seat(1, 102, 1));
    }

    @Test
    void aResumptionOfASeatThatNeverWasTakesAFreeOne() {
        assertThat(resume(new Seat(7, 1, 1))).contains(new Seat(0, 100, 1));
        assertThat(resume(new Seat(-1, 1, 1))).contains(new Seat(1, 101, 1));
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

        assertThat(directory.take(ROOM, new SeatClaim.Replace(first))).contains(new Seat(0, 102, 1));
    }

    @Test
    void aReplacementOfASeatThatWasResumedMeanwhileIsRefused() {
        Seat first = take();
        resume(first);

        assertThat(directory.take(ROOM, new SeatClaim.Replace(first))).isEmpty();
    }

    @Test
    void aReplacedSeatCannotBeResumed() {
        Seat first = take();
        take();
        directory.take(ROOM, new SeatClaim.Replace(first));

        assertThat(resume(first)).isEmpty();
    }

    @Test
    void roomsDoNotShareSeats() {
        Seat here = take();
        RoomName another = new RoomName("another");

        assertThat(directory.take(another, new SeatClaim.Resume(here))).contains(new Seat(0, 101, 1));
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
