package dev.duet.engineio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An Engine.IO server whose application sends every message back, with the timers that the official suites ask for. */
final class FakeEcho {
    static final EngineOptions OPTIONS = EngineOptions.DEFAULT
            .withHeartbeat(Duration.ofMillis(300), Duration.ofMillis(200))
            .withMaxPayload(1_000_000);

    /** How sessions ended, in order. */
    final List<CloseReason> ended = new ArrayList<>();
    /** All sessions, in the order in which they opened. */
    final List<EngineSession> sessions = new ArrayList<>();

    final EngineServer server;
    final FakeWire wire;
    private int ids;

    FakeEcho() {
        this(OPTIONS);
    }

    FakeEcho(EngineOptions options) {
        server = new EngineServer(options, () -> "id" + ids++, (session, _) -> {
            sessions.add(session);
            return echo(session);
        });
        wire = new FakeWire(server);
    }

    private Application echo(EngineSession session) {
        return new Application() {
            @Override
            public void text(byte[] utf8, int from, int to) {
                session.send(Packet.text(Arrays.copyOfRange(utf8, from, to)));
            }

            @Override
            public void binary(byte[] bytes, int from, int to) {
                session.send(Packet.binary(Arrays.copyOfRange(bytes, from, to)));
            }

            @Override
            public void closed(CloseReason why) {
                ended.add(why);
            }
        };
    }

    /** Opens a polling session and gives the query of its further requests. */
    String open(String query) {
        return query + "&sid=" + FakeWire.sidIn(wire.get(query).text());
    }
}
