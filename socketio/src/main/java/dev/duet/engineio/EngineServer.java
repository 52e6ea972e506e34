package dev.duet.engineio;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one event loop. The adapter reads requests with {@link EngineRequest#of}, finds the loop that a session id belongs to, and
 * hands the request in here with the time; {@link #timePassed} is due at {@link #nextDeadlineNanos}.
 *
 * <p>Not thread-safe: owned by its event loop.
 */
public final class EngineServer {
    private final EngineOptions options;
    private final Supplier<String> ids;
    private final Acceptor acceptor;
    private final Map<String, EngineSession> sessions = new HashMap<>();
    /**
     * Each open session has an entry here that is not later than its deadline. Deadlines mostly move to later, so an entry is only
     * looked at again when its time comes; one that lost its session or was overtaken by an earlier one is dropped then.
     */
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();

    private long nowNanos;

    private record Timer(long atNanos, EngineSession session) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            return Long.compare(atNanos - other.atNanos, 0);
        }
    }

    /** Makes the application of a new session. */
    @FunctionalInterface
    public interface Acceptor {
        /** Called when a session opened; it may send at once. */
        Application accept(EngineSession session, EngineRequest.Open request);
    }

    /**
     * A server without sessions.
     *
     * @param ids unguessable session ids, at least 15 random bytes each, which the adapter can find this loop by
     */
    public EngineServer(EngineOptions options, Supplier<String> ids, Acceptor acceptor) {
        this.options = options;
        this.ids = ids;
        this.acceptor = acceptor;
    }

    /**
     * Opens a session by polling: the request is its first poll.
     *
     * @param about anything the adapter knows of the client; {@link EngineSession#about} gives it back
     */
    public void open(EngineRequest.Open request, Object about, Poll poll, long now) {
        nowNanos = now;
        EngineSession session = newSession(request, about);
        session.open(poll);
        begin(session, request);
    }

    /** Opens a session by WebSocket. */
    public Socket open(EngineRequest.Open request, Object about, Link link, long now) {
        nowNanos = now;
        EngineSession session = newSession(request, about);
        session.open(link);
        begin(session, request);
        return new Socket(session, link);
    }

    private EngineSession newSession(EngineRequest.Open request, Object about) {
        return new EngineSession(this, request, about, ids.get());
    }

    private void begin(EngineSession session, EngineRequest.Open request) {
        sessions.put(session.sid(), session);
        reschedule(session);
        String upgrades = request.webSocket() ? "[]" : "[\"websocket\"]";
        String handshake = "{\"sid\":\"" + session.sid() + "\",\"upgrades\":" + upgrades + ",\"pingInterval\":"
                + options.pingInterval().toMillis() + ",\"pingTimeout\":"
                + options.pingTimeout().toMillis() + ",\"maxPayload\":" + options.maxPayload() + "}";
        session.enter();
        session.enqueue(new Packet(PacketType.OPEN, false, handshake.getBytes(StandardCharsets.US_ASCII)));
        session.start(acceptor.accept(session, request));
        session.leave();
    }

    /** A GET of a session. */
    public void poll(String sid, EngineVersion version, Poll poll, long now) {
        timePassed(now);
        EngineSession session = session(sid, version);
        if (session == null) {
            poll.refuse(EngineError.SESSION_UNKNOWN);
        } else {
            session.poll(poll);
        }
    }

    /** The connection of a waiting GET is gone. */
    public void pollAborted(String sid, Poll poll, long now) {
        nowNanos = now;
        if (sessions.get(sid) instanceof EngineSession session) {
            session.pollAborted(poll);
        }
    }

    /** A POST of a session, whole. */
    public void post(EngineRequest.Send request, Payload payload, Post post, long now) {
        timePassed(now);
        EngineSession session = session(request.sid(), request.version());
        if (session == null) {
            post.refuse(EngineError.SESSION_UNKNOWN);
        } else {
            session.post(post, payload);
        }
    }

    /** Why no WebSocket can take over this session: there is none. To be asked before the handshake is accepted. */
    public Optional<EngineError> upgradeRefusal(EngineRequest.Upgrade request) {
        return session(request.sid(), request.version()) == null
                ? Optional.of(EngineError.SESSION_UNKNOWN)
                : Optional.empty();
    }

    /** A WebSocket that wants to take over a session; closed at once when that cannot be, or not any more. */
    public Socket upgrade(EngineRequest.Upgrade request, Link link, long now) {
        nowNanos = now;
        EngineSession session = session(request.sid(), request.version());
        if (session == null) {
            link.close(CloseReason.TRANSPORT_ERROR);
        } else {
            session.upgrade(link, now);
        }
        return new Socket(session, link);
    }

    private @Nullable EngineSession session(String sid, EngineVersion version) {
        EngineSession session = sessions.get(sid);
        return session != null && session.version() == version ? session : null;
    }

    /** The receiving side of one WebSocket. */
    public final class Socket {
        private final @Nullable EngineSession session;
        private final Link link;

        private Socket(@Nullable EngineSession session, Link link) {
            this.session = session;
            this.link = link;
        }

        /** What the adapter said of the client when the session opened; nothing when there is no such session. */
        public Optional<Object> about() {
            return Optional.ofNullable(session).map(EngineSession::about);
        }

        /** A text message: valid UTF-8. */
        public void text(byte[] utf8, int from, int to, long now) {
            nowNanos = now;
            if (session != null) {
                session.text(link, utf8, from, to);
            }
        }

        /** A binary message. */
        public void binary(byte[] bytes, int from, int to, long now) {
            nowNanos = now;
            if (session != null) {
                session.binary(link, bytes, from, to);
            }
        }

        /** A control frame came. */
        public void heard(long now) {
            nowNanos = now;
            if (session != null) {
                session.heard(link);
            }
        }

        /** The connection is gone. */
        public void closed(long now) {
            nowNanos = now;
            if (session != null) {
                session.linkClosed(link);
            }
        }
    }

    /** When {@link #timePassed} is due, on the monotonic clock; {@link Long#MAX_VALUE} when nothing waits. */
    public long nextDeadlineNanos() {
        Timer next = timers.peek();
        return next == null ? Long.MAX_VALUE : next.atNanos;
    }

    /** Does what is due. */
    public void timePassed(long now) {
        nowNanos = now;
        while (timers.peek() instanceof Timer next && now - next.atNanos >= 0) {
            timers.remove();
            EngineSession session = next.session;
            if (session.timerNanos != next.atNanos) {
                continue;
            }
            session.timerNanos = Long.MAX_VALUE;
            if (now - session.nextDeadlineNanos() >= 0) {
                session.timePassed(now);
            }
            if (sessions.get(session.sid()) == session) {
                reschedule(session);
            }
        }
    }

    /** Closes every session: the server stops. */
    public void close(CloseReason why, long now) {
        nowNanos = now;
        List.copyOf(sessions.values()).forEach(session -> session.close(why));
    }

    /** Sessions that are not over. */
    public int sessionCount() {
        return sessions.size();
    }

    EngineOptions options() {
        return options;
    }

    /** Tells the time when the application is about to send or close on its own account, and not within a call from here. */
    public void at(long now) {
        nowNanos = now;
    }

    /** The time of the call that is being handled, or the last that was told. */
    public long nowNanos() {
        return nowNanos;
    }

    void reschedule(EngineSession session) {
        long deadline = session.nextDeadlineNanos();
        if (session.timerNanos == Long.MAX_VALUE || deadline - session.timerNanos < 0) {
            session.timerNanos = deadline;
            timers.add(new Timer(deadline, session));
        }
    }

    void forget(EngineSession session) {
        sessions.remove(session.sid());
        session.timerNanos = Long.MAX_VALUE;
    }
}
