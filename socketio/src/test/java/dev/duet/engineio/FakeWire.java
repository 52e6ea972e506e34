package dev.duet.engineio;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What lies between clients and a server: requests are read and handed over as an adapter does it, and time is a number. A query is written
 * as in a URL: {@code EIO=4&transport=polling}.
 */
public final class FakeWire {
    private static final long MS = 1_000_000L;
    private static final Pattern SID = Pattern.compile("\"sid\":\"([^\"]+)\"");

    private final EngineServer server;
    private final LongSupplier nextDeadline;
    private final LongConsumer timePassed;
    private long now = 1_000_000 * MS;

    public FakeWire(EngineServer server, LongSupplier nextDeadline, LongConsumer timePassed) {
        this.server = server;
        this.nextDeadline = nextDeadline;
        this.timePassed = timePassed;
    }

    FakeWire(EngineServer server) {
        this(server, server::nextDeadlineNanos, server::timePassed);
    }

    /** Sets the clock, before anything happens. */
    public FakeWire at(long nanos) {
        now = nanos;
        return this;
    }

    public long now() {
        return now;
    }

    /** Lets time pass; whatever is due meanwhile is done when it is due. */
    public void advanceMs(long ms) {
        long target = now + ms * MS;
        while (nextDeadline.getAsLong() <= target) {
            now = Math.max(now, nextDeadline.getAsLong());
            timePassed.accept(now);
        }
        now = target;
    }

    public FakeRequest get(String query) {
        return request("GET", query, new Payload(false, new byte[0]));
    }

    public FakeRequest post(String query, String body) {
        return request("POST", query, new Payload(false, body.getBytes(StandardCharsets.UTF_8)));
    }

    public FakeRequest post(String query, byte... body) {
        return request("POST", query, new Payload(true, body));
    }

    public FakeRequest request(String method, String query, Payload payload) {
        FakeRequest request = new FakeRequest();
        switch (EngineRequest.of(method, parse(query), false)) {
            case EngineRequest.Open open -> server.open(open, "client", request, now);
            case EngineRequest.Get get -> server.poll(get.sid(), get.version(), request, now);
            case EngineRequest.Send send -> server.post(send, payload, request, now);
            case EngineRequest.Upgrade _ -> throw new AssertionError("an upgrade without WebSocket");
            case EngineRequest.Wrong wrong -> request.refuse(wrong.why());
        }
        return request;
    }

    /** A WebSocket whose handshake is done, or refused. */
    public FakeWebSocket webSocket(String query) {
        Map<String, List<String>> parameters = parse(query);
        EngineVersion version =
                parameters.getOrDefault("EIO", List.of()).contains("3") ? EngineVersion.V3 : EngineVersion.V4;
        EngineRequest request = EngineRequest.of("GET", parameters, true);
        Optional<EngineError> refusal = switch (request) {
            case EngineRequest.Open _ -> Optional.empty();
            case EngineRequest.Upgrade upgrade -> server.upgradeRefusal(upgrade);
            case EngineRequest.Wrong wrong -> Optional.of(wrong.why());
            case EngineRequest.Get _, EngineRequest.Send _ -> throw new AssertionError("polling by WebSocket");
        };
        FakeWebSocket webSocket = new FakeWebSocket(this, version, refusal);
        if (refusal.isEmpty()) {
            handOver(request, webSocket);
        }
        return webSocket;
    }

    private void handOver(EngineRequest request, FakeWebSocket webSocket) {
        if (request instanceof EngineRequest.Open open) {
            webSocket.opened(server.open(open, "client", webSocket, now));
        } else {
            webSocket.opened(server.upgrade((EngineRequest.Upgrade) request, webSocket, now));
        }
    }

    /** The connection of a waiting GET breaks. */
    public void abort(String sid, FakeRequest poll) {
        server.pollAborted(sid, poll, now);
    }

    /** The session id that a handshake tells. */
    public static String sidIn(String handshake) {
        Matcher matcher = SID.matcher(handshake);
        if (!matcher.find()) {
            throw new AssertionError("no session id in " + handshake);
        }
        return matcher.group(1);
    }

    private static Map<String, List<String>> parse(String query) {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        Arrays.stream(query.split("&"))
                .filter(pair -> !pair.isEmpty())
                .map(pair -> pair.split("=", 2))
                .forEach(pair -> parameters
                        .computeIfAbsent(pair[0], _ -> new ArrayList<>())
                        .add(pair.length == 1 ? "" : pair[1]));
        return parameters;
    }
}
