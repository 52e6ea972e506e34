package dev.duet.server.dialect;

import dev.duet.engineio.EngineVersion;
import dev.duet.server.engineio.EngineClient;
import dev.duet.server.log.LogEvent;
import dev.duet.server.rooms.RoomSession;
import dev.duet.server.websocket.Backpressure;
import dev.duet.signaling.DisplayName;
import dev.duet.signaling.Input;
import dev.duet.signaling.Output;
import dev.duet.signaling.Participant;
import dev.duet.signaling.ParticipantId;
import dev.duet.signaling.Person;
import dev.duet.signaling.RoomName;
import dev.duet.signaling.SignalKind;
import dev.duet.socketio.Event;
import dev.duet.socketio.Socket;
import io.netty.channel.EventLoop;
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
 * <p>Not thread-safe: owned by the session's event loop. The room may live on another loop; a {@link CourseStay} is what they share.
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
    final EngineClient engine;
    /** Its name to others and to itself. Clients before 3.0 have their session's id as {@code socket.id}, which is a secret. */
    private final ParticipantId id;

    /** What tells the page that opened this session from every other; empty when it does not use this server's script. */
    private final String page;

    private final CourseReplies replies;
    private final MessageRate rate;
    /** Messages whose sender awaits what the room says to them, by request. */
    private final Map<Long, Event> unanswered = new HashMap<>(2);

    private final CourseShapes shapes = new CourseShapes();
    private long lastRequest = DuetMessage.NO_REQUEST;
    private boolean probed;
    private @Nullable CourseStay stay;
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
        this.page = DoubleClicks.pageOf(socket.handshake());
        this.replies = new CourseReplies(socket, id);
        this.rate = new MessageRate(dialect.limits);
    }

    static CourseConnection of(Socket socket) {
        return (CourseConnection) Objects.requireNonNull(socket.attachment());
    }

    CourseClient client() {
        return (CourseClient) engine.about();
    }

    // ---- from the client ----

    void join(Event event) {
        if (isOverRate(event)) {
            return;
        }
        byte[] roomJson = event.args().json(0);
        Optional<RoomName> room = CourseRooms.named(event.args());
        if (room.isEmpty()) {
            replies.complain(event, "bad-room", "a room is a string of 1 to 128 characters, a number or a boolean");
            replies.full(roomJson);
        } else if (stay instanceof CourseStay current && current.room.equals(room.get())) {
            // Asked again for where it is: there is nothing new to tell.
            current.asks(event);
        } else if (stay != null) {
            replies.complain(event, "already-in-room", "leave the room before you join another");
        } else {
            CourseStay next = new CourseStay(this, loop, dialect.shards.of(room.get()), room.get(), roomJson);
            next.asks(event);
            stay = next;
            successor = null;
            dialect.doubleClicks
                    .earlier(room.get(), page, this)
                    .ifPresentOrElse(earlier -> takeOver(earlier, next, UPGRADE_LOOKS_MAX), () -> ask(next));
        }
    }

    /**
     * The page hears {@code joined} for the second time then, and may stumble over it: an exception in its handler ends its polling, but
     * not a WebSocket. So this waits for the upgrade, within reason.
     */
    private void takeOver(CourseConnection earlier, CourseStay next, int looks) {
        if (stay == next && looks > 0 && socket.transport().equals("polling")) {
            loop.schedule(() -> takeOver(earlier, next, looks - 1), UPGRADE_LOOK_MS, TimeUnit.MILLISECONDS);
        } else {
            earlier.giveWay(this, next);
        }
    }

    private void ask(CourseStay next) {
        if (stay != next) {
            return;
        }
        // Each stay is another page to the others: none of this kind comes back as itself.
        Person person = new Person(DisplayName.NONE, dialect.newId());
        next.shard.submit(Input.Join.once(next, DuetMessage.NO_REQUEST, next.room, id, person));
    }

    /** The same page joins once more: this session goes without a word to its page, then the other may join. */
    private void giveWay(CourseConnection other, CourseStay next) {
        loop.execute(() -> {
            if (stay != null && stay.room.equals(next.room)) {
                CourseStay current = stay;
                endStay("double-click", DoubleClicks.WHAT_BECOMES_OF_IT);
                successor = other;
                replies.complain("double-click", DoubleClicks.WHAT_BECOMES_OF_IT);
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
        CourseMessage message = CourseMessage.of(event, () -> loop.execute(replies::notUnderstood));
        if (isOverRate(event, message.kind())) {
            return;
        }
        if (stay == null && successor instanceof CourseConnection other) {
            other.loop.execute(() -> other.say(event, message, DuetMessage.NO_REQUEST));
            event.ack();
            return;
        }
        long request = ++lastRequest;
        if (event.wantsAck()) {
            unanswered.put(request, event);
        }
        if (!say(event, message, request)) {
            unanswered.remove(request);
            CourseReplies.refuse(event, "not-in-room", "join the room, and await 'joined', before you send to it");
        }
    }

    /** The room had nothing against this message, or has said so already. */
    private void answered(long request) {
        if (unanswered.remove(request) instanceof Event event) {
            event.ack();
        }
    }

    private boolean say(Event event, CourseMessage message, long request) {
        CourseStay current = stay;
        boolean here = current != null
                && current.isJoined()
                && CourseRooms.named(event.args()).filter(current.room::equals).isPresent();
        if (current == null || !here) {
            LogEvent.of("ignored")
                    .with("what", "message")
                    .with("reason", "not-in-room")
                    .with("source", client().source().label())
                    .to(log, Level.DEBUG);
            return false;
        }
        shapes.learn(message);
        var broadcast = new Input.Broadcast(current, request, message.kind(), message);
        if (unanswered.containsKey(request)) {
            current.shard.submit(broadcast, () -> loop.execute(() -> answered(request)));
        } else {
            current.shard.submit(broadcast);
        }
        return true;
    }

    void leave(Event event) {
        if (!isOverRate(event)) {
            goOut(event);
            event.ack();
        }
    }

    private void goOut(Event event) {
        if (stay == null && successor instanceof CourseConnection other) {
            other.loop.execute(() -> other.goOut(event));
            return;
        }
        CourseStay current = stay;
        boolean here = current != null
                && CourseRooms.named(event.args()).filter(current.room::equals).isPresent();
        if (current == null || !here) {
            // Its page waits for this to enable its buttons again; nobody else hears of it.
            replies.leaved(event.args().json(0));
            return;
        }
        endStay("left", "the page left the room");
        current.shard.submit(new Input.Leave(current, DuetMessage.NO_REQUEST, false));
    }

    void other(Event event) {
        if (!isOverRate(event)) {
            replies.complain(event, "unknown-event", "events here are join, message and leave");
        }
    }

    void heard() {
        if (probed && stay instanceof CourseStay current) {
            probed = false;
            current.shard.submit(new Input.Heard(current));
        }
    }

    void disconnected() {
        if (stay instanceof CourseStay current) {
            endStay("left", "the page is gone");
            current.shard.submit(new Input.Disconnected(current));
        }
    }

    private boolean isOverRate(Event event) {
        return isOverRate(event, SignalKind.DATA);
    }

    private boolean isOverRate(Event event, SignalKind kind) {
        MessageRate.Verdict verdict = rate.next(kind);
        String fix = "at most " + dialect.limits.messagesPerSecond() + " messages a second";
        switch (verdict) {
            case PUT_OUT -> {
                client().source().closed(log, "rate");
                socket.disconnect();
            }
            case DROP_AND_SAY_SO -> replies.complain(event, "rate-limited", fix);
            case DROP -> CourseReplies.refuse(event, "rate-limited", fix);
            case TAKE -> {}
        }
        return verdict != MessageRate.Verdict.TAKE;
    }

    // ---- from the room ----

    void perform(CourseStay from, Output output) {
        if (from != stay && !(output instanceof Output.Left)) {
            return;
        }
        switch (output) {
            case Output.Deliver deliver -> deliver(from, deliver);
            case Output.Joined joined -> joined(from, joined);
            case Output.RoomFull _ -> {
                dialect.sources.full(client().source());
                refused(from, "room-full", "all seats of this room are taken", true);
            }
            case Output.Rejected rejected -> rejected(from, rejected);
            case Output.ParticipantJoined other -> {
                from.instances.put(
                        other.participant().id(), other.participant().person().instance());
                dialect.iceServers.meets(id.value());
                replies.otherJoined(from.roomJson, other.participant().id());
            }
            case Output.ParticipantAway _ -> {} // These pages are told when it has become a departure.
            case Output.ParticipantBack back -> back(from, back);
            case Output.ParticipantLeft left -> {
                from.instances.remove(left.participant());
                replies.bye(from.roomJson, left.participant());
            }
            case Output.Left _ -> replies.leaved(from.roomJson);
            case Output.Ended _ -> {
                endStay("left", "the stay in the room was ended");
                replies.leaved(from.roomJson);
            }
            case Output.Probe _ -> {
                probed = true;
                socket.probeLife();
            }
            default -> throw new IllegalArgumentException("not for a session: " + output);
        }
    }

    private void joined(CourseStay from, Output.Joined joined) {
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
        if (!page.isEmpty()) {
            replies.iceServers(
                    dialect.iceServers(id, client().source(), joined.others().isEmpty()));
        }
        replies.joined(from.roomJson);
        from.hasSeat();
    }

    private void rejected(CourseStay from, Output.Rejected rejected) {
        String code = rejected.why().id();
        String fix = rejected.why().message();
        replies.complain(code, fix);
        if (unanswered.remove(rejected.request()) instanceof Event event) {
            CourseReplies.refuse(event, code, fix);
        }
        if (!from.isJoined()) {
            dialect.sources.rejected(client().source(), rejected.why());
            refused(from, code, fix, false);
        }
    }

    /** Somebody is back in their seat. If their page was loaded anew the call has to begin anew: to this page that is another person. */
    private void back(CourseStay from, Output.ParticipantBack back) {
        Participant other = back.other().participant();
        String instance = other.person().instance();
        String before = from.instances.put(other.id(), instance);
        if (before != null && !instance.equals(before)) {
            replies.bye(from.roomJson, other.id());
        }
        if (!instance.equals(before)) {
            replies.otherJoined(from.roomJson, other.id());
        }
    }

    /** There is no seat; whoever fails often hears of it later. */
    private void refused(CourseStay from, String code, String fix, boolean counts) {
        long delayNanos =
                counts ? dialect.sources.failedJoinDelayNanos(client().source().key()) : 0;
        Runnable answer = () -> {
            if (stay == from) {
                stay = null;
                replies.full(from.roomJson);
                from.hasNoSeat(code, fix);
            }
        };
        if (delayNanos == 0) {
            answer.run();
        } else {
            loop.schedule(answer, delayNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void deliver(CourseStay from, Output.Deliver deliver) {
        switch ((Relayed) deliver.payload()) {
            case CourseMessage message -> socket.emit(message.emission());
            case SignalFrame frame ->
                shapes.emissionOf(frame, deliver.kind(), from.roomJson).ifPresent(socket::emit);
        }
        if (deliver.sender() instanceof RoomSession sender) {
            engine.pressure()
                    .filter(Backpressure::isBehind)
                    .ifPresent(mine -> sender.pressure().ifPresent(mine::slowDown));
        }
    }

    private void endStay(String code, String fix) {
        if (stay instanceof CourseStay ending) {
            if (ending.isJoined()) {
                dialect.seated.decrementAndGet();
            }
            ending.hasNoSeat(code, fix);
        }
        stay = null;
        client().hasNoSeat(dialect.sources);
    }
}
