package dev.duet.examples.course;

import dev.duet.engineio.EngineOptions;
import dev.duet.server.SocketIoServer;
import dev.duet.signaling.DisplayName;
import dev.duet.signaling.Input;
import dev.duet.signaling.Limits;
import dev.duet.signaling.LocalDirectory;
import dev.duet.signaling.Output;
import dev.duet.signaling.ParticipantId;
import dev.duet.signaling.Payload;
import dev.duet.signaling.Person;
import dev.duet.signaling.RoomName;
import dev.duet.signaling.Rooms;
import dev.duet.signaling.Session;
import dev.duet.signaling.SignalKind;
import dev.duet.socketio.Args;
import dev.duet.socketio.Event;
import dev.duet.socketio.Socket;
import dev.duet.socketio.SocketOptions;
import dev.duet.socketio.SocketServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The signaling server of the course: pages send {@code join}, {@code message}, {@code leave}; they hear {@code joined}, {@code full},
 * {@code otherjoin}, {@code message}, {@code bye}, {@code leaved}. Socket.IO carries the messages, {@link Rooms} decides; all of it runs on
 * one thread, so nothing here needs a lock. This one is for three, and puts "from server!" behind every text.
 */
public final class CourseServer {
    private static final int CAPACITY = 3;
    private static final String SUFFIX = "from server!";

    /** One stay of one browser in one room. */
    private record Visit(Socket socket, String room, UUID number) implements Session {}

    /** What one browser says to the others; the rooms hand it on and never look inside. */
    private record Words(Args args, int sizeBytes) implements Payload {}

    private final Rooms rooms = new Rooms(Limits.of(CAPACITY, Duration.ZERO), 0, 1, 0);
    private final LocalDirectory seats = new LocalDirectory(CAPACITY, 0);
    private final ArrayDeque<Output> todo = new ArrayDeque<>();

    /** Serves until it is stopped. The first argument is the port, the second a folder with pages; both may be left out. */
    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8080;
        SocketIoServer server = start(port, Path.of(args.length > 1 ? args[1] : "."));
        System.out.println("listening on http://localhost:" + server.port());
    }

    static SocketIoServer start(int port, Path pages) {
        return SocketIoServer.onPort(port)
                .socketIo("/socket.io", EngineOptions.DEFAULT, SocketOptions.DEFAULT, new CourseServer()::listen)
                .pages(pages)
                .start();
    }

    private void listen(SocketServer io) {
        io.of("/").on("join", this::join).on("message", this::message).on("leave", this::leave);
        // A closed tab says nothing; the others have to hear of it all the same.
        io.of("/").onDisconnect((socket, _) -> {
            if (socket.attachment() instanceof Visit visit) {
                handle(new Input.Disconnected(visit));
            }
        });
    }

    private void join(Socket socket, Event event) {
        Optional<RoomName> room = event.args().string(0).flatMap(RoomName::of);
        if (room.isEmpty() || socket.attachment() != null) {
            return;
        }
        Visit visit = new Visit(socket, room.get().value(), UUID.randomUUID());
        socket.attach(visit);
        ParticipantId id = new ParticipantId(visit.number.toString());
        Person nobody = new Person(DisplayName.NONE, "");
        handle(Input.Join.once(visit, 0, room.get(), id, nobody));
    }

    private void message(Socket socket, Event event) {
        if (visit(socket, event) instanceof Visit visit) {
            Words words = new Words(event.args(), event.args().sizeBytes());
            handle(new Input.Broadcast(visit, 0, SignalKind.DATA, words));
        }
    }

    private void leave(Socket socket, Event event) {
        if (visit(socket, event) instanceof Visit visit) {
            handle(new Input.Leave(visit, 0, false));
        } else {
            socket.emit("leaved", event.args());
        }
    }

    /** The stay in the room that is meant. Nobody speaks to a room, or leaves it, that they are not in. */
    private static @Nullable Visit visit(Socket socket, Event event) {
        Visit visit = (Visit) socket.attachment();
        return visit != null && visit.room.equals(event.args().value(0)) ? visit : null;
    }

    private void handle(Input input) {
        rooms.handle(input, System.nanoTime(), todo::add);
        while (todo.poll() instanceof Output output) {
            perform(output);
        }
    }

    private void perform(Output output) {
        switch (output) {
            case Output.Admit admit -> handle(new Input.Admitted(admit.join())); // Everybody may come.
            case Output.TakeSeat take -> handle(take.answer(seats.take(take.room(), take.claim())));
            case Output.ReleaseSeat free -> seats.release(free.room(), free.seat());
            case Output.Joined it -> tell(it.session(), "joined", it.you().id());
            case Output.ParticipantJoined it ->
                tell(it.session(), "otherjoin", it.participant().id());
            case Output.ParticipantLeft it -> tell(it.session(), "bye", it.participant());
            case Output.Deliver it -> deliver((Visit) it.session(), ((Words) it.payload()).args);
            case Output.RoomFull it -> end((Visit) it.session(), "full");
            case Output.Left it -> end((Visit) it.session(), "leaved");
            // Is anybody there? Socket.IO's heartbeat finds out soon enough.
            case Output.Probe it -> handle(new Input.Heard(it.session()));
            default -> {} // Course pages hear nothing of the rest.
        }
    }

    private static void tell(Session to, String event, ParticipantId about) {
        ((Visit) to).socket.emit(event, ((Visit) to).room, about.value());
    }

    private static void end(Visit visit, String event) {
        visit.socket.attach(null);
        visit.socket.emit(event, visit.room, visit.number.toString());
    }

    /** A text gets its suffix; a description or a candidate is an object, and passes as it is. */
    private static void deliver(Visit to, Args words) {
        if (words.value(1) instanceof String text) {
            to.socket.emit("message", to.room, text + SUFFIX);
        } else {
            to.socket.emit("message", words);
        }
    }
}
