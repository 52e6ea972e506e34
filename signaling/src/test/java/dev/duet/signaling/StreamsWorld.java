package dev.duet.signaling;

import dev.duet.signaling.StreamsLedger.Load;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * One room of the real {@link Rooms} and {@link LocalDirectory}, pages around it, and what can go wrong between and around them, in virtual time
 * and from a seed.
 */
final class StreamsWorld {
    static final RoomName ROOM = new RoomName("room");
    private static final long MS = 1_000_000L;
    private static final long END_MS = 60_000;
    private static final long REST_MS = 150_000;
    /** A seat that nobody speaks for can be taken over so soon, less what a slow answer to a probe can take. */
    private static final long TAKE_OVER_MS = 4_000;

    /**
     * What can go wrong.
     *
     * @param cutPerPacket how likely each packet cuts its connection
     * @param twice how likely a numbered one comes twice
     * @param dropped how likely the server drops one for its limits
     * @param outboxMessages what the pages believe that the window is
     */
    record Course(
            Limits limits,
            List<ModelPage.Kind> pages,
            double cutPerPacket,
            double twice,
            double dropped,
            int outboxMessages,
            boolean cuts,
            boolean restarts,
            boolean reloads,
            boolean absences,
            boolean leaves,
            boolean slowAnswers) {

        static Course of(long seed) {
            SplittableRandom random = new SplittableRandom(~seed);
            int capacity = 2 + random.nextInt(2);
            boolean harsh = random.nextInt(4) == 0;
            List<ModelPage.Kind> pages = new ArrayList<>();
            for (int i = 0; i < capacity; i++) {
                boolean numbers = i < 2 || random.nextInt(3) != 0;
                pages.add(numbers ? ModelPage.Kind.NUMBERS : ModelPage.Kind.values()[2 + random.nextInt(2)]);
            }
            if (random.nextInt(3) == 0) {
                pages.add(ModelPage.Kind.VISITS);
            }
            return new Course(
                    limits(capacity, harsh),
                    pages,
                    random.nextInt(2) == 0 ? 0.01 : 0,
                    random.nextInt(3) == 0 ? 0.02 : 0,
                    random.nextInt(4) == 0 ? 0.001 : 0,
                    256,
                    random.nextInt(4) != 0,
                    random.nextInt(2) == 0,
                    random.nextInt(3) == 0,
                    random.nextInt(5) == 0,
                    random.nextInt(5) == 0,
                    random.nextInt(2) == 0);
        }

        /** Two or three who number and stay; one packet in a hundred cuts its connection. */
        static Course cutting(long seed) {
            int capacity = 2 + (int) Math.floorMod(seed, 2L);
            List<ModelPage.Kind> pages = Collections.nCopies(capacity, ModelPage.Kind.NUMBERS);
            boolean restarts = seed % 4 == 0;
            return new Course(
                    limits(capacity, false),
                    pages,
                    0.01,
                    0,
                    0,
                    256,
                    false,
                    restarts,
                    false,
                    false,
                    false,
                    seed % 3 == 0);
        }

        @Override
        public String toString() {
            String kinds = pages.stream().map(Enum::name).collect(Collectors.joining(" "));
            return "%s, window %d%s%s%s%s%s%s"
                    .formatted(
                            kinds,
                            limits.windowMessages(),
                            restarts ? ", restarts" : "",
                            reloads ? ", reloads" : "",
                            absences ? ", absences" : "",
                            leaves ? ", leaves" : "",
                            slowAnswers ? ", slow answers" : "",
                            twice > 0 ? ", twice" : "");
        }

        private static Limits limits(int capacity, boolean harsh) {
            Limits usual = Limits.of(capacity, Duration.ofSeconds(30));
            return !harsh
                    ? usual
                    : new Limits(
                            capacity,
                            usual.seatGraceNanos(),
                            usual.returnGraceNanos(),
                            usual.takeOverNanos(),
                            usual.probeNanos(),
                            usual.policyNanos(),
                            usual.directoryNanos(),
                            usual.candidateBytesMax(),
                            20,
                            usual.outwardCandidatesMax(),
                            usual.descriptionBytesMax(),
                            usual.dataBytesMax(),
                            usual.awaySeatsMax(),
                            usual.leasesMax(),
                            usual.leaseNanos(),
                            usual.parkedNanos(),
                            40,
                            12_000,
                            30_000);
        }
    }

    final Course course;
    final SplittableRandom random;
    final Agenda agenda = new Agenda();
    final StreamsLedger ledger = new StreamsLedger(agenda);
    final UnaryOperator<Input> mutant;
    private final List<ModelPage> pages = new ArrayList<>();
    private final Map<String, Load> loads = new HashMap<>();
    private final Map<Load, ParticipantId> pageIs = new HashMap<>();
    private final Map<Integer, ParticipantId> personIs = new HashMap<>();
    private final Queue<Input> inputs = new ArrayDeque<>();
    private Rooms rooms;
    private LocalDirectory directory;
    private boolean up = true;
    int boot;
    private long lastWire;
    private int lastId;
    private long directoryMs;
    private long timerMs = Long.MAX_VALUE;
    private long restartedMs = -1;
    private boolean handling;
    private boolean came;
    /** Whether a seat was given anew after everybody had come. */
    private boolean seatsChanged;

    int cuts;
    int restarts;
    int reloads;
    int superseded;
    long repeated;
    long late;
    long stale;

    StreamsWorld(long seed, Course course, UnaryOperator<Input> mutant) {
        this.course = course;
        this.mutant = mutant;
        random = new SplittableRandom(seed);
        rooms = new Rooms(course.limits, 0, 1, Long.MIN_VALUE);
        directory = new LocalDirectory(course.limits.capacity(), 1);
        for (ModelPage.Kind kind : course.pages) {
            pages.add(new ModelPage(this, pages.size(), kind));
        }
    }

    void run() {
        for (ModelPage page : pages) {
            if (page.kind == ModelPage.Kind.VISITS) {
                often(8_000, () -> visit(page));
            } else {
                page.connect(random.nextInt(500));
                often(20_000, () -> burst(page));
            }
            often(20, () -> talk(page));
            if (course.cuts) {
                often(4_000, () -> cut(page));
            }
            if (course.reloads && page.numbers()) {
                often(12_000, () -> reload(page));
            }
            if (course.absences) {
                often(20_000, () -> stayAway(page));
            }
            if (course.leaves && page.kind != ModelPage.Kind.VISITS) {
                often(25_000, () -> leave(page));
            }
        }
        if (course.restarts) {
            often(15_000, this::restart);
        }
        agenda.runUntil(END_MS);
        pages.stream()
                .filter(page -> page.kind == ModelPage.Kind.VISITS && page.inside())
                .forEach(ModelPage::leave);
        agenda.runUntil(END_MS + REST_MS);
        ledger.settled();
        for (ModelPage page : pages) {
            ledger.require(page.isSettled(), "not everything is acknowledged", page);
        }
        ledger.require(rooms.keptBytes == 0, "kept though everybody has it", rooms.keptBytes);
        end();
    }

    private void end() {
        pages.stream().filter(ModelPage::inside).forEach(ModelPage::leave);
        agenda.runUntil(END_MS + 2 * REST_MS);
        count();
        ledger.require(rooms.roomCount() == 0 && directory.roomCount() == 0, "a room is left", directory.roomCount());
        ledger.require(rooms.sessionCount() == 0, "sessions are left", rooms.sessionCount());
        ledger.require(rooms.nextDeadlineNanos() == Long.MAX_VALUE, "deadlines are left", rooms.nextDeadlineNanos());
    }

    boolean happens(double likelihood) {
        return likelihood > 0 && agenda.nowMs() < END_MS && everybodyCame() && random.nextDouble() < likelihood;
    }

    boolean up() {
        return up;
    }

    // ---- what goes wrong ----

    /** At random times, so far apart on average. */
    private void often(int everyMs, Runnable what) {
        long inMs = Math.round(-Math.log(1 - random.nextDouble()) * everyMs);
        agenda.in(inMs, () -> {
            if (agenda.nowMs() < END_MS) {
                if (everybodyCame()) {
                    what.run();
                }
                often(everyMs, what);
            }
        });
    }

    /** Who has never heard that it joined has nothing to come back to. */
    private boolean everybodyCame() {
        came = came || pages.stream().allMatch(page -> page.kind == ModelPage.Kind.VISITS || page.joinedOnce());
        return came;
    }

    private void talk(ModelPage page) {
        if (page.joined() || random.nextInt(20) == 0) {
            page.talk();
        }
    }

    private void burst(ModelPage page) {
        for (int i = 0; page.joined() && i < 300; i++) {
            page.talk();
        }
    }

    private void cut(ModelPage page) {
        if (page.wire() instanceof Wire wire) {
            wire.cut(random.nextInt(10) < 3 ? 8_000 : 500);
        }
    }

    private void reload(ModelPage page) {
        if (page.inside() && page.wire() != null) {
            reloads++;
            page.reload(random.nextInt(1_500), random.nextBoolean());
        }
    }

    private void stayAway(ModelPage page) {
        if (page.wire() instanceof Wire wire) {
            wire.cut(0);
            page.lost(wire, 6_000 + random.nextInt(45_000));
        }
    }

    private void leave(ModelPage page) {
        if (page.inside()) {
            page.leave();
            page.connect(500 + random.nextInt(5_000));
        }
    }

    private void visit(ModelPage page) {
        if (page.inside()) {
            page.leave();
        } else {
            page.connect(0);
        }
    }

    private void restart() {
        if (!up) {
            return;
        }
        up = false;
        boot++;
        restarts++;
        restartedMs = agenda.nowMs();
        count();
        for (ModelPage page : pages) {
            if (page.wire() instanceof Wire wire) {
                wire.cut(500);
            }
            if (seatsChanged || !page.joinedOnce()) {
                // Whoever had a seat before somebody else got it may come back to it first; and who has never heard
                // that it has one is not told from a page that was reloaded.
                page.load().isDisturbed(restartedMs);
            }
        }
        agenda.in(300 + random.nextInt(2_500), () -> {
            up = true;
            lastWire = 0;
            timerMs = Long.MAX_VALUE;
            directoryMs = 0;
            rooms = new Rooms(course.limits, 0, 1, nowNanos() + course.limits.seatGraceNanos());
            directory = new LocalDirectory(course.limits.capacity(), boot * 1_000_000L);
        });
    }

    private void count() {
        repeated += rooms.counters().repeated();
        late += rooms.counters().late();
        stale += rooms.counters().stale();
    }

    // ---- pages ----

    Load loads(int person, int number, boolean numbers) {
        Load load = new Load(person, number, numbers, course.restarts ? 14_000 : 29_900);
        loads.put(load.instance(), load);
        return load;
    }

    Load load(Participant participant) {
        return Objects.requireNonNull(loads.get(participant.person().instance()));
    }

    ParticipantId newId() {
        return new ParticipantId("p" + ++lastId);
    }

    Wire open(ModelPage page) {
        return new Wire(this, page, ++lastWire);
    }

    // ---- the server ----

    private long nowNanos() {
        return agenda.nowMs() * MS;
    }

    void input(int atBoot, Input input) {
        if (atBoot != boot || !up) {
            return;
        }
        inputs.add(input);
        if (handling) {
            return;
        }
        handling = true;
        while (inputs.poll() instanceof Input next) {
            List<Output> outputs = new ArrayList<>();
            rooms.handle(next, nowNanos(), outputs::add);
            rooms.checkInvariants();
            outputs.forEach(this::perform);
        }
        handling = false;
        setTimer();
    }

    private void setTimer() {
        long next = rooms.nextDeadlineNanos();
        long nextMs = next == Long.MAX_VALUE ? next : Math.ceilDiv(next, MS);
        if (nextMs < timerMs) {
            timerMs = nextMs;
            int atBoot = boot;
            agenda.in(nextMs - agenda.nowMs(), () -> {
                if (atBoot == boot && timerMs <= agenda.nowMs()) {
                    timerMs = Long.MAX_VALUE;
                    input(atBoot, new Input.TimePassed());
                    setTimer();
                }
            });
        }
    }

    private void answer(Input input) {
        int atBoot = boot;
        if (course.slowAnswers) {
            agenda.in(random.nextInt(random.nextInt(4) == 0 ? 2_500 : 20), () -> input(atBoot, input));
        } else {
            inputs.add(input);
        }
    }

    /** The directory works on what it is asked in that order, when it likes. */
    private void askDirectory(Runnable work) {
        int atBoot = boot;
        if (course.slowAnswers) {
            directoryMs = Math.max(directoryMs, agenda.nowMs() + random.nextInt(30));
            agenda.in(directoryMs - agenda.nowMs(), () -> {
                if (atBoot == boot) {
                    work.run();
                }
            });
        } else {
            work.run();
        }
    }

    private void perform(Output output) {
        switch (output) {
            case Output.Admit admit -> answer(new Input.Admitted(admit.join()));
            case Output.TakeSeat take -> askDirectory(() -> take(take));
            case Output.ReleaseSeat(RoomName room, Seat seat) -> askDirectory(() -> directory.release(room, seat));
            case Output.WentAway _ -> {}
            case Output.Gone _ -> {}
            case Output.Left _ -> {}
            case Output.Joined joined -> {
                seated(joined.you());
                ((Wire) joined.session()).tell(joined);
            }
            case Output.RoomFull full -> ((Wire) full.session()).tell(full);
            case Output.Rejected it -> ((Wire) it.session()).tell(it);
            case Output.ParticipantJoined it -> ((Wire) it.session()).tell(it);
            case Output.ParticipantAway it -> ((Wire) it.session()).tell(it);
            case Output.ParticipantBack it -> ((Wire) it.session()).tell(it);
            case Output.ParticipantLeft it -> ((Wire) it.session()).tell(it);
            case Output.Deliver it -> ((Wire) it.session()).tell(it);
            case Output.Acknowledged it -> ((Wire) it.session()).tell(it);
            case Output.SignalRejected it -> ((Wire) it.session()).tell(it);
            case Output.Ended it -> ((Wire) it.session()).tell(it);
            case Output.Probe it -> ((Wire) it.session()).tell(it);
            case Output.Looked _,
                    Output.LeaseEnded _,
                    Output.Parked _,
                    Output.Looking _,
                    Output.Offered _,
                    Output.Answered _ -> throw new IllegalStateException("nobody looks");
        }
    }

    private void take(Output.TakeSeat take) {
        SeatAnswer answer = directory.take(take.room(), take.claim());
        if (answer instanceof SeatAnswer.Taken taken && taken.seat().generation() == 1) {
            aSeatIsGivenAnew();
        }
        answer(take.answer(answer));
    }

    /** It can have been taken from whoever is away long enough, or since before a restart. */
    private void aSeatIsGivenAnew() {
        seatsChanged |= everybodyCame();
        long now = agenda.nowMs();
        for (Load load : loads.values()) {
            if (load.absentSince(Math.max(restartedMs, now - TAKE_OVER_MS))) {
                load.isDisturbed(now);
            }
        }
    }

    private void seated(Participant participant) {
        Load newcomer = load(participant);
        ParticipantId pageBefore = pageIs.put(newcomer, participant.id());
        if (pageBefore != null && !pageBefore.equals(participant.id())) {
            // It never heard of the seat that it had: what is said to that one it does not get.
            newcomer.isDisturbed(agenda.nowMs());
        }
        if (!participant.id().equals(personIs.put(newcomer.person, participant.id()))) {
            aSeatIsGivenAnew();
        }
    }
}
