package dev.duet.server.dialect;

import dev.duet.server.rooms.RoomSession;
import dev.duet.server.rooms.RoomShard;
import dev.duet.server.websocket.Backpressure;
import dev.duet.server.websocket.CloseCode;
import dev.duet.server.websocket.Frames;
import dev.duet.server.websocket.WebSocketHandler;
import dev.duet.signaling.Heartbeats;
import dev.duet.signaling.Input;
import dev.duet.signaling.LeftReason;
import dev.duet.signaling.Output;
import dev.duet.signaling.Payload;
import dev.duet.signaling.Rejection;
import dev.duet.signaling.RoomName;
import dev.duet.signaling.Rooms;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of the Duet dialect: reads its messages, asks its room, writes what the room says.
 *
 * <p>Not thread-safe: owned by the channel's event loop. The room may live on another loop; a {@link DuetStay} is what they share.
 */
public final class DuetConnection extends Heartbeats.Pulse implements WebSocketHandler.Listener {
    private static final Logger log = LoggerFactory.getLogger(DuetConnection.class);

    private final DuetDialect dialect;
    private final DuetLoop here;
    final Channel channel;
    private final Source source;
    private final long number;
    private final WebSocketHandler frames;
    private final MessageRate rate;
    private final DuetLobby lobby;
    private final DuetWaiting waiting = new DuetWaiting(this::send);
    private final Backpressure pressure;
    private boolean counted = true;
    private boolean probed;

    /** The stay in a room, from the join on; messages of an earlier one are not passed on. */
    private @Nullable DuetStay stay;

    /** Takes over a channel whose source was admitted by {@link Sources#admitUnjoined}; greets the client. */
    public DuetConnection(DuetDialect dialect, Channel channel, Source source) {
        this.dialect = dialect;
        this.channel = channel;
        this.source = source;
        this.number = dialect.numberConnection();
        this.lobby = new DuetLobby(dialect, channel.eventLoop(), source.host(), this::send);
        this.here = dialect.on(channel.eventLoop());
        this.frames = new WebSocketHandler(this, here.scratch, dialect.limits.readBytesMax());
        this.pressure = new Backpressure(channel, dialect.limits, this::tooSlow);
        this.rate = new MessageRate(dialect.limits);
        here.heartbeats.add(this, System.nanoTime());
    }

    /** The handler that has to be last in the channel's pipeline. */
    public WebSocketHandler handler() {
        return frames;
    }

    /**
     * Says hello, or why not; to be called before anything is read.
     *
     * @param speaksDuet whether the client asked for the subprotocol
     */
    public void greet(boolean speaksDuet) {
        if (speaksDuet) {
            channel.writeAndFlush(Frames.text(channel.alloc(), dialect.hello), channel.voidPromise());
            here.greeted(this);
            return;
        }
        byte[] error = DuetWriter.error(DuetMessage.NO_REQUEST, DuetError.SUBPROTOCOL_MISSING);
        channel.write(Frames.text(channel.alloc(), error), channel.voidPromise());
        frames.close(channel, CloseCode.PROTOCOL_ERROR, "subprotocol missing");
    }

    // ---- from the client ----

    @Override
    public void text(byte[] utf8, int length) {
        DuetMessage message = here.reader.read(utf8, length);
        switch (rate.next(MessageRate.kindOf(message))) {
            case TAKE -> {
                // What a signal may have, its room knows: it refuses by number.
                if (length > dialect.limits.messageBytesMax() && !(message instanceof DuetMessage.Signal)) {
                    send(DuetWriter.error(message.request(), DuetError.MESSAGE_TOO_LARGE));
                } else {
                    take(message, utf8);
                }
            }
            case DROP_AND_SAY_SO -> send(DuetWriter.error(DuetMessage.NO_REQUEST, DuetError.RATE_LIMITED));
            case DROP -> {}
            case PUT_OUT -> {
                source.closed(log, "rate");
                frames.close(channel, CloseCode.POLICY, "too many messages");
            }
        }
    }

    private void take(DuetMessage message, byte[] utf8) {
        switch (message) {
            case DuetMessage.Signal signal -> signal(signal, utf8);
            case DuetMessage.Ack ack -> ack(ack);
            case DuetMessage.Join join -> join(join, utf8);
            case DuetMessage.Look look -> look(look);
            case DuetMessage.Park park -> waiting.park(stay, park, utf8);
            case DuetMessage.Offer offer -> waiting.offer(stay, offer, utf8);
            case DuetMessage.Answer answer -> lobby.answer(answer, utf8);
            case DuetMessage.Leave leave -> leave(leave);
            case DuetMessage.IceServers(long request) -> send(here.iceServers(request, stay, source));
            case DuetMessage.Ping(long request) -> send(DuetWriter.pong(request));
            case DuetMessage.Wrong(long request, DuetError why) -> send(DuetWriter.error(request, why));
        }
    }

    @Override
    public void binary(byte[] bytes, int length) {
        send(DuetWriter.error(DuetMessage.NO_REQUEST, DuetError.BAD_MESSAGE));
    }

    @Override
    public void tooLarge() {
        send(DuetWriter.error(DuetMessage.NO_REQUEST, DuetError.MESSAGE_TOO_LARGE));
    }

    private void signal(DuetMessage.Signal signal, byte[] message) {
        DuetStay current = stay;
        if (current == null || !current.hasSeat()) {
            send(DuetWriter.error(signal.request(), Rejection.NOT_IN_ROOM, OptionalLong.empty()));
            return;
        }
        if (current.numbers && (signal.seq() == 0 || signal.epoch() == 0)) {
            send(DuetWriter.error(signal.request(), DuetError.BAD_MESSAGE));
            return;
        }
        long seq = current.numbers ? signal.seq() : 0;
        SignalFrame frame = SignalFrame.of(channel.alloc(), current.me, seq, signal, message);
        current.shard.submit(
                new Input.Signal(current, signal.request(), signal.to(), signal.epoch(), seq, signal.kind(), frame));
    }

    private void ack(DuetMessage.Ack ack) {
        if (stay instanceof DuetStay current) {
            current.shard.submit(new Input.Acknowledge(current, ack.participant(), ack.epoch(), ack.seq()));
        }
    }

    /** Whether this client may go to a room's door now; if not it is told why. */
    private boolean mayCome(long request) {
        if (stay != null) {
            send(DuetWriter.error(request, Rejection.ALREADY_IN_ROOM, OptionalLong.empty()));
        } else {
            source.whyPublic().ifPresent(why -> {
                dialect.sources.refusals().add(why, source.label());
                send(DuetWriter.anonymousRefused(request, why));
            });
        }
        return stay == null && source.mayJoin();
    }

    private void look(DuetMessage.Look look) {
        if (mayCome(look.request())) {
            lobby.look(look);
        }
    }

    private void join(DuetMessage.Join join, byte[] message) {
        if (!mayCome(join.request())) {
            return;
        }
        RoomName room = join.room();
        RoomShard shard = dialect.shards.of(room);
        DuetStay next = new DuetStay(
                this, channel.eventLoop(), shard, room, join.streams().isPresent());
        stay = next;
        Optional<Payload> answer = join.answer().map(slice -> LobbyPayload.of(message, slice));
        shard.submit(here.join(
                join, next, number, lobby.lookInto(room).map(look -> new Input.Visit(look, join.offer(), answer))));
    }

    private void leave(DuetMessage.Leave leave) {
        DuetStay current = stay;
        if (current == null && lobby.stopLooking()) {
            send(DuetWriter.left(leave.request()));
            return;
        }
        if (current == null) {
            send(DuetWriter.error(leave.request(), Rejection.NOT_IN_ROOM, OptionalLong.empty()));
            return;
        }
        endStay();
        current.shard.submit(new Input.Leave(current, leave.request(), leave.returning()));
    }

    @Override
    public void heard() {
        heard(System.nanoTime());
        if (probed) {
            probed = false;
            if (stay instanceof DuetStay current) {
                current.shard.submit(new Input.Heard(current));
            }
        }
    }

    /** Firefox closes a page's WebSocket with "going away" before the page itself could say that it will return. */
    @Override
    public void closing(int code) {
        if (code == CloseCode.GOING_AWAY.code() && stay != null) {
            leave(new DuetMessage.Leave(DuetMessage.NO_REQUEST, true));
        }
    }

    @Override
    public void closed() {
        gone();
        lobby.stopLooking();
        disconnected();
        if (counted) {
            dialect.sources.forgetUnjoined(source.key());
        }
        pressure.wakeWaiting();
    }

    private void disconnected() {
        if (stay instanceof DuetStay current) {
            current.shard.submit(new Input.Disconnected(current));
            stay = null;
        }
    }

    // ---- from the room ----

    /** Takes what the room says to one of this connection's stays. */
    void perform(DuetStay from, Output output) {
        if (from != stay && !(output instanceof Output.Left)) {
            return;
        }
        switch (output) {
            case Output.Deliver deliver -> deliver(deliver);
            case Output.Joined joined -> joined(from, joined);
            case Output.RoomFull full -> {
                dialect.sources.full(source);
                failed(from, DuetWriter.full(full, dialect.roomLimits.capacity()), true);
            }
            case Output.Rejected rejected -> rejected(from, rejected);
            case Output.ParticipantJoined other -> {
                dialect.iceServers.meets(from.id());
                send(DuetWriter.participantJoined(other));
            }
            case Output.Parked parked -> send(DuetWriter.parked(parked));
            case Output.Looking looking -> send(here.looking(looking, from.id(), source));
            case Output.Answered answered -> send(DuetWriter.answered(answered));
            case Output.ParticipantAway away -> send(DuetWriter.participantAway(away));
            case Output.ParticipantBack back -> send(DuetWriter.participantBack(back));
            case Output.ParticipantLeft left -> left(from, left);
            case Output.Acknowledged acknowledged -> send(DuetWriter.acknowledged(acknowledged));
            case Output.SignalRejected rejected -> send(DuetWriter.error(rejected));
            case Output.Left left -> send(DuetWriter.left(left.request()));
            case Output.Ended ended -> ended(ended.why());
            case Output.Probe _ -> {
                probed = true;
                ping();
            }
            default -> throw new IllegalArgumentException("not for a session: " + output);
        }
    }

    private void joined(DuetStay from, Output.Joined joined) {
        from.me = joined.you().id().value().getBytes(StandardCharsets.US_ASCII);
        lobby.joined(joined.you().id());
        if (counted) {
            counted = false;
            dialect.sources.forgetUnjoined(source.key());
        }
        send(here.joined(joined, source));
    }

    private void left(DuetStay from, Output.ParticipantLeft left) {
        // Somebody whose seat is gone by its grace may still be in the call, by the relay.
        if (dialect.roomLimits.capacity() == 2 && left.why() != LeftReason.GRACE_ENDED) {
            dialect.iceServers.waits(from.id());
        }
        send(DuetWriter.participantLeft(left));
    }

    private void rejected(DuetStay from, Output.Rejected rejected) {
        if (from.hasSeat()) {
            send(DuetWriter.error(rejected.request(), rejected.why(), OptionalLong.empty()));
            return;
        }
        dialect.sources.rejected(source, rejected.why());
        boolean unavailable = rejected.why() == Rejection.UNAVAILABLE;
        OptionalLong retryAfter = unavailable ? OptionalLong.of(Rooms.RETRY_AFTER_NANOS) : OptionalLong.empty();
        failed(from, DuetWriter.error(rejected.request(), rejected.why(), retryAfter), !unavailable);
    }

    /** The join came to nothing; whoever fails often hears of it later. */
    private void failed(DuetStay from, byte[] answer, boolean counts) {
        long delayNanos = counts ? dialect.sources.failedJoinDelayNanos(source.key()) : 0;
        Runnable tell = () -> {
            if (stay == from) {
                stay = null;
                send(answer);
            }
        };
        if (delayNanos == 0) {
            tell.run();
        } else {
            channel.eventLoop().schedule(tell, delayNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void ended(Output.EndReason why) {
        endStay();
        send(DuetWriter.ended(why));
        if (why == Output.EndReason.SUPERSEDED) {
            frames.close(channel, CloseCode.SUPERSEDED, "superseded");
        }
    }

    private void endStay() {
        boolean hadSeat = stay != null && stay.hasSeat();
        stay = null;
        if (hadSeat && !counted) {
            counted = true;
            dialect.sources.countUnjoined(source.key());
        }
    }

    // ---- to the client ----

    private void deliver(Output.Deliver deliver) {
        ((Relayed) deliver.payload())
                .asFrame(channel.alloc(), deliver)
                .ifPresent(frame -> channel.writeAndFlush(frame, channel.voidPromise()));
        if (!channel.isWritable() && deliver.sender() instanceof RoomSession sender) {
            sender.pressure().ifPresent(pressure::slowDown);
        }
    }

    private void send(byte[] json) {
        channel.writeAndFlush(Frames.text(channel.alloc(), json), channel.voidPromise());
        pressure.closeIfOverflowing();
    }

    /** Pings, to see whether somebody is there. */
    void ping() {
        channel.writeAndFlush(Frames.ping(channel.alloc()), channel.voidPromise());
    }

    /** Nothing was heard for the whole time: the connection is given up, the seat is kept for its grace. */
    void dead() {
        source.closed(log, "silent");
        channel.writeAndFlush(Frames.close(channel.alloc(), CloseCode.SILENT, "silent"), channel.voidPromise());
        channel.close();
    }

    /** The server stops. Everything before this was said; what comes now is for the seat. */
    void move(long retryAfterMs) {
        disconnected();
        if (!frames.isClosing()) {
            channel.write(Frames.text(channel.alloc(), DuetWriter.moving(retryAfterMs)), channel.voidPromise());
            frames.close(channel, CloseCode.SERVICE_RESTART, "the server stops");
        }
    }

    // ---- when the client does not read ----

    Backpressure pressure() {
        return pressure;
    }

    private void tooSlow() {
        source.closed(log, "too-slow");
        channel.write(Frames.close(channel.alloc(), CloseCode.TOO_SLOW, "too slow"), channel.voidPromise());
        channel.close();
    }

    @Override
    public void writable(boolean writable) {
        pressure.writable(writable);
    }
}
