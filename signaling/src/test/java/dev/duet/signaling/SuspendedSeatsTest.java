package dev.duet.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What those cost whose connections are lost: memory for what is kept until they come back, and no more than the limits say. */
final class SuspendedSeatsTest {
    private static final int SDP_BYTES = 4_000;
    private static final int CANDIDATE_BYTES = 100;
    private static final int CANDIDATES = 10;
    private static final int KEPT_BYTES = SDP_BYTES + CANDIDATES * CANDIDATE_BYTES;

    private record Connection(String name) implements Session {}

    private static final class Bytes implements Payload {
        private final byte[] content;

        Bytes(int sizeBytes) {
            content = new byte[sizeBytes];
        }

        @Override
        public int sizeBytes() {
            return content.length;
        }
    }

    private final LocalDirectory directory = new LocalDirectory(2, 1);
    private final List<Output> told = new ArrayList<>();

    private void handle(Rooms rooms, Input input) {
        told.clear();
        rooms.handle(input, 0, told::add);
        for (Output output : List.copyOf(told)) {
            switch (output) {
                case Output.Admit admit -> handle(rooms, new Input.Admitted(admit.join()));
                case Output.TakeSeat take -> handle(rooms, take.answer(directory.take(take.room(), take.claim())));
                case Output.ReleaseSeat(RoomName room, Seat seat) -> directory.release(room, seat);
                default -> {}
            }
        }
    }

    private ParticipantId join(Rooms rooms, RoomName room, Connection connection) {
        ParticipantId id = new ParticipantId(connection.name);
        Person person = new Person(DisplayName.NONE, connection.name);
        handle(
                rooms,
                new Input.Join(
                        connection,
                        1,
                        room,
                        id,
                        person,
                        Optional.empty(),
                        Optional.of(List.of()),
                        "",
                        1,
                        Optional.empty(),
                        false,
                        true));
        return id;
    }

    /** Somebody whose connection is lost, and who has a description and its candidates waiting. */
    private void suspend(Rooms rooms, int number) {
        RoomName room = new RoomName("room " + number);
        Connection here = new Connection("here " + number);
        Connection away = new Connection("away " + number);
        join(rooms, room, here);
        ParticipantId to = join(rooms, room, away);
        handle(rooms, new Input.Disconnected(away));
        send(rooms, here, to, 1, SignalKind.DESCRIPTION, SDP_BYTES);
        for (int i = 0; i < CANDIDATES; i++) {
            send(rooms, here, to, 2 + i, SignalKind.CANDIDATE, CANDIDATE_BYTES);
        }
    }

    private void send(Rooms rooms, Connection from, ParticipantId to, long seq, SignalKind kind, int sizeBytes) {
        handle(rooms, new Input.Signal(from, seq, to, 1, seq, kind, new Bytes(sizeBytes)));
    }

    private static long heapBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }

    @Test
    void aSuspendedSeatCostsLittleMoreThanWhatIsKeptForIt() {
        int seats = 10_000;
        Rooms rooms = new Rooms(Limits.of(2, Duration.ofSeconds(30)), 0, 1, 0);
        suspend(rooms, 0);
        long before = heapBytes();
        for (int number = 1; number <= seats; number++) {
            suspend(rooms, number);
        }
        long each = (heapBytes() - before) / seats;

        System.out.printf(
                "suspended: %,d seats, each with %,d bytes kept, the room and the other seat: %,d bytes of heap each%n",
                rooms.awaySeats, KEPT_BYTES, each);
        assertThat(rooms.awaySeats).isEqualTo(seats + 1);
        assertThat(rooms.keptBytes).isEqualTo((seats + 1L) * KEPT_BYTES);
        assertThat(each).isBetween((long) KEPT_BYTES, KEPT_BYTES + 3_500L);
        rooms.checkInvariants();
    }

    @Test
    void whatIsKeptForAllHasABound() {
        Limits usual = Limits.of(2, Duration.ofSeconds(30));
        Rooms rooms = new Rooms(bounded(usual, usual.awaySeatsMax(), 1_000L * KEPT_BYTES), 0, 1, 0);
        for (int number = 0; number < 1_000; number++) {
            suspend(rooms, number);
        }
        assertThat(told).noneMatch(Output.SignalRejected.class::isInstance);
        assertThat(rooms.keptBytes).isEqualTo(1_000L * KEPT_BYTES);

        suspend(rooms, 1_000);

        assertThat(told)
                .filteredOn(Output.SignalRejected.class::isInstance)
                .map(it -> ((Output.SignalRejected) it).why())
                .isNotEmpty()
                .doesNotContain(Rejection.PARTICIPANT_AWAY);
        assertThat(rooms.keptBytes).isLessThanOrEqualTo(1_000L * KEPT_BYTES);
        rooms.checkInvariants();
    }

    @Test
    void whoIsAwayBeyondTheBoundHasLeft() {
        Limits usual = Limits.of(2, Duration.ofSeconds(30));
        Rooms rooms = new Rooms(bounded(usual, 1_000, usual.keptBytesMax()), 0, 1, 0);
        for (int number = 0; number < 1_000; number++) {
            suspend(rooms, number);
        }

        Connection last = new Connection("the last");
        join(rooms, new RoomName("another room"), last);
        handle(rooms, new Input.Disconnected(last));

        assertThat(rooms.awaySeats).isEqualTo(1_000);
        assertThat(rooms.roomCount()).isEqualTo(1_000);
    }

    private static Limits bounded(Limits usual, int awaySeatsMax, long keptBytesMax) {
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
                awaySeatsMax,
                usual.leasesMax(),
                usual.leaseNanos(),
                usual.parkedNanos(),
                usual.windowMessages(),
                usual.windowBytes(),
                keptBytesMax);
    }
}
