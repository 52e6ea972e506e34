package dev.duet.signaling;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.Set;

/**
 * A small world around {@link Rooms}, run from a seed: clients that join, talk, leave, vanish and come back; a policy and a directory that
 * answer late and out of order; a clock that stands still or leaps. It checks what clients may believe after every step.
 */
final class World {
    private static final long MS = 1_000_000L;

    /** What a client believes of its room. */
    static final class Client implements Session {
        final int number;
        final RoomName room;
        final boolean resumable;
        boolean asked;
        boolean joined;
        boolean gone;
        int answers;
        Optional<Seat> seat = Optional.empty();
        Optional<ParticipantId> me = Optional.empty();
        /** Who is in the room as this client was told, and the number of the last message from each. */
        final Map<ParticipantId, Integer> others = new LinkedHashMap<>();

        final Map<ParticipantId, Integer> departures = new HashMap<>();
        int sent;

        Client(int number, RoomName room, boolean resumable) {
            this.number = number;
            this.room = room;
            this.resumable = resumable;
        }

        @Override
        public String toString() {
            return "client" + number;
        }
    }

    private record Message(int number) implements Payload {
        @Override
        public int sizeBytes() {
            return 4;
        }
    }

    private record Later(long atNanos, long order, Input input) implements Comparable<Later> {
        @Override
        public int compareTo(Later other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /** How the directory decides; a planted fault replaces it. */
    interface Seats {
        SeatAnswer take(RoomName room, Output.SeatClaim claim);

        void release(RoomName room, Seat seat);
    }

    private final Random random;
    private final Limits limits;
    private final Rooms rooms;
    private final Seats directory;
    private final PriorityQueue<Later> answers = new PriorityQueue<>();
    /** Questions to the directory keep their order; it works on them when it likes. */
    private final Queue<Runnable> directoryWork = new ArrayDeque<>();

    private final List<Client> clients = new ArrayList<>();
    private final List<Output> outputs = new ArrayList<>();
    private final Set<ParticipantId> gone = new HashSet<>();
    private final boolean prompt;
    private long now;
    private long laterOrder;
    private int lastClient;
    private int lastParticipant;
    long trace = 1469598103934665603L;
    int seatsGiven;
    int backs;
    int refusals;
    int takeOvers;

    World(long seed, Limits limits, Seats directory) {
        random = new Random(seed);
        this.limits = limits;
        this.directory = directory;
        rooms = new Rooms(limits, 0, 1, Long.MIN_VALUE);
        prompt = random.nextInt(4) == 0;
        now = random.nextLong() / 4;
    }

    /** One random thing happens. */
    void step() {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3 -> join(newClient(), Optional.empty());
            case 4 -> pick().ifPresent(client -> input(new Input.Leave(client, 1, false), client));
            case 5 -> pick().ifPresent(client -> input(new Input.Leave(client, 1, true), client));
            case 6, 7 -> pick().ifPresent(this::disconnect);
            case 8, 9 -> comeBack();
            case 10 -> pick().ifPresent(client -> join(client, Optional.empty()));
            case 11, 12, 13, 14 -> pick().ifPresent(this::talk);
            case 15 -> pick().ifPresent(client -> run(new Input.Heard(client)));
            case 16 -> advance(random.nextInt(10) * MS);
            case 17 -> advance(random.nextInt(2_000) * MS);
            case 18 -> {
                if (random.nextInt(10) == 0) {
                    advance(random.nextInt(60_000) * MS);
                }
            }
            default -> {}
        }
        while (random.nextInt(2) == 0 && !directoryWork.isEmpty()) {
            workOnDirectory();
        }
        check();
    }

    /** Everybody goes, every answer comes in, all time passes; then nothing may be left. */
    void end() {
        for (Client client : List.copyOf(clients)) {
            disconnect(client);
        }
        for (int i = 0; i < 10; i++) {
            while (!directoryWork.isEmpty()) {
                workOnDirectory();
            }
            advance(120_000 * MS);
            check();
        }
        require(rooms.roomCount() == 0, "rooms are left: " + rooms.roomCount());
        require(rooms.sessionCount() == 0, "sessions are left: " + rooms.sessionCount());
        require(rooms.nextDeadlineNanos() == Long.MAX_VALUE, "deadlines are left");
    }

    private Client newClient() {
        RoomName room = new RoomName("room" + random.nextInt(3));
        Client client = new Client(++lastClient, room, random.nextInt(4) != 0);
        clients.add(client);
        return client;
    }

    private void join(Client client, Optional<Seat> resume) {
        if (!client.asked) {
            client.asked = true;
            client.answers = 0;
        }
        ParticipantId id = new ParticipantId("p" + ++lastParticipant);
        Person person = new Person(DisplayName.NONE, "i" + client.number);
        Optional<Resumption> had = resume.map(seat -> new Resumption(seat, id, 1));
        run(new Input.Join(
                client,
                1,
                client.room,
                id,
                person,
                had,
                Optional.empty(),
                "",
                client.number,
                Optional.empty(),
                false,
                client.resumable));
    }

    /** Somebody who had a seat tries to get it back, from a new connection. */
    private void comeBack() {
        List<Client> had =
                clients.stream().filter(client -> client.seat.isPresent()).toList();
        if (had.isEmpty()) {
            return;
        }
        Client before = had.get(random.nextInt(had.size()));
        Client again = new Client(++lastClient, before.room, before.resumable);
        clients.add(again);
        join(again, before.seat);
    }

    private void talk(Client client) {
        List<ParticipantId> others = List.copyOf(client.others.keySet());
        ParticipantId to = others.isEmpty() || random.nextInt(10) == 0
                ? new ParticipantId("p" + random.nextInt(lastParticipant + 1))
                : others.get(random.nextInt(others.size()));
        SignalKind kind = SignalKind.values()[random.nextInt(3)];
        run(new Input.Signal(client, 2, to, 0, 0, kind, new Message(++client.sent)));
    }

    private void disconnect(Client client) {
        client.gone = true;
        run(new Input.Disconnected(client));
        client.joined = false;
        client.asked = false;
        if (random.nextInt(3) == 0) {
            clients.remove(client);
        }
    }

    private void input(Input input, Client client) {
        boolean had = client.asked;
        run(input);
        if (had && input instanceof Input.Leave) {
            client.joined = false;
            client.asked = false;
            client.others.clear();
        }
    }

    private Optional<Client> pick() {
        List<Client> here = clients.stream().filter(client -> !client.gone).toList();
        return here.isEmpty() ? Optional.empty() : Optional.of(here.get(random.nextInt(here.size())));
    }

    private void advance(long nanos) {
        long end = now + nanos;
        while (true) {
            long next =
                    Math.min(answers.isEmpty() ? Long.MAX_VALUE : answers.element().atNanos, rooms.nextDeadlineNanos());
            if (next > end) {
                break;
            }
            now = Math.max(now, next);
            if (!answers.isEmpty() && answers.element().atNanos <= now) {
                run(answers.remove().input);
            } else {
                run(new Input.TimePassed());
            }
        }
        now = end;
    }

    private void workOnDirectory() {
        if (directoryWork.poll() instanceof Runnable work) {
            work.run();
        }
    }

    private void run(Input input) {
        outputs.clear();
        rooms.handle(input, now, outputs::add);
        rooms.checkInvariants();
        for (Output output : List.copyOf(outputs)) {
            trace = (trace ^ output.toString().hashCode()) * 1099511628211L;
            perform(output);
        }
    }

    private void answer(Input input) {
        long delay = prompt ? 0 : random.nextInt(3) == 0 ? random.nextInt(4_000) * MS : random.nextInt(20) * MS;
        answers.add(new Later(now + delay, ++laterOrder, input));
    }

    private void perform(Output output) {
        switch (output) {
            case Output.Admit admit ->
                answer(random.nextInt(10) == 0 ? new Input.Refused(admit.join()) : new Input.Admitted(admit.join()));
            case Output.TakeSeat take -> later(() -> take(take));
            case Output.ReleaseSeat(RoomName room, Seat seat) -> later(() -> directory.release(room, seat));
            case Output.WentAway _ -> {}
            case Output.Gone(ParticipantId participant, LeftReason _, boolean _, long _) ->
                require(gone.add(participant), "gone twice: " + participant);
            case Output.Joined joined -> joined(joined);
            case Output.RoomFull full -> {
                refusals++;
                answered((Client) full.session());
            }
            case Output.Rejected rejected -> rejected(rejected);
            case Output.SignalRejected _, Output.Acknowledged _ -> throw new IllegalStateException("nobody numbers");
            case Output.Looked _,
                    Output.LeaseEnded _,
                    Output.Parked _,
                    Output.Looking _,
                    Output.Offered _,
                    Output.Answered _ -> throw new IllegalStateException("nobody looks");
            case Output.Ended ended -> ended((Client) ended.session());
            case Output.Left left -> requireHere((Client) left.session());
            case Output.Probe(Session session) -> {
                if (random.nextInt(3) != 0) {
                    answer(new Input.Heard(session));
                }
            }
            case Output.ParticipantJoined(Session session, Participant participant, var _) -> {
                Client client = listening(session);
                require(!client.others.containsKey(participant.id()), "joined twice: " + participant);
                require(!client.departures.containsKey(participant.id()), "joined after leaving: " + participant);
                client.others.put(participant.id(), 0);
            }
            case Output.ParticipantAway away -> requireKnown(listening(away.session()), away.participant());
            case Output.ParticipantBack back -> {
                Client client = listening(back.session());
                ParticipantId other = back.other().participant().id();
                requireKnown(client, other);
                client.others.put(other, 0);
            }
            case Output.ParticipantLeft(Session session, ParticipantId id, LeftReason why) -> {
                Client client = listening(session);
                requireKnown(client, id);
                client.others.remove(id);
                require(client.departures.merge(id, 1, Integer::sum) == 1, "left twice: " + id);
                takeOvers += why == LeftReason.REPLACED ? 1 : 0;
            }
            case Output.Deliver deliver -> deliver(deliver);
        }
    }

    private void later(Runnable work) {
        if (prompt) {
            work.run();
        } else {
            directoryWork.add(work);
        }
    }

    private void take(Output.TakeSeat take) {
        if (!prompt && random.nextInt(20) == 0) {
            answer(take.answer(new SeatAnswer.Unavailable()));
            return;
        }
        answer(take.answer(directory.take(take.room(), take.claim())));
    }

    private void joined(Output.Joined joined) {
        Client client = (Client) joined.session();
        requireHere(client);
        require(client.asked && !client.joined, "joined without asking: " + client);
        answered(client);
        client.asked = true;
        client.joined = true;
        client.seat = Optional.of(joined.seat());
        client.me = Optional.of(joined.you().id());
        client.others.clear();
        client.departures.clear();
        joined.others().forEach(other -> client.others.put(other.participant().id(), 0));
        require(!client.others.containsKey(joined.you().id()), "in the room with oneself: " + client);
        backs += client.seat.get().generation() > 1 ? 1 : 0;
        seatsGiven++;
    }

    private void rejected(Output.Rejected rejected) {
        Client client = (Client) rejected.session();
        requireHere(client);
        switch (rejected.why()) {
            case JOIN_REFUSED, UNAVAILABLE -> answered(client);
            case NOT_IN_ROOM -> require(!client.joined, "in the room, and told not to be: " + client);
            case ALREADY_IN_ROOM -> require(client.asked, "not in the room, and told to be: " + client);
            case UNKNOWN_PARTICIPANT, PARTICIPANT_AWAY, TOO_MANY_CANDIDATES ->
                require(client.joined, "refused a message before joining: " + client);
            case OUT_OF_SEQUENCE, WINDOW_FULL, CANDIDATE_TOO_LARGE, DESCRIPTION_TOO_LARGE, DATA_TOO_LARGE ->
                throw new IllegalStateException("nobody numbers, and everything is small: " + rejected);
            case LOBBY_FULL, NOT_WAITING, OFFER_STALE, OUT_OF_TURN ->
                throw new IllegalStateException("nobody looks: " + rejected);
        }
    }

    private void answered(Client client) {
        requireHere(client);
        require(++client.answers == 1, "a join answered twice: " + client);
        client.asked = false;
    }

    private void ended(Client client) {
        requireHere(client);
        require(client.asked, "ended without a seat: " + client);
        client.joined = false;
        client.asked = false;
        client.gone = true;
        client.others.clear();
    }

    private void deliver(Output.Deliver deliver) {
        Client client = listening(deliver.session());
        Client sender = (Client) Objects.requireNonNull(deliver.sender());
        require(sender.room.equals(client.room), "a message left its room: " + sender + " to " + client);
        requireKnown(client, deliver.from());
        require(sender.me.equals(Optional.of(deliver.from())), "a forged sender: " + deliver.from());
        int number = ((Message) deliver.payload()).number();
        Integer before = client.others.put(deliver.from(), number);
        require(before != null && before < number, "out of order: " + number + " after " + before);
    }

    private Client listening(Session session) {
        Client client = (Client) session;
        requireHere(client);
        require(client.joined, "told of a room without being in it: " + client);
        return client;
    }

    private void requireHere(Client client) {
        require(!client.gone, "told something after the end: " + client);
    }

    private void requireKnown(Client client, ParticipantId id) {
        require(client.others.containsKey(id), client + " was told of a stranger: " + id);
    }

    /** What must hold whatever happened: nobody believes in more participants than there are seats. */
    private void check() {
        Map<RoomName, Integer> believers = new HashMap<>();
        for (Client client : clients) {
            if (client.joined) {
                believers.merge(client.room, 1, Integer::sum);
                require(client.others.size() < limits.capacity(), "too many others: " + client + " " + client.others);
            }
        }
        believers.forEach((room, count) -> require(count <= limits.capacity(), count + " believe they are in " + room));
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException(what);
        }
    }
}
