package dev.duet.signaling;

import static dev.duet.signaling.RecordingRooms.ROOM;
import static dev.duet.signaling.RecordingRooms.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.signaling.Output.EndReason;
import dev.duet.signaling.RecordingRooms.Client;
import dev.duet.signaling.RecordingRooms.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** docs/protocol.md, "Nothing is lost". */
final class StreamsTest {
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Limits LIMITS = Limits.of(3, GRACE);

    private final RecordingRooms rooms = new RecordingRooms(LIMITS);
    private final Client ann = client("ann");
    private final Client bo = client("bo");

    /** The same page over another connection. */
    private static Client again(Client page) {
        return new Client(page.name(), page.connection() + 1);
    }

    private static Resumption had(List<Output> told) {
        return told.stream()
                .filter(Output.Joined.class::isInstance)
                .map(Output.Joined.class::cast)
                .map(joined -> new Resumption(
                        joined.seat(), joined.you().id(), joined.you().epoch()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody joined: " + told));
    }

    private Resumption join(Client client) {
        return had(rooms.join(client, Optional.empty(), List.of()));
    }

    private List<Output> resume(Client client, Resumption had, StreamPosition... positions) {
        return rooms.join(client, Optional.of(had), List.of(positions));
    }

    private static StreamPosition received(Client from, long seq) {
        return new StreamPosition(from.id(), 1, seq);
    }

    private List<Output> send(Client from, Client to, long seq) {
        return send(from, to, 1, seq, new Text("hello"));
    }

    private List<Output> send(Client from, Client to, int epoch, long seq, Payload payload) {
        return rooms.input(new Input.Signal(from, 3, to.id(), epoch, seq, SignalKind.DATA, payload));
    }

    private List<Output> ack(Client to, Client from, int epoch, long seq) {
        return rooms.input(new Input.Acknowledge(to, from.id(), epoch, seq));
    }

    private static Output.Deliver delivered(Client to, Client from, long seq) {
        return new Output.Deliver(to, from, from.id(), seq, SignalKind.DATA, new Text("hello"));
    }

    private static Output.SignalRejected again(Client from, Client to, Rejection why, long expected) {
        return new Output.SignalRejected(from, 3, to.id(), why, expected, false);
    }

    // ---- numbers ----

    @Test
    void aSignalArrivesUnderItsNumber() {
        join(ann);
        join(bo);

        assertThat(send(bo, ann, 1)).containsExactly(delivered(ann, bo, 1));
        assertThat(send(bo, ann, 2)).containsExactly(delivered(ann, bo, 2));
    }

    @Test
    void aNumberThatCameAlreadyIsDroppedAndCounted() {
        join(ann);
        join(bo);
        send(bo, ann, 1);

        assertThat(send(bo, ann, 1)).isEmpty();
        assertThat(rooms.counters().repeated()).isOne();
    }

    @Test
    void whoLeavesANumberOutIsToldWhichOneIsExpected() {
        join(ann);
        join(bo);
        send(bo, ann, 1);

        assertThat(send(bo, ann, 3)).containsExactly(again(bo, ann, Rejection.OUT_OF_SEQUENCE, 2));
    }

    @Test
    void eachStreamHasItsOwnNumbers() {
        Client cy = client("cy");
        join(ann);
        join(bo);
        join(cy);

        assertThat(send(bo, ann, 1)).containsExactly(delivered(ann, bo, 1));
        assertThat(send(bo, cy, 1)).containsExactly(delivered(cy, bo, 1));
        assertThat(send(cy, ann, 1)).containsExactly(delivered(ann, cy, 1));
        assertThat(send(ann, bo, 1)).containsExactly(delivered(bo, ann, 1));
    }

    @Test
    void whoDoesNotNumberIsNumberedByTheRoom() {
        join(ann);
        rooms.join(bo);
        rooms.send(bo, ann.id(), SignalKind.DATA);

        assertThat(rooms.send(bo, ann.id(), SignalKind.DATA)).containsExactly(delivered(ann, bo, 2));
    }

    @Test
    void whoDoesNotAcknowledgeGetsNoNumbersAndIsAcknowledgedFor() {
        rooms.join(ann);
        join(bo);

        assertThat(send(bo, ann, 1)).containsExactly(delivered(ann, bo, 0), new Output.Acknowledged(bo, ann.id(), 1));
    }

    @Test
    void aSignalForAnotherEpochIsDroppedAndCounted() {
        join(ann);
        join(bo);

        assertThat(send(bo, ann, 2, 1, new Text("hello"))).isEmpty();
        assertThat(rooms.counters().stale()).isOne();
        assertThat(send(bo, ann, 1)).containsExactly(delivered(ann, bo, 1));
    }

    // ---- acknowledging ----

    @Test
    void theSenderHearsWhatItsRecipientHas() {
        join(ann);
        join(bo);
        send(bo, ann, 1);
        send(bo, ann, 2);

        assertThat(ack(ann, bo, 1, 2)).containsExactly(new Output.Acknowledged(bo, ann.id(), 2));
        assertThat(ack(ann, bo, 1, 2)).isEmpty();
        assertThat(ack(ann, bo, 1, 1)).isEmpty();
    }

    @Test
    void whatWasNotSentCannotBeAcknowledged() {
        join(ann);
        join(bo);
        send(bo, ann, 1);

        assertThat(ack(ann, bo, 1, 2)).isEmpty();
        assertThat(ack(ann, bo, 2, 1)).isEmpty();
        assertThat(ack(ann, client("nobody"), 1, 1)).isEmpty();
        assertThat(ack(client("a stranger"), bo, 1, 1)).isEmpty();
        assertThat(ack(ann, bo, 1, 1)).containsExactly(new Output.Acknowledged(bo, ann.id(), 1));
    }

    // ---- the window ----

    private List<Output> sendMany(Client from, Client to, int count) {
        List<Output> told = new ArrayList<>();
        for (int seq = 1; seq <= count; seq++) {
            told.addAll(send(from, to, seq));
        }
        return told;
    }

    @Test
    void aThousandSignalsMayWaitForTheirAcknowledgement() {
        join(ann);
        join(bo);

        assertThat(sendMany(bo, ann, 1024)).hasSize(1024).hasOnlyElementsOfType(Output.Deliver.class);
        assertThat(send(bo, ann, 1025)).containsExactly(again(bo, ann, Rejection.WINDOW_FULL, 1025));
        ack(ann, bo, 1, 1);
        assertThat(send(bo, ann, 1025)).containsExactly(delivered(ann, bo, 1025));
        assertThat(send(bo, ann, 1026)).containsExactly(again(bo, ann, Rejection.WINDOW_FULL, 1026));
    }

    @Test
    void twoAndAHalfOfTheLargestDescriptionsMayWait() {
        join(ann);
        join(bo);
        Text large = new Text("x".repeat(64 * 1024));
        for (int seq = 1; seq <= 10; seq++) {
            assertThat(send(bo, ann, 1, seq, large)).hasSize(1);
        }

        assertThat(send(bo, ann, 1, 11, new Text("x"))).containsExactly(again(bo, ann, Rejection.WINDOW_FULL, 11));
        ack(ann, bo, 1, 1);
        assertThat(send(bo, ann, 1, 11, large)).hasSize(1);
    }

    @Test
    void whatIsKeptInAllRoomsTogetherIsBounded() {
        Limits small = new Limits(
                2,
                LIMITS.seatGraceNanos(),
                LIMITS.returnGraceNanos(),
                LIMITS.takeOverNanos(),
                LIMITS.probeNanos(),
                LIMITS.policyNanos(),
                LIMITS.directoryNanos(),
                LIMITS.candidateBytesMax(),
                LIMITS.candidatesMax(),
                LIMITS.outwardCandidatesMax(),
                LIMITS.descriptionBytesMax(),
                LIMITS.dataBytesMax(),
                LIMITS.awaySeatsMax(),
                LIMITS.leasesMax(),
                LIMITS.leaseNanos(),
                LIMITS.parkedNanos(),
                LIMITS.windowMessages(),
                LIMITS.windowBytes(),
                8);
        RecordingRooms full = new RecordingRooms(small);
        full.join(ann, Optional.empty(), List.of());
        full.join(bo, Optional.empty(), List.of());
        Input first = new Input.Signal(bo, 3, ann.id(), 1, 1, SignalKind.DATA, new Text("12345678"));
        Input second = new Input.Signal(bo, 3, ann.id(), 1, 2, SignalKind.DATA, new Text("9"));
        full.input(first);

        assertThat(full.input(second)).containsExactly(again(bo, ann, Rejection.WINDOW_FULL, 2));
        full.input(new Input.Acknowledge(ann, bo.id(), 1, 1));
        assertThat(full.input(second)).hasSize(1);
    }

    @Test
    void whoDoesNotNumberIsToldThatTheWindowIsFull() {
        join(ann);
        rooms.join(bo);
        for (int i = 0; i < 1024; i++) {
            rooms.send(bo, ann.id(), SignalKind.DATA);
        }

        assertThat(rooms.send(bo, ann.id(), SignalKind.DATA))
                .containsExactly(new Output.Rejected(bo, 3, Rejection.WINDOW_FULL));
    }

    @Test
    void aCandidateThatIsTooLargeLeavesItsNumberToTheNext() {
        join(ann);
        join(bo);
        Text large = new Text("x".repeat(1025));

        assertThat(rooms.input(new Input.Signal(bo, 3, ann.id(), 1, 1, SignalKind.CANDIDATE, large)))
                .containsExactly(new Output.SignalRejected(bo, 3, ann.id(), Rejection.CANDIDATE_TOO_LARGE, 1, true));
        assertThat(send(bo, ann, 1)).containsExactly(delivered(ann, bo, 1));
    }

    // ---- away ----

    @Test
    void whatIsSentToAnAwaySeatIsKeptAndReplayedInOrder() {
        join(ann);
        Resumption seat = join(bo);
        send(ann, bo, 1);
        rooms.lose(bo);

        assertThat(send(ann, bo, 2)).isEmpty();
        assertThat(send(ann, bo, 3)).isEmpty();
        Client back = again(bo);
        List<Output> told = resume(back, seat, received(ann, 1));
        assertThat(told).filteredOn(Output.Joined.class::isInstance).allMatch(it -> ((Output.Joined) it).recovered());
        assertThat(told)
                .filteredOn(it -> !(it instanceof Output.Joined))
                .containsExactly(
                        new Output.ParticipantBack(ann, new Other(view(bo, 2, 1), 3), true),
                        new Output.Acknowledged(ann, bo.id(), 1),
                        delivered(back, ann, 2),
                        delivered(back, ann, 3));
    }

    private static Participant view(Client client, long order, int epoch) {
        return new Participant(client.id(), order, epoch, client.person(), false);
    }

    @Test
    void aReplayKeepsTheOrderOfTheRoom() {
        Client cy = client("cy");
        join(ann);
        join(cy);
        Resumption seat = join(bo);
        rooms.lose(bo);
        send(ann, bo, 1);
        send(cy, bo, 1);
        send(ann, bo, 2);

        Client back = again(bo);
        assertThat(resume(back, seat, received(ann, 0), received(cy, 0)))
                .filteredOn(Output.Deliver.class::isInstance)
                .containsExactly(delivered(back, ann, 1), delivered(back, cy, 1), delivered(back, ann, 2));
    }

    @Test
    void whoComesBackIsToldWhatWasTakenAndWhatTheOthersHave() {
        join(ann);
        Resumption seat = join(bo);
        send(bo, ann, 1);
        send(bo, ann, 2);
        rooms.lose(bo);
        ack(ann, bo, 1, 1);

        Client back = again(bo);
        assertThat(resume(back, seat, received(ann, 0)))
                .contains(new Output.Acknowledged(back, ann.id(), 1))
                .filteredOn(Output.Joined.class::isInstance)
                .map(it -> ((Output.Joined) it).others().getFirst().accepted())
                .containsExactly(2L);
    }

    @Test
    void whatIsNotAcknowledgedIsSentAgainAfterEveryConnection() {
        join(ann);
        Resumption seat = join(bo);
        send(ann, bo, 1);
        rooms.lose(bo);
        Client second = again(bo);
        Resumption next = had(resume(second, seat, received(ann, 0)));
        rooms.lose(second);

        Client third = again(second);
        assertThat(resume(third, next, received(ann, 0)))
                .filteredOn(Output.Deliver.class::isInstance)
                .containsExactly(delivered(third, ann, 1));
    }

    @Test
    void someoneWhoJoinedMeanwhileIsNoReasonToStartOver() {
        Resumption seat = join(bo);
        rooms.lose(bo);
        join(ann);
        send(ann, bo, 1);

        Client back = again(bo);
        assertThat(resume(back, seat)).contains(delivered(back, ann, 1));
    }

    @Test
    void whoDoesNotAcknowledgeIsNotReachedWhileAway() {
        join(ann);
        rooms.join(bo);
        rooms.lose(bo);

        assertThat(send(ann, bo, 1)).containsExactly(again(ann, bo, Rejection.PARTICIPANT_AWAY, 1));
    }

    @Test
    void whatSomebodyHadSentGoesWithThem() {
        join(ann);
        Resumption seat = join(bo);
        rooms.lose(bo);
        send(ann, bo, 1);
        rooms.leave(ann);

        assertThat(resume(again(bo), seat, received(ann, 0))).noneMatch(Output.Deliver.class::isInstance);
    }

    // ---- starting over ----

    private void assertStartsOver(List<Output> told, int epoch) {
        assertThat(told).filteredOn(Output.Joined.class::isInstance).allSatisfy(output -> {
            Output.Joined joined = (Output.Joined) output;
            assertThat(joined.recovered()).isFalse();
            assertThat(joined.you().epoch()).isEqualTo(epoch);
            assertThat(joined.others()).allMatch(other -> other.accepted() == 0);
        });
        assertThat(told)
                .filteredOn(Output.ParticipantBack.class::isInstance)
                .isNotEmpty()
                .allMatch(output -> !((Output.ParticipantBack) output).recovered());
        assertThat(told).noneMatch(Output.Deliver.class::isInstance);
    }

    @Test
    void aPageThatWasReloadedStartsOver() {
        join(ann);
        Resumption seat = join(bo);
        send(ann, bo, 1);
        send(bo, ann, 1);
        rooms.leaveForAReload(bo);
        Client page = new Client("bo's next page", bo.connection() + 1);

        assertStartsOver(resume(page, seat), 2);
        assertThat(send(ann, bo, 2, 1, new Text("hello")))
                .containsExactly(new Output.Deliver(page, ann, ann.id(), 1, SignalKind.DATA, new Text("hello")));
        assertThat(send(page, ann, 1, 1, new Text("hello")))
                .containsExactly(new Output.Deliver(ann, page, bo.id(), 1, SignalKind.DATA, new Text("hello")));
    }

    @Test
    void whatTheOtherSentBeforeItKnewIsDropped() {
        join(ann);
        Resumption seat = join(bo);
        send(ann, bo, 1);
        resume(new Client("bo's next page", bo.connection() + 1), seat);

        assertThat(send(ann, bo, 2)).isEmpty();
        assertThat(ack(ann, bo, 1, 1)).isEmpty();
        assertThat(rooms.counters().stale()).isEqualTo(2);
    }

    @Test
    void numbersThatCannotBeMakeEverythingStartOver() {
        join(ann);
        Resumption seat = join(bo);
        send(ann, bo, 1);
        send(ann, bo, 2);
        ack(bo, ann, 1, 1);
        rooms.lose(bo);
        Client second = again(bo);
        List<Output> more = resume(second, seat, received(ann, 3));
        assertStartsOver(more, 2);

        send(ann, bo, 2, 1, new Text("hello"));
        rooms.input(new Input.Acknowledge(second, ann.id(), 1, 1));
        rooms.lose(second);
        assertStartsOver(resume(again(second), had(more), received(ann, 0)), 3);
    }

    @Test
    void whoStopsNumberingStartsOver() {
        join(ann);
        Resumption seat = join(bo);
        rooms.lose(bo);

        assertStartsOver(rooms.resume(again(bo), seat.seat()), 2);
    }

    // ---- connections that cross ----

    @Test
    void whoNeverHeardOfTheSeatComesBackToItByTheSecretOfThePage() {
        join(ann);
        join(bo);
        rooms.join(client("cy"));
        send(ann, bo, 1);
        Client back = again(bo);

        List<Output> told = rooms.join(back, Optional.empty(), List.of());

        assertThat(told).contains(new Output.Ended(bo, EndReason.SUPERSEDED), delivered(back, ann, 1));
        assertThat(had(told).participant()).isEqualTo(bo.id());
    }

    @Test
    void anotherSecretIsSomebodyElse() {
        join(ann);
        join(bo);

        assertThat(had(rooms.join(client("cy"), Optional.empty(), List.of())).participant())
                .isEqualTo(client("cy").id());
    }

    @Test
    void aLateJoinTakesNothingFromTheConnectionAfterIt() {
        join(ann);
        Resumption seat = join(bo);
        rooms.lose(bo);
        Client early = again(bo);
        Client later = again(early);
        resume(later, seat, received(ann, 0));

        assertThat(resume(early, seat, received(ann, 0)))
                .containsExactly(new Output.Ended(early, EndReason.SUPERSEDED));
        assertThat(send(ann, bo, 1)).containsExactly(delivered(later, ann, 1));
    }

    @Test
    void whenTheirAnswersCrossTheLaterConnectionHasTheSeat() {
        join(ann);
        Resumption seat = join(bo);
        rooms.lose(bo);
        rooms.directoryAnswers = false;
        Client early = again(bo);
        Client later = again(early);
        resume(later, seat, received(ann, 0));
        resume(early, seat, received(ann, 0));
        Seat claimed = seat.seat();
        Seat second = new Seat(claimed.index(), claimed.stamp(), 2);
        Seat third = new Seat(claimed.index(), claimed.stamp(), 3);
        rooms.input(rooms.takes.getLast().answer(new SeatAnswer.Taken(third, false)));
        List<Output> told = rooms.input(rooms.takes.getFirst().answer(new SeatAnswer.Taken(second, false)));

        assertThat(told).contains(new Output.Ended(early, EndReason.SUPERSEDED));
        assertThat(had(told).seat()).isEqualTo(third);
        assertThat(send(ann, bo, 1)).containsExactly(delivered(later, ann, 1));
    }

    @Test
    void aLateSignalOfASupersededConnectionIsDroppedAndCounted() {
        join(ann);
        Resumption seat = join(bo);
        send(bo, ann, 1);
        resume(again(bo), seat, received(ann, 0));

        assertThat(send(bo, ann, 2)).noneMatch(Output.Deliver.class::isInstance);
        assertThat(rooms.counters().late()).isOne();
    }

    // ---- after a restart ----

    private static final Seat ANNS = new Seat(0, RecordingRooms.FIRST_STAMP - 20, 3);
    private static final Seat BOS = new Seat(1, RecordingRooms.FIRST_STAMP - 10, 5);

    private final RecordingRooms restarted = new RecordingRooms(LIMITS, 25_000_000_000L);

    private List<Output> resumeAfterRestart(Client client, Seat seat, StreamPosition... positions) {
        Resumption had = new Resumption(seat, client.id(), 1);
        return restarted.join(client, Optional.of(had), List.of(positions));
    }

    @Test
    void aSeatOfAnEarlierProcessComesBackUnderItsName() {
        assertThat(resumeAfterRestart(ann, ANNS, received(bo, 7)))
                .containsExactly(new Output.Joined(
                        ann,
                        1,
                        ROOM,
                        view(ann, ANNS.stamp(), 1),
                        new Seat(0, ANNS.stamp(), 4),
                        List.of(),
                        true,
                        30_000_000_000L,
                        Optional.empty()));
    }

    @Test
    void bothGoOnWhereTheyWere() {
        resumeAfterRestart(ann, ANNS, received(bo, 7));
        List<Output> told = resumeAfterRestart(bo, BOS, received(ann, 4));

        assertThat(told)
                .contains(
                        new Output.ParticipantBack(ann, new Other(view(bo, BOS.stamp(), 1), 4), true),
                        new Output.Acknowledged(ann, bo.id(), 4),
                        new Output.Acknowledged(bo, ann.id(), 7))
                .filteredOn(Output.Joined.class::isInstance)
                .map(it -> ((Output.Joined) it).others())
                .containsExactly(List.of(new Other(view(ann, ANNS.stamp(), 1), 7)));
        Input next = new Input.Signal(ann, 3, bo.id(), 1, 5, SignalKind.DATA, new Text("hello"));
        assertThat(restarted.input(next)).containsExactly(delivered(bo, ann, 5));
    }

    @Test
    void whoWasReloadedMeanwhileStartsOverAndTheOtherGoesOn() {
        resumeAfterRestart(ann, ANNS, received(bo, 7));
        List<Output> told = resumeAfterRestart(bo, BOS);

        assertThat(told)
                .contains(new Output.ParticipantBack(ann, new Other(view(bo, BOS.stamp(), 6), 0), false))
                .filteredOn(Output.Joined.class::isInstance)
                .allMatch(it -> !((Output.Joined) it).recovered());
        Input first = new Input.Signal(ann, 3, bo.id(), 6, 1, SignalKind.DATA, new Text("hello"));
        assertThat(restarted.input(first)).containsExactly(delivered(bo, ann, 1));
    }

    @Test
    void whatAPageSaidBeforeItWasReloadedDoesNotCountForThoseWhoComeLater() {
        Resumption first = had(resumeAfterRestart(ann, ANNS, received(bo, 7)));
        Client page = new Client("ann's next page", ann.connection() + 1);
        int epoch = had(restarted.join(page, Optional.of(first), List.of())).epoch();
        resumeAfterRestart(bo, BOS, new StreamPosition(ann.id(), 1, 4));

        Input next = new Input.Signal(bo, 3, ann.id(), epoch, 1, SignalKind.DATA, new Text("hello"));
        assertThat(restarted.input(next)).containsExactly(delivered(page, bo, 1));
    }

    @Test
    void whoComesBackTwiceIsStillToldThatOthersMayReturn() {
        Resumption first = had(resumeAfterRestart(ann, ANNS, received(bo, 7)));
        restarted.lose(ann);
        restarted.pass(Duration.ofSeconds(10));

        assertThat(restarted.join(again(ann), Optional.of(first), List.of(received(bo, 7))))
                .filteredOn(Output.Joined.class::isInstance)
                .map(it -> ((Output.Joined) it).othersMayReturnNanos())
                .containsExactly(20_000_000_000L);
    }

    @Test
    void thatTimeEnds() {
        restarted.pass(GRACE);

        assertThat(resumeAfterRestart(bo, BOS, received(ann, 4)))
                .filteredOn(Output.Joined.class::isInstance)
                .allMatch(it -> ((Output.Joined) it).seat().stamp() == RecordingRooms.FIRST_STAMP);
    }
}
