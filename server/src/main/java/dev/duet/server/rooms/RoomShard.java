package dev.duet.server.rooms;

import dev.duet.server.log.LogEvent;
import dev.duet.signaling.Input;
import dev.duet.signaling.JoinId;
import dev.duet.signaling.Output;
import dev.duet.signaling.RoomName;
import dev.duet.signaling.Rooms;
import dev.duet.signaling.Seat;
import dev.duet.signaling.SeatAnswer;
import dev.duet.signaling.Session;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The rooms of one event loop.
 *
 * <p>Thread-safe: {@link #submit} runs the input on the loop, at once when called there, later otherwise; inputs of one thread keep their
 * order.
 */
public final class RoomShard {
    private static final Logger log = LoggerFactory.getLogger(RoomShard.class);

    private final EventLoop loop;
    private final Rooms rooms;
    private final Policy policy;
    private final Directory directory;
    private final Consumer<Output.Gone> gone;
    private final Queue<Output> outputs = new ArrayDeque<>();
    private boolean running;
    private volatile boolean takesNewRooms = true;
    private @Nullable Future<?> timer;
    private long timerNanos = Long.MAX_VALUE;

    RoomShard(EventLoop loop, Rooms rooms, Policy policy, Directory directory, Consumer<Output.Gone> gone) {
        this.loop = loop;
        this.rooms = rooms;
        this.policy = policy;
        this.directory = directory;
        this.gone = gone;
    }

    /** Hands an input to the rooms. Takes over the payload of a signal or broadcast: it is released when it was delivered or refused. */
    public void submit(Input input) {
        submit(input, () -> {});
    }

    /** The same; {@code then} runs on the loop, after all that the rooms had to say to the input. */
    public void submit(Input input, Runnable then) {
        if (loop.inEventLoop()) {
            run(input);
            then.run();
        } else {
            loop.execute(() -> {
                run(input);
                then.run();
            });
        }
    }

    private void run(Input input) {
        boolean outermost = !running;
        running = true;
        try {
            rooms.handle(input, System.nanoTime(), outputs::add);
            if (outermost) {
                drain();
            }
        } finally {
            if (outermost) {
                running = false;
            }
            switch (input) {
                case Input.Signal signal -> ReferenceCountUtil.release(signal.payload());
                case Input.Broadcast broadcast -> ReferenceCountUtil.release(broadcast.payload());
                default -> {}
            }
            keepTime();
        }
    }

    private void drain() {
        while (outputs.poll() instanceof Output output) {
            try {
                perform(output);
            } catch (RuntimeException e) {
                LogEvent.of("output-failed")
                        .with("output", output.getClass().getSimpleName())
                        .to(log, Level.ERROR, e);
            }
        }
    }

    private void perform(Output output) {
        switch (output) {
            case Output.Admit admit -> admit(admit);
            case Output.TakeSeat take -> take(take);
            case Output.ReleaseSeat(RoomName room, Seat seat) -> directory.release(room, seat);
            case Output.Gone participant -> gone.accept(participant);
            case Output.WentAway away ->
                LogEvent.of("away")
                        .with("participant", away.participant().value())
                        .with("reason", away.why().id())
                        .with("seconds", TimeUnit.NANOSECONDS.toSeconds(away.seatNanos()))
                        .to(log, Level.INFO);
            case Output.Joined it -> tell(it.session(), output);
            case Output.RoomFull it -> tell(it.session(), output);
            case Output.Rejected it -> tell(it.session(), output);
            case Output.ParticipantJoined it -> tell(it.session(), output);
            case Output.ParticipantAway it -> tell(it.session(), output);
            case Output.ParticipantBack it -> tell(it.session(), output);
            case Output.ParticipantLeft it -> tell(it.session(), output);
            case Output.Deliver it -> tell(it.session(), output);
            case Output.Acknowledged it -> tell(it.session(), output);
            case Output.Looked it -> tell(it.session(), output);
            case Output.LeaseEnded(Session session) -> tell(session, output);
            case Output.Parked it -> tell(it.session(), output);
            case Output.Looking it -> tell(it.session(), output);
            case Output.Offered it -> tell(it.session(), output);
            case Output.Answered it -> tell(it.session(), output);
            case Output.SignalRejected it -> tell(it.session(), output);
            case Output.Left it -> tell(it.session(), output);
            case Output.Ended it -> tell(it.session(), output);
            case Output.Probe(Session session) -> tell(session, output);
        }
    }

    private static void tell(Session session, Output output) {
        ((RoomSession) session).receive(output);
    }

    private void admit(Output.Admit admit) {
        JoinId join = admit.join();
        try {
            policy.decide(
                    admit.room(),
                    admit.person(),
                    admitted -> submit(admitted ? new Input.Admitted(join) : new Input.Refused(join)));
        } catch (RuntimeException e) {
            LogEvent.of("policy-failed").to(log, Level.ERROR, e);
            submit(new Input.Refused(join));
        }
    }

    /** From now on nobody begins a room: who is the first in one is told to try again later. Seats are resumed, and rooms filled. */
    void takeNoNewRooms() {
        takesNewRooms = false;
    }

    private void take(Output.TakeSeat take) {
        if (!takesNewRooms && take.claim() instanceof Output.SeatClaim.Any && rooms.isEmpty(take.room())) {
            submit(take.answer(new SeatAnswer.Unavailable()));
            return;
        }
        directory.take(take.room(), take.claim(), answer -> submit(take.answer(answer)));
    }

    private void keepTime() {
        long next = rooms.nextDeadlineNanos();
        if (next >= timerNanos || next == Long.MAX_VALUE) {
            return;
        }
        if (timer instanceof Future<?> earlier) {
            earlier.cancel(false);
        }
        timerNanos = next;
        timer = loop.schedule(this::timeCame, Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private void timeCame() {
        timerNanos = Long.MAX_VALUE;
        timer = null;
        run(new Input.TimePassed());
    }

    int roomCount() {
        return rooms.roomCount();
    }
}
