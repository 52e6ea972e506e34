package dev.duet.javaclient;

import io.socket.client.IO;
import io.socket.client.Manager;
import io.socket.client.Socket;
import io.socket.engineio.client.Transport;
import io.socket.engineio.client.transports.WebSocket;
import io.socket.engineio.parser.Packet;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.json.JSONArray;
import org.json.JSONObject;

/**
 * One client. All it is told goes into one queue, which a visit takes from the front, so that what is lost, doubled,
 * early or foreign is a failure.
 *
 * <p>Events come on the library's thread; everything else is for one thread of the caller.
 */
final class CourseClient implements AutoCloseable {
    private static final long STEP_MS = 5_000;
    private static final int SHOWN_MAX = 200;

    private final String name;
    private final Socket socket;
    private final BlockingQueue<List<Object>> events = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private final CompletableFuture<Void> upgraded = new CompletableFuture<>();
    private final Set<String> transports = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    CourseClient(String name, Mode mode, URI server) {
        this.name = name + " (" + mode.label() + ")";
        IO.Options options = new IO.Options();
        options.forceNew = true;
        options.reconnection = false;
        options.timeout = STEP_MS;
        mode.transports().ifPresent(transports -> options.transports = transports);
        socket = IO.socket(server, options);
        socket.on(Socket.EVENT_CONNECT, _ -> connected.complete(null));
        socket.onAnyIncoming(arguments -> events.add(Arrays.asList(arguments)));
        for (String end : List.of(Socket.EVENT_CONNECT_ERROR, Socket.EVENT_DISCONNECT)) {
            socket.on(end, why -> {
                if (!closing) {
                    events.add(List.of(end, String.valueOf(why.length == 0 ? "" : why[0])));
                }
            });
        }
        socket.io().on(Manager.EVENT_TRANSPORT, arguments -> observe((Transport) arguments[0]));
        socket.connect();
    }

    String id() {
        return socket.id();
    }

    void awaitConnected() {
        await(connected, "to be connected");
    }

    /** Whether the server has answered on a WebSocket that is to take the place of polling. */
    boolean isUpgraded() {
        return upgraded.isDone();
    }

    void awaitUpgrade() {
        await(upgraded, "the upgrade to a WebSocket");
    }

    /** The names of all transports that it has tried. */
    Set<String> transports() {
        return Set.copyOf(transports);
    }

    void emit(String event, Object... arguments) {
        socket.emit(event, arguments);
    }

    /** Emits, and waits for an acknowledgement, which has to be empty. */
    void emitAcked(String event, Object... arguments) {
        CompletableFuture<Object[]> acknowledged = new CompletableFuture<>();
        socket.emit(event, arguments, acknowledged::complete);
        Object[] values = await(acknowledged, "the acknowledgement of " + event);
        if (values.length > 0) {
            throw new VisitException(name + ": " + event + " was acknowledged with " + show(Arrays.asList(values))
                    + ", not with nothing");
        }
    }

    /** Takes the next event, which has to be this one. */
    void next(String event, Object... arguments) {
        List<Object> expected = new ArrayList<>(List.of(event));
        Collections.addAll(expected, arguments);
        List<Object> got;
        try {
            got = events.poll(STEP_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new VisitException(name + ": interrupted", e);
        }
        if (got == null) {
            throw new VisitException(name + ": awaited " + show(expected) + " for " + STEP_MS + " ms, got nothing");
        }
        if (!same(expected, got)) {
            throw new VisitException(name + ": awaited " + show(expected) + ", got " + show(got));
        }
    }

    /** Fails if it was told anything that nobody has taken. */
    void nothingElse() {
        if (!events.isEmpty()) {
            throw new VisitException(name + ": awaited nothing more, got " + show(List.copyOf(events)));
        }
    }

    @Override
    public void close() {
        closing = true;
        socket.disconnect();
    }

    private void observe(Transport transport) {
        transports.add(transport.name);
        if (transport.name.equals(WebSocket.NAME)) {
            transport.on(Transport.EVENT_PACKET, packets -> {
                if (((Packet<?>) packets[0]).type.equals(Packet.PONG)) {
                    upgraded.complete(null);
                }
            });
        }
    }

    private <T> T await(CompletableFuture<T> future, String what) {
        try {
            return future.get(STEP_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new VisitException(name + ": awaited " + what + " for " + STEP_MS + " ms; events: " + events, e);
        } catch (InterruptedException | ExecutionException e) {
            throw new VisitException(name + ": awaited " + what, e);
        }
    }

    private static boolean same(Object expected, Object got) {
        return switch (expected) {
            case byte[] bytes -> got instanceof byte[] other && Arrays.equals(bytes, other);
            case List<?> list -> got instanceof List<?> other && sameItems(list, other);
            case JSONArray array -> got instanceof JSONArray other && sameItems(items(array), items(other));
            case JSONObject object -> got instanceof JSONObject other && fields(object, other);
            default -> expected.equals(got);
        };
    }

    private static boolean sameItems(List<?> expected, List<?> got) {
        if (expected.size() != got.size()) {
            return false;
        }
        for (int i = 0; i < expected.size(); i++) {
            if (!same(expected.get(i), got.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean fields(JSONObject expected, JSONObject got) {
        String[] names = JSONObject.getNames(expected);
        return expected.length() == got.length()
                && Arrays.stream(names).allMatch(name -> got.has(name) && same(expected.opt(name), got.opt(name)));
    }

    private static List<Object> items(JSONArray array) {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < array.length(); i++) {
            items.add(array.opt(i));
        }
        return items;
    }

    private static String show(List<?> values) {
        String text = values.stream()
                .map(value -> value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value))
                .toList()
                .toString();
        return text.length() <= SHOWN_MAX
                ? text
                : text.substring(0, SHOWN_MAX) + "... (" + text.length() + " characters)";
    }
}
