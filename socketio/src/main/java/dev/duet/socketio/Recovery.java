package dev.duet.socketio;

import dev.duet.engineio.EngineVersion;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Connection state recovery, in memory: what a lost client had, and what was sent to it or broadcast since. A client of 4.6 or newer that comes back with
 * the secret it was given and the last offset it saw goes on as the same socket and gets what it missed.
 *
 * <p>Not thread-safe: owned by its server's event loop.
 */
public final class Recovery {
    private final Options options;
    private final SocketServer server;
    private final Map<String, Lost> lost = new LinkedHashMap<>();
    private final ArrayDeque<Remembered> remembered = new ArrayDeque<>();
    private int rememberedBytes;

    /**
     * What is kept.
     *
     * @param maxDisconnection how long a lost client may stay away
     * @param lostMax lost clients that are remembered at one time; the oldest go first
     * @param packetsMax events that are remembered, of all clients; the oldest go first
     * @param bytesMax their bytes
     */
    public record Options(Duration maxDisconnection, int lostMax, int packetsMax, int bytesMax) {
        /** 2 min, 10,000 clients, 10,000 events, 16 MiB. */
        public static final Options DEFAULT = new Options(Duration.ofMinutes(2), 10_000, 10_000, 16 << 20);
    }

    /** What a lost client had. */
    record Lost(
            String id,
            String secret,
            Set<String> rooms,
            @Nullable Object attachment,
            long untilNanos) {}

    /** What it gets when it comes back. */
    record Missed(Lost lost, List<Emission> emissions) {}

    private record Remembered(String offset, Emission emission, Predicate<Lost> concerns, long atNanos) {}

    Recovery(Options options, SocketServer server) {
        this.options = options;
        this.server = server;
    }

    /** Remembers a broadcast and gives it its offset, the last argument that clients look for. */
    Emission remember(Emission emission, Set<String> rooms, Set<Socket> excepted) {
        Set<String> ids = excepted.stream().map(Socket::id).collect(Collectors.toUnmodifiableSet());
        Set<String> to = Set.copyOf(rooms);
        return remember(
                emission,
                client -> !ids.contains(client.id())
                        && (to.isEmpty() || to.stream().anyMatch(client.rooms()::contains)));
    }

    /** The same for what one client is sent, whether it is there or lost. */
    Emission rememberFor(String id, Emission emission) {
        return remember(emission, client -> client.id().equals(id));
    }

    private Emission remember(Emission emission, Predicate<Lost> concerns) {
        String offset = server.newId();
        Emission sent = emission.withLast(offset);
        remembered.add(new Remembered(offset, sent, concerns, server.nowNanos()));
        rememberedBytes += sent.sizeBytes();
        forgetOld();
        return sent;
    }

    void keep(Socket socket) {
        String secret = socket.recoverySecret;
        if (secret == null) {
            return;
        }
        long until = server.nowNanos() + options.maxDisconnection().toNanos();
        lost.put(secret, new Lost(socket.id(), secret, socket.rooms(), socket.attachment(), until));
        forgetOld();
    }

    Optional<Missed> find(Handshake handshake) {
        if (handshake.version() == EngineVersion.V3 || !(handshake.auth().value(0) instanceof Map<?, ?> auth)) {
            return Optional.empty();
        }
        forgetOld();
        if (!(auth.get("pid") instanceof String secret) || !(auth.get("offset") instanceof String offset)) {
            return Optional.empty();
        }
        Lost client = lost.get(secret);
        if (client == null || remembered.stream().noneMatch(it -> it.offset.equals(offset))) {
            return Optional.empty();
        }
        lost.remove(secret);
        List<Emission> missed = new ArrayList<>();
        boolean after = false;
        for (Remembered one : remembered) {
            if (after && one.concerns.test(client)) {
                missed.add(one.emission);
            }
            after |= one.offset.equals(offset);
        }
        return Optional.of(new Missed(client, missed));
    }

    private void forgetOld() {
        long now = server.nowNanos();
        Iterator<Lost> oldest = lost.values().iterator();
        while (oldest.hasNext()) {
            if (oldest.next().untilNanos() - now > 0 && lost.size() <= options.lostMax()) {
                break;
            }
            oldest.remove();
        }
        long keepNanos = options.maxDisconnection().toNanos();
        while (remembered.peek() instanceof Remembered first
                && (now - first.atNanos >= keepNanos
                        || remembered.size() > options.packetsMax()
                        || rememberedBytes > options.bytesMax())) {
            remembered.remove();
            rememberedBytes -= first.emission.sizeBytes();
        }
    }
}
