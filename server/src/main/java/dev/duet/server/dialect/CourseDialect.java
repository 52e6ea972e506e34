package dev.duet.server.dialect;

import dev.duet.engineio.EngineOptions;
import dev.duet.server.ConnectionLimits;
import dev.duet.server.engineio.EngineClient;
import dev.duet.server.engineio.EngineCore;
import dev.duet.server.engineio.EngineEndpoint;
import dev.duet.server.relay.IceServer;
import dev.duet.server.relay.IceServers;
import dev.duet.server.rooms.RoomShards;
import dev.duet.signaling.ParticipantId;
import dev.duet.socketio.SocketOptions;
import dev.duet.socketio.SocketServer;
import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The course dialect: {@code join}, {@code message} and {@code leave} over Socket.IO, as WebRTC courses teach them (docs/course.md).
 *
 * <p>Thread-safe.
 */
public final class CourseDialect {
    final RoomShards shards;
    final ConnectionLimits limits;
    final Sources sources;
    final IceServers iceServers;
    final byte[] secret;
    final DoubleClicks doubleClicks = new DoubleClicks();
    /** Sessions that have a seat. */
    final AtomicInteger seated = new AtomicInteger();

    private final SecureRandom random;
    private final EngineEndpoint endpoint;

    /** Serves on these event loops. */
    public CourseDialect(
            List<EventLoop> loops, RoomShards shards, ConnectionLimits limits, DuetDialect.Identity identity) {
        this.shards = shards;
        this.limits = limits;
        this.sources = identity.sources();
        this.iceServers = identity.iceServers();
        this.secret = identity.secret();
        this.random = identity.random();
        this.endpoint = new EngineEndpoint(loops, limits.withMessageBytes(limits.readBytesMax()), this::core);
    }

    private EngineCore core(EventLoop loop, Supplier<String> ids) {
        SeatTokens tokens = new SeatTokens(secret);
        SocketServer io = new SocketServer(engineOptions(limits), socketOptions(limits), ids);
        io.onClosed(client -> ((CourseClient) ((EngineClient) client).about()).gone(sources));
        io.of("/")
                .onConnect(socket -> socket.attach(new CourseConnection(this, loop, tokens, socket)))
                .on("join", (socket, event) -> CourseConnection.of(socket).join(event))
                .on("message", (socket, event) -> CourseConnection.of(socket).message(event))
                .on("leave", (socket, event) -> CourseConnection.of(socket).leave(event))
                .onOther((socket, event) -> CourseConnection.of(socket).other(event))
                .onHeard(socket -> CourseConnection.of(socket).heard())
                .onDisconnect((socket, _) -> CourseConnection.of(socket).disconnected());
        return EngineCore.of(io);
    }

    private static EngineOptions engineOptions(ConnectionLimits limits) {
        return EngineOptions.DEFAULT
                .withHeartbeat(limits.ping(), limits.dead().minus(limits.ping()))
                .withMaxPayload(limits.readBytesMax())
                .withQueueBytesMax(limits.outboundBytesMax());
    }

    private static SocketOptions socketOptions(ConnectionLimits limits) {
        return SocketOptions.DEFAULT.withPacketBytesMax(limits.readBytesMax());
    }

    /** Where requests under {@code /socket.io/} go. */
    public EngineEndpoint endpoint() {
        return endpoint;
    }

    /** Largest body of a POST, in bytes. */
    public int bodyMax() {
        return limits.readBytesMax();
    }

    /** Clients that are in a room; exact only while nothing happens. */
    public int seatedCount() {
        return seated.get();
    }

    /** Ends every session; clients come back by themselves. */
    public void goodbye() {
        endpoint.close();
    }

    /**
     * For a page that has a seat; while it is alone they lead nowhere but to another page's. A TURN server answers as STUN too, and from
     * five addresses on Firefox warns of the time that they take.
     */
    List<IceServer> iceServers(ParticipantId id, Source source, boolean alone) {
        List<IceServer> servers = iceServers.forParticipant(id.value(), source.host());
        if (alone) {
            iceServers.waits(id.value());
        }
        List<IceServer> relays =
                servers.stream().filter(server -> server.login().isPresent()).toList();
        return relays.isEmpty() ? servers : relays;
    }

    /** A name that nobody can guess. */
    String newId() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
