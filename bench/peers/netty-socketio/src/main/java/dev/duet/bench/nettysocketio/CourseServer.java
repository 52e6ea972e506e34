package dev.duet.bench.nettysocketio;

import com.corundumstudio.socketio.Configuration;
import com.corundumstudio.socketio.SocketIOClient;
import com.corundumstudio.socketio.SocketIOServer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Rooms of two by {@code join}, {@code message} and {@code leave}, as fast as the library lets them be: one event loop
 * for the one core it is measured on, native epoll, no limits on rates.
 *
 * <p>Thread-safe: one lock for all rooms. It is free, as the library's one event loop is alone with it but for the timer
 * that ends dead connections.
 */
public final class CourseServer {
    private static final int CAPACITY = 2;
    private static final int MESSAGE_BYTES_MAX = 100_000;

    private final Map<String, Set<SocketIOClient>> rooms = new HashMap<>();
    private final Map<UUID, Set<String>> seats = new HashMap<>();

    private CourseServer() {}

    /** Serves plain http on the port named first, until its standard input ends. */
    public static void main(String[] args) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setHostname("127.0.0.1");
        configuration.setPort(Integer.parseInt(args[0]));
        configuration.setBossThreads(1);
        configuration.setWorkerThreads(1);
        configuration.setUseLinuxNativeEpoll(true);
        configuration.setMaxFramePayloadLength(MESSAGE_BYTES_MAX);
        configuration.setMaxHttpContentLength(MESSAGE_BYTES_MAX);
        configuration.setHttpCompression(false);
        configuration.setWebsocketCompression(false);
        configuration.getSocketConfig().setTcpNoDelay(true);
        configuration.getSocketConfig().setAcceptBackLog(4096);
        SocketIOServer server = new SocketIOServer(configuration);
        new CourseServer().listen(server);
        server.start();
        System.out.println("listening");
        while (System.in.read() >= 0) {}
        server.stop();
    }

    private void listen(SocketIOServer server) {
        server.addEventListener("join", String.class, (client, room, _) -> join(client, room));
        server.addEventListener("leave", String.class, (client, room, _) -> {
            depart(client, room);
            client.sendEvent("leaved", room, client.getSessionId().toString());
        });
        server.addMultiTypeEventListener(
                "message",
                (client, data, _) -> message(client, data.<String>first(), data.<Object>second()),
                String.class,
                Object.class);
        server.addDisconnectListener(client -> {
            for (String room : seatsOf(client)) {
                depart(client, room);
            }
        });
    }

    private synchronized Set<String> seatsOf(SocketIOClient client) {
        return Set.copyOf(seats.getOrDefault(client.getSessionId(), Set.of()));
    }

    private synchronized void join(SocketIOClient client, String room) {
        Set<SocketIOClient> members = rooms.computeIfAbsent(room, _ -> new LinkedHashSet<>());
        String id = client.getSessionId().toString();
        if (members.contains(client)) {
            return;
        }
        if (members.size() >= CAPACITY) {
            client.sendEvent("full", room, id);
            return;
        }
        client.sendEvent("joined", room, id);
        members.forEach(other -> other.sendEvent("otherjoin", room, id));
        members.add(client);
        seats.computeIfAbsent(client.getSessionId(), _ -> new LinkedHashSet<>()).add(room);
    }

    private synchronized void message(SocketIOClient client, String room, Object data) {
        Set<SocketIOClient> members = rooms.getOrDefault(room, Set.of());
        if (members.contains(client)) {
            for (SocketIOClient other : members) {
                if (other != client) {
                    other.sendEvent("message", room, data);
                }
            }
        }
    }

    private synchronized void depart(SocketIOClient client, String room) {
        Set<SocketIOClient> members = rooms.getOrDefault(room, Set.of());
        if (!members.contains(client)) {
            return;
        }
        members.remove(client);
        rooms.computeIfPresent(room, (_, left) -> left.isEmpty() ? null : left);
        UUID id = client.getSessionId();
        seats.computeIfPresent(id, (_, taken) -> taken.remove(room) && taken.isEmpty() ? null : taken);
        members.forEach(other -> other.sendEvent("bye", room, id.toString()));
    }
}
