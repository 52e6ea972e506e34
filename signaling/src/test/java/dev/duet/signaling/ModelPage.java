package dev.duet.signaling;

import dev.duet.signaling.StreamsLedger.Load;
import dev.duet.signaling.StreamsLedger.Message;
import dev.duet.signaling.StreamsLedger.Why;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Somebody's page: connects, joins, talks to whom it knows, comes back when its connection is lost; may be reloaded, or leave. */
final class ModelPage implements ModelStreams.Owner {
    /** What a page's person is there for. */
    enum Kind {
        /** Numbers, and stays. */
        NUMBERS,
        /** Numbers, comes without a token, and leaves soon. */
        VISITS,
        /** Does not number, and can come back. */
        PLAIN,
        /** Does not number, cannot come back, and says everything to everybody. */
        BROADCASTS
    }

    private static final int TRIES_MAX = 5;
    private static final int FIRST_REQUEST = 2;

    private final StreamsWorld world;
    private final int person;
    final Kind kind;
    private Load load;
    private ModelStreams streams;
    private final Map<ParticipantId, Load> others = new LinkedHashMap<>();
    private @Nullable Wire wire;
    private Optional<Resumption> token = Optional.empty();
    private boolean joined;
    private boolean joinedOnce;
    private boolean inside;
    private int tries;
    private int connecting;
    private int wakeUp;
    private long wakeUpMs = Long.MAX_VALUE;

    ModelPage(StreamsWorld world, int person, Kind kind) {
        this.world = world;
        this.person = person;
        this.kind = kind;
        load = world.loads(person, 1, numbers());
        streams = newStreams();
    }

    private ModelStreams newStreams() {
        return new ModelStreams(this, world.course.outboxMessages(), 256 * 1024);
    }

    boolean numbers() {
        return kind == Kind.NUMBERS || kind == Kind.VISITS;
    }

    boolean joinedOnce() {
        return joinedOnce;
    }

    boolean joined() {
        return joined;
    }

    boolean isSettled() {
        return streams.isSettled();
    }

    /** Whether it is there or on the way. */
    boolean inside() {
        return inside;
    }

    Load load() {
        return load;
    }

    @Nullable
    Wire wire() {
        return wire;
    }

    // ---- connections ----

    void connect(long afterMs) {
        inside = true;
        int turn = ++connecting;
        world.agenda.in(afterMs, () -> {
            if (turn != connecting) {
                return;
            }
            if (!world.up()) {
                connect(backoffMs());
                return;
            }
            wire = world.open(this);
            streams.opened(wire);
            join();
        });
    }

    private void join() {
        if (wire instanceof Wire connection) {
            Optional<List<StreamPosition>> positions =
                    numbers() ? Optional.of(List.copyOf(streams.positions())) : Optional.empty();
            if (joinedOnce && numbers() && positions.get().isEmpty()) {
                // It knows nobody, so that a restarted server cannot tell it from a page that was reloaded.
                load.isDisturbed(nowMs());
            }
            say(new Input.Join(
                    connection,
                    1,
                    StreamsWorld.ROOM,
                    world.newId(),
                    new Person(DisplayName.NONE, load.instance()),
                    token,
                    positions,
                    load.instance(),
                    connection.number,
                    Optional.empty(),
                    false,
                    kind != Kind.BROADCASTS));
        }
    }

    void isAbsent(Wire connection) {
        if (connection == wire) {
            load.isAbsent(nowMs());
        }
    }

    void lost(Wire connection) {
        lost(connection, backoffMs());
    }

    void lost(Wire connection, long backMs) {
        if (connection == wire) {
            wire = null;
            joined = false;
            streams.lost();
            connect(backMs);
        }
    }

    private long backoffMs() {
        return 200L + world.random.nextInt(2_300);
    }

    // ---- what its person does ----

    /** Says something to everybody it knows. */
    void talk() {
        if (kind == Kind.BROADCASTS) {
            if (joined && wire instanceof Wire connection) {
                say(new Input.Broadcast(connection, FIRST_REQUEST, SignalKind.DATA, world.ledger.says(load, null, 40)));
            }
            return;
        }
        for (Map.Entry<ParticipantId, Load> other : List.copyOf(others.entrySet())) {
            int dice = world.random.nextInt(1_000);
            SignalKind what = dice < 20 ? SignalKind.DESCRIPTION : dice < 220 ? SignalKind.CANDIDATE : SignalKind.DATA;
            int sizeBytes = dice < 20 || dice > 990 ? 2_000 : dice < 23 ? 1_100 : 40;
            if (numbers()) {
                streams.signal(other.getKey(), what, world.ledger.says(load, other.getValue(), sizeBytes));
            } else if (joined && wire instanceof Wire connection) {
                Message message = world.ledger.says(load, other.getValue(), sizeBytes);
                say(new Input.Signal(connection, FIRST_REQUEST, other.getKey(), 0, 0, what, message));
            }
        }
        plan();
    }

    void reload(long backMs, boolean politely) {
        if (wire instanceof Wire connection) {
            if (politely) {
                say(new Input.Leave(connection, FIRST_REQUEST, true));
            }
            wire = null;
            connection.cut(0);
        }
        anotherLoad();
        connect(backMs);
    }

    /** Hangs up, with or without anybody hearing of it. */
    void leave() {
        if (wire instanceof Wire connection) {
            streams.leaving();
            say(new Input.Leave(connection, FIRST_REQUEST, false));
        }
        goAway();
    }

    private void goAway() {
        inside = false;
        connecting++;
        load.isDisturbed(nowMs());
        streams.ended();
        token = Optional.empty();
        if (wire instanceof Wire connection) {
            wire = null;
            connection.close();
        }
        anotherLoad();
    }

    private void anotherLoad() {
        load.isUnloaded(nowMs());
        load = world.loads(person, load.number + 1, numbers());
        streams = newStreams();
        others.clear();
        joined = false;
        joinedOnce = false;
        tries = 0;
    }

    // ---- what it is told ----

    void hears(Wire connection, Output output) {
        if (connection != wire) {
            return;
        }
        switch (output) {
            case Output.Joined told -> {
                joined(told);
                // It may have been said before the connection was cut, and come after.
                load.isAbsent(connection.cutMs());
            }
            case Output.RoomFull _, Output.Rejected(Session _, long _, Rejection _) when !joined -> tryAgain();
            case Output.RoomFull _, Output.Rejected _ -> {}
            case Output.ParticipantJoined(Session _, Participant other, var _) -> present(other, 0);
            case Output.ParticipantBack(Session _, Other other, boolean _) ->
                present(other.participant(), other.accepted());
            case Output.ParticipantAway away -> known(away.participant());
            case Output.ParticipantLeft(Session _, ParticipantId id, LeftReason why) -> left(id, why);
            case Output.Deliver deliver -> deliver(deliver);
            case Output.Acknowledged(Session _, ParticipantId id, long seq) -> streams.acknowledged(id, seq);
            case Output.SignalRejected error -> streams.rejected(error);
            case Output.Ended(Session _, Output.EndReason why) -> {
                boolean lost = !numbers() || !joinedOnce || !load.undisturbed(nowMs());
                world.ledger.require(lost, "ended without need, " + why, connection);
                goAway();
                world.superseded++;
                if (kind != Kind.VISITS) {
                    connect(backoffMs());
                }
            }
            default -> throw new IllegalStateException("not for a page: " + output);
        }
        plan();
    }

    void hearsThatSomethingWasDropped(Wire connection) {
        if (connection == wire) {
            streams.sayAllAgain();
            plan();
        }
    }

    private void joined(Output.Joined told) {
        load.isBack(nowMs());
        boolean goesOn = streams.goesOn(told);
        boolean mustGoOn = joinedOnce && numbers() && load.undisturbed(nowMs());
        world.ledger.require(goesOn || !mustGoOn, "did not go on", told);
        joined = true;
        joinedOnce = true;
        tries = 0;
        token = Optional.of(
                new Resumption(told.seat(), told.you().id(), told.you().epoch()));
        if (told.othersMayReturnNanos() == 0 || !goesOn) {
            others.clear();
        }
        for (Other other : told.others()) {
            others.put(other.participant().id(), world.load(other.participant()));
        }
        if (numbers()) {
            streams.joined(told);
        }
    }

    private void tryAgain() {
        if (kind == Kind.VISITS && ++tries > TRIES_MAX) {
            goAway();
            return;
        }
        Wire connection = wire;
        world.agenda.in(backoffMs(), () -> {
            if (connection == wire && !joined) {
                join();
            }
        });
    }

    private void present(Participant other, long accepted) {
        others.put(other.id(), world.load(other));
        if (numbers()) {
            streams.present(other, accepted);
        }
    }

    private void known(ParticipantId id) {
        world.ledger.require(others.containsKey(id), "told of a stranger", id);
    }

    private void left(ParticipantId id, LeftReason why) {
        known(id);
        Load other = others.remove(id);
        boolean could = other == null || !other.numbers || !other.undisturbed(nowMs());
        world.ledger.require(could, "left without need, " + why, id);
        streams.left(id);
    }

    private void deliver(Output.Deliver deliver) {
        if (numbers()) {
            streams.received(deliver);
        } else {
            delivered((Message) deliver.payload());
        }
    }

    // ---- what its streams want ----

    @Override
    public long nowMs() {
        return world.agenda.nowMs();
    }

    @Override
    public void say(Input input) {
        if (wire instanceof Wire connection) {
            connection.say(world.mutant.apply(input));
        }
    }

    @Override
    public void delivered(Message message) {
        world.ledger.arrives(message, load);
    }

    @Override
    public void undelivered(Message message, Why why) {
        world.ledger.reported(message, why);
    }

    private void plan() {
        long dueMs = streams.deadlineMs();
        if (dueMs == Long.MAX_VALUE || dueMs == wakeUpMs) {
            return;
        }
        wakeUpMs = dueMs;
        int turn = ++wakeUp;
        world.agenda.in(dueMs - nowMs(), () -> {
            if (turn == wakeUp) {
                wakeUpMs = Long.MAX_VALUE;
                streams.due();
                plan();
            }
        });
    }

    @Override
    public String toString() {
        return load.toString();
    }
}
