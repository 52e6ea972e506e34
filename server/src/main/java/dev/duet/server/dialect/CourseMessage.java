package dev.duet.server.dialect;

import dev.duet.signaling.Output;
import dev.duet.signaling.SignalKind;
import dev.duet.socketio.Args;
import dev.duet.socketio.Emission;
import dev.duet.socketio.Event;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The course dialect's {@code message(room, data)} on its way through a room: the event as it came, and what kind of signal its data is.
 *
 * <pre>
 * {"type":"offer"|"answer"|"pranswer"|"rollback","sdp":...}                  a description, as W3C writes it too
 * {"type":"candidate","label":sdpMLineIndex,"id":sdpMid,"candidate":...}     a candidate
 * either of them, wrapped in whatever way ({@link CourseShape})             the same
 * anything else                                                             data
 * </pre>
 */
final class CourseMessage implements Relayed {
    private static final JsonFactory JSON = new JsonFactory();

    private final Emission emission;
    private final Args args;
    private final SignalKind kind;
    /** The signal, where it took a look for one to know the kind. */
    private final Optional<CourseShape.Found> wrapped;

    private final Runnable notUnderstood;

    private CourseMessage(Event event, SignalKind named, Optional<CourseShape.Found> wrapped, Runnable notUnderstood) {
        this.emission = event.asEmission();
        this.args = event.args();
        this.kind = wrapped.map(CourseShape.Found::kind).orElse(named);
        this.wrapped = wrapped;
        this.notUnderstood = notUnderstood;
    }

    /** @param notUnderstood called, by whatever thread, when a client of another dialect cannot be told this or will make nothing of it */
    static CourseMessage of(Event event, Runnable notUnderstood) {
        byte[] data = event.args().json(1);
        SignalKind named = kind(data);
        // Most of what else there is are words of a chat.
        boolean mayWrap = named == SignalKind.DATA && data.length > 1 && (data[0] == '{' || data[1] == '{');
        return new CourseMessage(
                event, named, mayWrap ? CourseShape.find(event.args().value(1)) : Optional.empty(), notUnderstood);
    }

    SignalKind kind() {
        return kind;
    }

    /** The event for another client of this dialect. */
    Emission emission() {
        return emission;
    }

    @Override
    public byte[] json() {
        return args.json(1);
    }

    /** A candidate is measured without the event around it, as it is where it is written otherwise. */
    @Override
    public int sizeBytes() {
        return kind == SignalKind.CANDIDATE ? args.json(1).length : emission.sizeBytes();
    }

    private static SignalKind kind(byte[] data) {
        return switch (typeOf(data)) {
            case "offer", "answer", "pranswer", "rollback" -> SignalKind.DESCRIPTION;
            case "candidate" -> SignalKind.CANDIDATE;
            default -> SignalKind.DATA;
        };
    }

    /** The field {@code type} if the data is an object that has one; it mostly stands first. */
    private static String typeOf(byte[] data) {
        if (data.length < 2 || data[0] != '{') {
            return "";
        }
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), data)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean type = parser.currentName().equals("type");
                JsonToken value = parser.nextToken();
                if (type) {
                    return value == JsonToken.VALUE_STRING ? parser.getString() : "";
                }
                parser.skipChildren();
            }
            return "";
        } catch (JacksonException e) {
            throw new IllegalStateException("JSON that was checked before cannot be read", e);
        }
    }

    /** The signal in the data, and how it is wrapped. */
    Optional<CourseShape.Found> signal() {
        return wrapped.isPresent() || kind == SignalKind.DATA ? wrapped : CourseShape.find(args.value(1));
    }

    /** The Duet dialect has no bytes, so a message with attachments has no frame. */
    @Override
    public Optional<ByteBuf> asFrame(ByteBufAllocator allocator, Output.Deliver deliver) {
        Optional<byte[]> payload = payload();
        byte[] sender = deliver.from().value().getBytes(StandardCharsets.US_ASCII);
        return payload.map(json -> SignalFrame.start(allocator, sender, deliver.seq(), kind, json.length)
                .writeBytes(json)
                .writeByte('}'));
    }

    /** What a Duet client gets of it: W3C's form of a signal, everything else as it is. */
    private Optional<byte[]> payload() {
        if (!args.attachments().isEmpty()) {
            notUnderstood.run();
            return Optional.empty();
        }
        if (kind != SignalKind.DATA) {
            Optional<CourseShape.Found> found = signal();
            if (found.isEmpty()) {
                notUnderstood.run();
            }
            return found.flatMap(CourseShape.Found::json);
        }
        byte[] data = args.json(1);
        if (CourseShape.seemsSignal(args.value(1))) {
            notUnderstood.run();
        }
        return Optional.of(data);
    }
}
