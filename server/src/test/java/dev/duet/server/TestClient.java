package dev.duet.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client of the Duet dialect for tests: keeps what it receives, and gives it out in order. */
final class TestClient implements WebSocket.Listener, AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;

    private TestClient(URI uri, String subprotocol) {
        WebSocket.Builder builder = HTTP.newWebSocketBuilder();
        if (!subprotocol.isEmpty()) {
            builder.subprotocols(subprotocol);
        }
        try {
            socket = soon(builder.buildAsync(uri, this));
        } catch (CompletionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private static <T> T soon(CompletableFuture<T> future) {
        return future.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    /** Opens a connection and takes its hello. */
    static TestClient open(DuetServer server) {
        TestClient client = new TestClient(uri(server), "duet.v1");
        client.expect("hello");
        return client;
    }

    static TestClient openWithout(DuetServer server) {
        return new TestClient(uri(server), "");
    }

    private static URI uri(DuetServer server) {
        return URI.create("ws://127.0.0.1:" + server.http().orElseThrow().getPort() + "/ws");
    }

    TestClient send(String json) {
        soon(socket.sendText(json, true));
        return this;
    }

    String join(String room) {
        send("{\"type\":\"join\",\"id\":1,\"room\":\"" + room + "\"}");
        return expect("joined");
    }

    /** As a client that numbers what it sends. */
    String joinNumbered(String room) {
        send("{\"type\":\"join\",\"id\":1,\"room\":\"" + room + "\",\"streams\":[]}");
        return expect("joined");
    }

    /** The next message, which has to be of this type. */
    String expect(String type) {
        String message = next();
        if (!type.equals(field(message, "type"))) {
            throw new AssertionError("expected " + type + ", got " + message);
        }
        return message;
    }

    String next() {
        try {
            String message = received.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (message == null) {
                throw new AssertionError("nothing came within " + PATIENCE);
            }
            return message;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Skips to the first message that fits. */
    String await(Predicate<String> fits) {
        String message = next();
        while (!fits.test(message)) {
            message = next();
        }
        return message;
    }

    int closeCode() {
        return soon(closed);
    }

    /** The first string or number of this name behind a mark in the message. */
    static String field(String message, String mark, String name) {
        return field(message.substring(message.indexOf(mark)), name);
    }

    /** The first string or number of this name in the message. */
    static String field(String message, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\":(?:\"([^\"]*)\"|([0-9]+|true|false))")
                .matcher(message);
        if (!matcher.find()) {
            throw new AssertionError("no '" + name + "' in " + message);
        }
        return matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    }

    void close(int code) {
        soon(socket.sendClose(code, ""));
    }

    /** The connection ends without a word. */
    void abort() {
        socket.abort();
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            received.add(partial.toString());
            partial.setLength(0);
        }
        webSocket.request(1);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closed.complete(statusCode);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        closed.complete(1006);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
