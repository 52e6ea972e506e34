package dev.duet.signaling;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * {@link Rooms} with a policy and a directory that answer at once, unless told to wait, and a clock that stands until it is moved. Every
 * method gives what sessions were told in its course.
 */
final class RecordingRooms {
    static final RoomName ROOM = new RoomName("room");
    static final long FIRST_STAMP = 1;
    private static final long START_NANOS = -5_000_000_000L;

    /** Somebody's connection; the name is the page's. */
    record Client(String name, long connection) implements Session {
        String key() {
            return "secret of " + name;
        }

        ParticipantId id() {
            return new ParticipantId("id of " + name);
        }

        Person person() {
            return new Person(DisplayName.NONE, name);
        }
    }

    record Text(String text) implements Payload {
        @Override
        public int sizeBytes() {
            return text.length();
        }
    }

    private final Rooms rooms;
    private final LocalDirectory directory;
    private final Queue<Input> inputs = new ArrayDeque<>();
    private final List<Output> told = new ArrayList<>();

    boolean policyAnswers = true;
    boolean directoryAnswers = true;
    boolean probesAreAnswered = true;
    final List<Output.Admit> admits = new ArrayList<>();
    final List<Output.TakeSeat> takes = new ArrayList<>();
    final List<Output.ReleaseSeat> releases = new ArrayList<>();
    final List<Output.Gone> gone = new ArrayList<>();
    final List<Output.WentAway> away = new ArrayList<>();
    private long now = START_NANOS;

    RecordingRooms(Limits limits) {
        this(limits, START_NANOS);
    }

    /** @param earlierUntilNanos until when seats of an earlier process may be claimed; the clock starts at -5 s */
    RecordingRooms(Limits limits, long earlierUntilNanos) {
        rooms = new Rooms(limits, 0, 1, earlierUntilNanos);
        directory = new LocalDirectory(limits.capacity(), FIRST_STAMP);
    }

    static Client client(String name) {
        return new Client(name, 0);
    }

    List<Output> join(Client client) {
        return join(client, ROOM, Optional.empty(), true);
    }

    List<Output> resume(Client client, Seat seat) {
        return join(client, ROOM, Optional.of(seat), true);
    }

    List<Output> join(Client client, RoomName room, Optional<Seat> resume, boolean resumable) {
        Optional<Resumption> had = resume.map(seat -> new Resumption(seat, new ParticipantId("whoever had it"), 1));
        return join(client, room, had, Optional.empty(), resumable);
    }

    /** Joins and numbers. */
    List<Output> join(Client client, Optional<Resumption> had, List<StreamPosition> streams) {
        return join(client, ROOM, had, Optional.of(streams), true);
    }

    private List<Output> join(
            Client client,
            RoomName room,
            Optional<Resumption> had,
            Optional<List<StreamPosition>> streams,
            boolean resumable) {
        return input(new Input.Join(
                client,
                1,
                room,
                client.id(),
                client.person(),
                had,
                streams,
                client.key(),
                client.connection(),
                Optional.empty(),
                false,
                resumable));
    }

    /** Joins and gives the seat. */
    Seat seated(Client client) {
        return seat(join(client));
    }

    static Seat seat(List<Output> told) {
        return told.stream()
                .flatMap(output -> output instanceof Output.Joined joined ? Optional.of(joined.seat()).stream() : null)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody joined: " + told));
    }

    List<Output> leave(Client client) {
        return input(new Input.Leave(client, 2, false));
    }

    List<Output> leaveForAReload(Client client) {
        return input(new Input.Leave(client, 2, true));
    }

    List<Output> lose(Client client) {
        return input(new Input.Disconnected(client));
    }

    List<Output> hear(Client client) {
        return input(new Input.Heard(client));
    }

    List<Output> send(Client from, ParticipantId to, SignalKind kind) {
        return input(new Input.Signal(from, 3, to, 0, 0, kind, new Text("hello")));
    }

    /** The directory's answer to a question that it kept. */
    List<Output> answer(Output.TakeSeat take) {
        takes.remove(take);
        return input(answerTo(take));
    }

    /** Moves the clock; what becomes due on the way happens at its own time. */
    List<Output> pass(Duration time) {
        told.clear();
        long end = now + time.toNanos();
        while (rooms.nextDeadlineNanos() <= end) {
            now = Math.max(now, rooms.nextDeadlineNanos());
            inputs.add(new Input.TimePassed());
            drain();
        }
        now = end;
        return List.copyOf(told);
    }

    List<Output> input(Input input) {
        told.clear();
        inputs.add(input);
        drain();
        return List.copyOf(told);
    }

    RoomCounters counters() {
        return rooms.counters();
    }

    int roomCount() {
        return rooms.roomCount();
    }

    private void drain() {
        while (inputs.poll() instanceof Input input) {
            List<Output> outputs = new ArrayList<>();
            rooms.handle(input, now, outputs::add);
            rooms.checkInvariants();
            outputs.forEach(this::perform);
        }
    }

    private void perform(Output output) {
        switch (output) {
            case Output.Admit admit when policyAnswers -> inputs.add(new Input.Admitted(admit.join()));
            case Output.Admit admit -> admits.add(admit);
            case Output.TakeSeat take when directoryAnswers -> inputs.add(answerTo(take));
            case Output.TakeSeat take -> takes.add(take);
            case Output.ReleaseSeat release -> {
                releases.add(release);
                directory.release(release.room(), release.seat());
            }
            case Output.Gone one -> gone.add(one);
            case Output.WentAway one -> away.add(one);
            case Output.Probe(Session session) when probesAreAnswered -> inputs.add(new Input.Heard(session));
            default -> told.add(output);
        }
    }

    private Input answerTo(Output.TakeSeat take) {
        return take.answer(directory.take(take.room(), take.claim()));
    }
}
