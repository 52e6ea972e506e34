package dev.duet.engineio;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One client's session, over the transports that it has had so far. {@link SessionState} tells its life.
 *
 * <p>Not thread-safe: owned by its event loop.
 */
public final class EngineSession {
    private final EngineServer server;
    private final EngineVersion version;
    private final EngineCodec codec;
    private final String sid;
    private final boolean base64;
    private final Object about;
    private Application application = Nobody.INSTANCE;
    private SessionState state;
    private @Nullable CloseReason ended;

    private @Nullable Poll poll;
    private @Nullable Link link;
    private @Nullable Link probe;
    private long probeUntilNanos;

    private final Outbox outbox = new Outbox();
    /** How deep we are inside calls from outside; packets go out when the outermost one ends. */
    private int depth;

    private final Heartbeat heartbeat;
    /** What the server's timers hold for this session; owned by the server. */
    long timerNanos = Long.MAX_VALUE;

    EngineSession(EngineServer server, EngineRequest.Open open, Object about, String sid) {
        this.server = server;
        this.version = open.version();
        this.codec = EngineCodec.of(version);
        this.sid = sid;
        this.base64 = open.base64();
        this.about = about;
        this.state = open.webSocket() ? SessionState.WEBSOCKET : SessionState.POLLING;
        this.heartbeat = new Heartbeat(version, server.options(), server.nowNanos());
    }

    // ---- for the application ----

    /** The session's id: a secret between this client and the server. */
    public String sid() {
        return sid;
    }

    public EngineVersion version() {
        return version;
    }

    /** What the adapter knows of the client. */
    public Object about() {
        return about;
    }

    /** {@code polling} or {@code websocket}. */
    public String transport() {
        return link == null ? "polling" : "websocket";
    }

    /** Whether messages can still be sent. */
    public boolean isOpen() {
        return state.compareTo(SessionState.CLOSING) < 0;
    }

    /** Sends a message; in the order of the calls, whatever the transport does. Nothing happens when the session is over. */
    public void send(Packet message) {
        if (!isOpen()) {
            return;
        }
        enqueue(message);
        if (depth == 0) {
            flush();
        }
    }

    /** Ends the session: the client sees its transport close, and may come back. */
    public void close(CloseReason why) {
        if (!isOpen()) {
            return;
        }
        boolean polling = link == null;
        if (polling && poll == null) {
            // Told at the next poll, if one comes.
            state = SessionState.CLOSING;
            ended = why;
            heartbeat.awaitLastPoll(server.nowNanos());
            endProbe(why);
            application.closed(why);
            server.reschedule(this);
            return;
        }
        if (polling) {
            enqueue(Packet.CLOSE);
        }
        flush();
        end(why, Packet.CLOSE);
    }

    /** Makes the client give a sign of life now if it still can; {@link Application#heard} tells. */
    public void probeLife() {
        if (link != null) {
            link.ping();
        } else if (poll != null) {
            // Its next poll is the sign.
            enqueue(Packet.NOOP);
            flush();
        }
    }

    // ---- for the server ----

    /** It may have closed the session while it was made. */
    void start(Application newApplication) {
        application = newApplication;
        if (ended != null) {
            newApplication.closed(ended);
        }
    }

    void open(Poll first) {
        poll = first;
    }

    void open(Link first) {
        link = first;
    }

    void enter() {
        depth++;
    }

    void leave() {
        if (--depth == 0 && isOpen()) {
            flush();
        }
    }

    void enqueue(Packet packet) {
        outbox.add(packet);
    }

    // ---- polling ----

    void poll(Poll next) {
        if (state == SessionState.CLOSING) {
            enqueue(Packet.CLOSE);
            poll = next;
            flush();
            end(CloseReason.FORCED_CLOSE, Packet.CLOSE);
            return;
        }
        if (state == SessionState.WEBSOCKET || state == SessionState.CLOSED) {
            next.refuse(EngineError.BAD_REQUEST);
            return;
        }
        if (poll != null) {
            // Two at once: one of them is lost, and with it whatever it would have carried.
            end(CloseReason.TRANSPORT_ERROR, Packet.CLOSE);
            next.refuse(EngineError.BAD_REQUEST);
            return;
        }
        poll = next;
        heard();
        if (state == SessionState.PROBED && outbox.isEmpty()) {
            enqueue(Packet.NOOP);
        }
        flush();
    }

    /** A waiting GET's connection is gone. */
    void pollAborted(Poll aborted) {
        if (poll == aborted) {
            poll = null;
            end(CloseReason.TRANSPORT_CLOSE, Packet.CLOSE);
        }
    }

    void post(Post post, Payload payload) {
        if (state == SessionState.WEBSOCKET || !isOpen()) {
            post.refuse(EngineError.BAD_REQUEST);
            return;
        }
        Optional<List<Packet>> packets = codec.decode(payload);
        if (packets.isEmpty()) {
            end(CloseReason.PARSE_ERROR, Packet.CLOSE);
            post.refuse(EngineError.BAD_REQUEST);
            return;
        }
        heard();
        enter();
        for (Packet packet : packets.get()) {
            if (isOpen()) {
                take(packet);
            }
        }
        leave();
        post.ok();
    }

    // ---- WebSocket ----

    void upgrade(Link newProbe, long nowNanos) {
        if (state != SessionState.POLLING) {
            newProbe.close(CloseReason.TRANSPORT_ERROR);
            return;
        }
        state = SessionState.PROBING;
        probe = newProbe;
        probeUntilNanos = nowNanos + server.options().upgradeTimeout().toNanos();
        server.reschedule(this);
    }

    void text(Link from, byte[] utf8, int start, int end) {
        if (from == link) {
            take(codec.text(utf8, start, end));
        } else if (from == probe) {
            probe(codec.text(utf8, start, end));
        }
    }

    void binary(Link from, byte[] bytes, int start, int end) {
        if (from == link) {
            take(codec.binary(bytes, start, end));
        } else if (from == probe) {
            probe(null);
        }
    }

    void heard(Link from) {
        if (from == link) {
            heard();
        }
    }

    void linkClosed(Link closed) {
        if (closed == link) {
            end(CloseReason.TRANSPORT_CLOSE, Packet.CLOSE);
        } else if (closed == probe) {
            probe = null;
            state = SessionState.POLLING;
        }
    }

    private void probe(@Nullable Packet packet) {
        Link candidate = Objects.requireNonNull(probe);
        if (packet != null && packet.isProbe() && state == SessionState.PROBING) {
            state = SessionState.PROBED;
            candidate.send(Packet.PROBED);
            answerPollWithNoop();
        } else if (packet != null && packet.type() == PacketType.UPGRADE && state == SessionState.PROBED) {
            answerPollWithNoop();
            state = SessionState.WEBSOCKET;
            probe = null;
            link = candidate;
            heard();
            flush();
        } else {
            endProbe(CloseReason.TRANSPORT_ERROR);
            state = SessionState.POLLING;
        }
    }

    private void answerPollWithNoop() {
        if (poll != null) {
            enqueue(Packet.NOOP);
            flush();
        }
    }

    private void endProbe(CloseReason why) {
        if (probe != null) {
            probe.close(why);
            probe = null;
        }
    }

    // ---- packets ----

    private void take(@Nullable Packet packet) {
        if (packet == null) {
            end(CloseReason.PARSE_ERROR, Packet.CLOSE);
            return;
        }
        heard();
        if (!isOpen()) {
            return;
        }
        enter();
        switch (packet.type()) {
            case MESSAGE -> {
                byte[] data = packet.data();
                if (packet.binary()) {
                    application.binary(data, 0, data.length);
                } else {
                    application.text(data, 0, data.length);
                }
            }
            case PING, PONG -> beat(packet);
            case CLOSE -> end(CloseReason.TRANSPORT_CLOSE, Packet.NOOP);
            case OPEN, UPGRADE, NOOP -> {}
        }
        leave();
    }

    /** Sends what waits, by the transport that can take it. */
    private void flush() {
        if (outbox.isEmpty()) {
            return;
        }
        if (link != null) {
            while (link != null && outbox.next() instanceof Packet packet) {
                link.send(packet);
            }
        } else if (poll != null) {
            Poll answered = poll;
            poll = null;
            answered.answer(codec.encode(outbox.all(), base64));
        } else if (outbox.isOver(server.options())) {
            end(CloseReason.TOO_SLOW, Packet.CLOSE);
        }
    }

    /** The session is over: a waiting GET is answered with {@code last}, every connection closed. */
    private void end(CloseReason why, Packet last) {
        if (state == SessionState.CLOSED) {
            return;
        }
        boolean told = state == SessionState.CLOSING;
        state = SessionState.CLOSED;
        ended = told ? ended : why;
        server.forget(this);
        outbox.clear();
        if (poll != null) {
            poll.answer(codec.encode(List.of(last), base64));
            poll = null;
        }
        endProbe(why);
        if (link != null) {
            link.close(why);
            link = null;
        }
        if (!told) {
            application.closed(why);
        }
    }

    // ---- heartbeat ----

    /** Revision 3's clients ping, revision 4's pong; the other way round is no heartbeat of theirs. */
    private void beat(Packet packet) {
        boolean ping = packet.type() == PacketType.PING;
        if (ping != (version == EngineVersion.V3)) {
            end(CloseReason.TRANSPORT_ERROR, Packet.CLOSE);
            return;
        }
        if (ping) {
            enqueue(new Packet(PacketType.PONG, false, packet.data()));
        }
        heartbeat.beat(server.nowNanos());
        server.reschedule(this);
    }

    private void heard() {
        application.heard();
        heartbeat.heard(server.nowNanos());
    }

    long nextDeadlineNanos() {
        return probe == null ? heartbeat.atNanos() : Math.min(heartbeat.atNanos(), probeUntilNanos);
    }

    void timePassed(long nowNanos) {
        if (probe != null && nowNanos - probeUntilNanos >= 0) {
            endProbe(CloseReason.TRANSPORT_ERROR);
            state = SessionState.POLLING;
        }
        switch (heartbeat.due(nowNanos)) {
            case NOTHING -> {}
            case PING -> {
                enqueue(Packet.PING);
                flush();
            }
            case DEAD -> end(CloseReason.PING_TIMEOUT, Packet.CLOSE);
        }
    }
}
