package dev.duet.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A Socket.IO client for tests, over WebSocket only: what it gets comes out as the event's JSON, {@code ["joined","r","id"]}. */
final class CourseClient implements WebSocket.Listener, AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Behind an event, with a null as data: nothing came. */
    static final Duration QUIET = Duration.ofMillis(300);

    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    final CompletableFuture<String> closed = new CompletableFuture<>();
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();
    private CompletableFuture<WebSocket> sending = CompletableFuture.completedFuture(null);
    private final boolean old;
    private volatile boolean answersPings = true;
    private final WebSocket socket;

    private CourseClient(int port, boolean old, String more) {
        this.old = old;
        URI uri = URI.create(
                "ws://127.0.0.1:" + port + "/socket.io/?EIO=" + (old ? 3 : 4) + "&transport=websocket" + more);
        try {
            socket = soon(HTTP.newWebSocketBuilder().buildAsync(uri, this));
        } catch (CompletionException e) {
            throw new IllegalStateException(e.getCause());
        }
        soon(connected);
    }

    private static <T> T soon(CompletableFuture<T> future) {
        return future.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    /** Speaks as clients 3.x and 4.x do. */
    static CourseClient open(int port) {
        return new CourseClient(port, false, "");
    }

    /** Speaks as clients 2.x do. */
    static CourseClient openOld(int port) {
        return new CourseClient(port, true, "");
    }

    /** One that a page opened whose Socket.IO script drew this number. */
    static CourseClient ofPage(int port, String page) {
        return new CourseClient(port, true, "&duetPage=" + page);
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            packet(webSocket, partial.toString());
            partial.setLength(0);
        }
        webSocket.request(1);
        return CompletableFuture.completedStage(null);
    }

    /** May be called before the constructor knows the socket. */
    private void packet(WebSocket from, String text) {
        if (text.startsWith("42")) {
            events.add(text.substring(2));
        } else if (text.startsWith("40")) {
            connected.complete(null);
        } else if (text.startsWith("0") && !old) {
            say(from, "40");
        } else if (text.equals("2") && answersPings) {
            say(from, "3");
        } else if (text.startsWith("43") || text.startsWith("45") || text.startsWith("41")) {
            events.add(text);
        }
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
        events.add("binary " + data.remaining());
        webSocket.request(1);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closed.complete(statusCode + " " + reason);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        closed.complete("error");
    }

    /** One after the other: Java's WebSocket refuses what is sent before the last is, even if that was answered already. */
    private synchronized CompletableFuture<WebSocket> say(WebSocket to, String packet) {
        sending = sending.exceptionally(_ -> null).thenCompose(_ -> to.sendText(packet, true));
        return sending;
    }

    CourseClient send(String packet) {
        try {
            soon(say(socket, packet));
        } catch (CompletionException e) {
            closed.complete("error");
        }
        return this;
    }

    /** Emits an event; the arguments are JSON. */
    CourseClient emit(String event, String... json) {
        return send("42[\"" + event + "\"" + (json.length == 0 ? "" : "," + String.join(",", json)) + "]");
    }

    /** Joins, and gives the id it was told. */
    String join(String room) {
        emit("join", '"' + room + '"');
        return id(expect("joined"));
    }

    static String id(String event) {
        String[] parts = event.split("\"");
        return parts[parts.length - 2];
    }

    String expect(String event) {
        String got = next();
        if (!got.startsWith("[\"" + event + "\"")) {
            throw new AssertionError("expected " + event + ", got " + got);
        }
        return got;
    }

    String next() {
        String got = poll(PATIENCE);
        if (got.isEmpty()) {
            throw new AssertionError("nothing came within " + PATIENCE);
        }
        return got;
    }

    /** The next event, or an empty string when none comes in time. */
    String poll(Duration patience) {
        try {
            String got = events.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            return got == null ? "" : got;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    void expectNothing() {
        String got = poll(QUIET);
        if (!got.isEmpty()) {
            throw new AssertionError("expected nothing, got " + got);
        }
    }

    /** The connection stays, but whoever holds it has gone to sleep. */
    void fallSilent() {
        answersPings = false;
    }

    void abort() {
        socket.abort();
    }

    @Override
    public void close() {
        socket.abort();
    }
}
