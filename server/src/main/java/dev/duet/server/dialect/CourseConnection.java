package dev.duet.server.dialect;

import dev.duet.engineio.EngineVersion;
import dev.duet.server.engineio.EngineClient;
import dev.duet.server.log.LogEvent;
import dev.duet.server.rooms.RoomSession;
import dev.duet.server.rooms.RoomShard;
import dev.duet.server.websocket.Backpressure;
import dev.duet.signaling.DisplayName;
import dev.duet.signaling.Input;
import dev.duet.signaling.Output;
import dev.duet.signaling.Participant;
import dev.duet.signaling.ParticipantId;
import dev.duet.signaling.Person;
import dev.duet.signaling.RoomName;
import dev.duet.socketio.Emission;
import dev.duet.socketio.Event;
import dev.duet.socketio.Socket;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One client of the course dialect.
 *
 * <p>Such a page cannot resume and asks for nothing twice, so what it is told is told exactly once: {@code joined} for its join, {@code bye}
 * for a departure, {@code leaved} for its leave. What it must not do is ignored, and named in an event {@code duet-error} that pages which
 * do not know it do not see.
 *
 * <p>Not thread-safe: owned by the session's event loop. The room may live on another loop; a {@link Stay} is what they share.
 */
final class CourseConnection {
    private static final Logger log = LoggerFactory.getLogger(CourseConnection.class);

    /** How far apart, and how often, a second click looks whether its WebSocket is there: within a second it is, or it will not be. */
    private static final int UPGRADE_LOOK_MS = 50;

    private static final int UPGRADE_LOOKS_MAX = 20;

    private final CourseDialect dialect;
    private final EventLoop loop;
    private final SeatTokens tokens;
    private final Socket socket;
    private final EngineClient engine;
    /** Its name to others and to itself. Clients before 3.0 have their session's id as {@code socket.id}, which is a secret. */
    private final ParticipantId id;

    private final byte[] myId;
    private final MessageRate rate;
    private boolean probed;
    private @Nullable Stay stay;
    /** The session of the same page that has its seat now. Which of the two the page speaks by depends on whose join came first. */
    private @Nullable CourseConnection successor;

    CourseConnection(CourseDialect dialect, EventLoop loop, SeatTokens tokens, Socket socket) {
        this.dialect = dialect;
        this.loop = loop;
        this.tokens = tokens;
        this.socket = socket;
        this.engine = (EngineClient) socket.handshake().about();
        boolean secretId = socket.handshake().version() == EngineVersion.V3;
        this.id = new ParticipantId(secretId ? dialect.newId() : socket.id());
        this.myId = json(id.value());
        this.rate = new MessageRate(dialect.limits);
    }

    static CourseConnection of(Socket socket) {
        return (CourseConnection) Objects.requireNonNull(socket.attachment());
    }

    CourseClient client() {
        return (CourseClient) engine.about();
    }

    /** One stay in one room: the session that the room knows. */
    private final class Stay implements RoomSession {
        final RoomShard shard;
        final RoomName room;
        /** The room as this page named it; that is how it is named to it. */
        final byte[] roomJson;

        boolean joined;
        /** What page each of the others is; a page that was reloaded is another, though its seat is the same. */
        final Map<ParticipantId, String> instances = new HashMap<>(2);

        Stay(RoomShard shard, RoomName room, byte[] roomJson) {
            this.shard = shard;
            this.room = room;
            this.roomJson = roomJson;
        }

        @Override
        public void receive(Output output) {
            if (loop.inEventLoop()) {
                perform(this, output);
            } else if (output instanceof Output.Deliver deliver) {
                ReferenceCountUtil.retain(deliver.payload());
                loop.execute(() -> {
                    perform(this, deliver);
                    ReferenceCountUtil.release(deliver.payload());
                });
            } else {
                loop.execute(() -> perform(this, output));
            }
        }

        @Override
        public Optional<Backpressure> pressure() {
            return engine.pressure();
        }
    }

    // ---- from the client ----

    void join(Event event) {
        if (isOverRate()) {
            return;
        }
        byte[] roomJson = event.args().json(0);
        Optional<RoomName> room = CourseRooms.named(event.args());
        if (room.isEmpty()) {
            complain("bad-room", "a room is a string of 1 to 128 characters, a number or a boolean");
            emit("full", roomJson, myId);
        } else if (stay != null) {
            // Asked again for where it is: there is nothing to tell. Elsewhere it has to leave first.
            if (!stay.room.equals(room.get())) {
                complain("already-in-room", "leave the room before you join another");
            }
        } else {
            Stay next = new Stay(dialect.shards.of(room.get()), room.get(), roomJson);
            stay = next;
            successor = null;
            dialect.doubleClicks
                    .earlier(room.get(), this)
                    .ifPresentOrElse(earlier -> takeOver(earlier, next, UPGRADE_LOOKS_MAX), () -> ask(next));
        }
    }

    /**
     * The page hears {@code joined} for the second time then, and may stumble over it: an exception in its handler ends its polling, but
     * not a WebSocket. So this waits for the upgrade, within reason.
     */
    private void takeOver(CourseConnection earlier, Stay next, int looks) {
        if (stay == next && looks > 0 && socket.transport().equals("polling")) {
            loop.schedule(() -> takeOver(earlier, next, looks - 1), UPGRADE_LOOK_MS, TimeUnit.MILLISECONDS);
        } else {
            earlier.giveWay(this, next);
        }
    }

    private void ask(Stay next) {
        if (stay != next) {
            return;
        }
        // Each stay is another page to the others: none of this kind comes back as itself.
        Person person = new Person(DisplayName.NONE, dialect.newId());
        next.shard.submit(Input.Join.once(next, DuetMessage.NO_REQUEST, next.room, id, person));
    }

    /** The same page joins once more: this session goes without a word to its page, then the other may join. */
    private void giveWay(CourseConnection other, Stay next) {
        loop.execute(() -> {
            if (stay != null && stay.room.equals(next.room)) {
                Stay current = stay;
                endStay();
                successor = other;
                LogEvent.of("double-click")
                        .with("room", tokens.label(next.room))
                        .with("source", client().source().label())
                        .to(log, Level.INFO);
                current.shard.submit(new Input.Disconnected(current));
            }
            other.loop.execute(() -> other.ask(next));
        });
    }

    void message(Event event) {
        if (!isOverRate() && say(event)) {
            event.ack();
        }
    }

    private boolean say(Event event) {
        if (stay == null && successor instanceof CourseConnection other) {
            other.loop.execute(() -> other.say(event));
            return true;
        }
        Stay current = stay;
        boolean here = current != null
                && current.joined
                && CourseRooms.named(event.args()).filter(current.room::equals).isPresent();
        if (current == null || !here) {
            LogEvent.of("ignored")
                    .with("what", "message")
                    .with("reason", "not-in-room")
                    .with("source", client().source().label())
                    .to(log, Level.DEBUG);
            return false;
        }
        CourseMessage message = CourseMessage.of(event);
        current.shard.submit(new Input.Broadcast(current, DuetMessage.NO_REQUEST, message.kind(), message));
        return true;
    }

    void leave(Event event) {
        if (!isOverRate()) {
            goOut(event);
            event.ack();
        }
    }

    private void goOut(Event event) {
        if (stay == null && successor instanceof CourseConnection other) {
            other.loop.execute(() -> other.goOut(event));
            return;
        }
        Stay current = stay;
        boolean here = current != null
                && CourseRooms.named(event.args()).filter(current.room::equals).isPresent();
        if (current == null || !here) {
            // Its page waits for this to enable its buttons again; nobody else hears of it.
            emit("leaved", event.args().json(0), myId);
            return;
        }
        endStay();
        current.shard.submit(new Input.Leave(current, DuetMessage.NO_REQUEST, false));
    }

    void other(Event event) {
        if (!isOverRate()) {
            complain("unknown-event", "events here are join, message and leave");
        }
    }

    void heard() {
        if (probed && stay instanceof Stay current) {
            probed = false;
            current.shard.submit(new Input.Heard(current));
        }
    }

    void disconnected() {
        if (stay instanceof Stay current) {
            endStay();
            current.shard.submit(new Input.Disconnected(current));
        }
    }

    private boolean isOverRate() {
        MessageRate.Verdict verdict = rate.next();
        switch (verdict) {
            case PUT_OUT -> {
                client().source().closed(log, "rate");
                socket.disconnect();
            }
            case DROP_AND_SAY_SO ->
                complain("rate-limited", "at most " + dialect.limits.messagesPerSecond() + " messages a second");
            case TAKE, DROP -> {}
        }
        return verdict != MessageRate.Verdict.TAKE;
    }

    // ---- from the room ----

    private void perform(Stay from, Output output) {
        if (from != stay && !(output instanceof Output.Left)) {
            return;
        }
        switch (output) {
            case Output.Deliver deliver -> deliver(from, deliver);
            case Output.Joined joined -> joined(from, joined);
            case Output.RoomFull _ -> {
                dialect.sources.full(client().source());
                refused(from, true);
            }
            case Output.Rejected rejected -> {
                complain(rejected.why().id(), rejected.why().message());
                if (!from.joined) {
                    dialect.sources.rejected(client().source(), rejected.why());
                    refused(from, false);
                }
            }
            case Output.ParticipantJoined other -> {
                from.instances.put(
                        other.participant().id(), other.participant().person().instance());
                emit("otherjoin", from.roomJson, json(other.participant().id().value()));
            }
            case Output.ParticipantAway _ -> {} // These pages are told when it has become a departure.
            case Output.ParticipantBack back -> back(from, back);
            case Output.ParticipantLeft left -> {
                from.instances.remove(left.participant());
                emit("bye", from.roomJson, json(left.participant().value()));
            }
            case Output.Left _ -> emit("leaved", from.roomJson, myId);
            case Output.Ended _ -> {
                endStay();
                emit("leaved", from.roomJson, myId);
            }
            case Output.Probe _ -> {
                probed = true;
                socket.probeLife();
            }
            default -> throw new IllegalArgumentException("not for a session: " + output);
        }
    }

    private void joined(Stay from, Output.Joined joined) {
        from.joined = true;
        dialect.seated.incrementAndGet();
        client().hasSeat(dialect.sources);
        joined.others()
                .forEach(other -> from.instances.put(
                        other.participant().id(), other.participant().person().instance()));
        LogEvent.of("joined")
                .with("room", tokens.label(from.room))
                .with("participant", joined.you().id().value())
                .with("seat", joined.seat().index())
                .with("source", client().source().label())
                .with("dialect", "course")
                .with("transport", socket.transport())
                .to(log, Level.INFO);
        emit("joined", from.roomJson, myId);
    }

    /** Somebody is back in their seat. If their page was loaded anew the call has to begin anew: to this page that is another person. */
    private void back(Stay from, Output.ParticipantBack back) {
        Participant other = back.other().participant();
        String instance = other.person().instance();
        String before = from.instances.put(other.id(), instance);
        if (before != null && !instance.equals(before)) {
            emit("bye", from.roomJson, json(other.id().value()));
        }
        if (!instance.equals(before)) {
            emit("otherjoin", from.roomJson, json(other.id().value()));
        }
    }

    /** There is no seat; whoever fails often hears of it later. */
    private void refused(Stay from, boolean counts) {
        long delayNanos =
                counts ? dialect.sources.failedJoinDelayNanos(client().source().key()) : 0;
        Runnable answer = () -> {
            if (stay == from) {
                stay = null;
                emit("full", from.roomJson, myId);
            }
        };
        if (delayNanos == 0) {
            answer.run();
        } else {
            loop.schedule(answer, delayNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void deliver(Stay from, Output.Deliver deliver) {
        switch ((Relayed) deliver.payload()) {
            case CourseMessage message -> socket.emit(message.emission());
            case SignalFrame frame ->
                CourseMessage.emissionOf(frame, deliver.kind(), from.roomJson).ifPresent(socket::emit);
        }
        if (deliver.sender() instanceof RoomSession sender) {
            engine.pressure()
                    .filter(Backpressure::isBehind)
                    .ifPresent(mine -> sender.pressure().ifPresent(mine::slowDown));
        }
    }

    private void endStay() {
        if (stay instanceof Stay ending && ending.joined) {
            dialect.seated.decrementAndGet();
        }
        stay = null;
        client().hasNoSeat(dialect.sources);
    }

    // ---- to the client ----

    private void emit(String event, byte[]... args) {
        socket.emit(Emission.ofJson(event, args));
    }

    private void complain(String code, String fix) {
        socket.emit("duet-error", Map.of("code", code, "fix", fix));
    }

    /** An id as JSON; ids need no escaping. */
    private static byte[] json(String id) {
        return ('"' + id + '"').getBytes(StandardCharsets.US_ASCII);
    }
}
