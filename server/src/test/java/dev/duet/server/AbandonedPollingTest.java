package dev.duet.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.engineio.EngineOptions;
import dev.duet.socketio.SocketOptions;
import dev.duet.socketio.SocketServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that open a session by polling and never come back, wave after wave: each session ends by its heartbeat, and nothing of it stays.
 * {@code -Dduet.waves=200 -Dsurefire.timeout=1800} is the soak.
 */
@Timeout(900)
final class AbandonedPollingTest {
    private static final int WAVES = Integer.getInteger("duet.waves", 4);
    private static final int SESSIONS = 2_000;
    private static final long GROWTH_MAX_BYTES = 4 << 20;

    private @Nullable SocketServer io;

    @Test
    void leavesNothingBehind() throws Exception {
        EngineOptions engine = EngineOptions.DEFAULT.withHeartbeat(Duration.ofMillis(100), Duration.ofMillis(100));
        SocketOptions sockets = SocketOptions.DEFAULT.withConnectTimeout(Duration.ofMillis(200));
        try (SocketIoServer server = SocketIoServer.onPort(0)
                .socketIo("/socket.io", engine, sockets, made -> {
                    made.of("/");
                    io = made;
                })
                .start()) {
            wave(server);
            long before = heapWhenAllAreGone(server);
            for (int i = 1; i < WAVES; i++) {
                wave(server);
            }
            long after = heapWhenAllAreGone(server);

            System.out.printf(
                    "abandoned: %d sessions in %d waves, heap %d KiB after the first, %d KiB after the last%n",
                    WAVES * SESSIONS, WAVES, before >> 10, after >> 10);
            assertThat(after - before).isLessThan(GROWTH_MAX_BYTES);
        }
    }

    private static void wave(SocketIoServer server) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
        try (RawHttp http = RawHttp.plain(address)) {
            for (int i = 0; i < SESSIONS; i++) {
                // Half of them of the old kind, which are in the main namespace at once.
                http.get("/socket.io/?transport=polling&EIO=" + (3 + i % 2));
            }
        }
    }

    private long heapWhenAllAreGone(SocketIoServer server) throws Exception {
        for (int count = sessions(server); count > 0; count = sessions(server)) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(50);
            used = Math.min(
                    used,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return used;
    }

    private int sessions(SocketIoServer server) throws Exception {
        CompletableFuture<Integer> count = new CompletableFuture<>();
        server.execute(() -> count.complete(io == null ? 0 : io.sessionCount()));
        return count.get(10, TimeUnit.SECONDS);
    }
}
