package dev.duet.server.dialect;

import dev.duet.signaling.Output;
import dev.duet.signaling.SignalKind;
import dev.duet.socketio.Args;
import dev.duet.socketio.Emission;
import dev.duet.socketio.Event;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Map;
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
 * anything else                                                             data
 * </pre>
 */
final class CourseMessage implements Relayed {
    private static final JsonFactory JSON = new JsonFactory();

    private final Emission emission;
    private final Args args;
    private final SignalKind kind;

    private CourseMessage(Emission emission, Args args, SignalKind kind) {
        this.emission = emission;
        this.args = args;
        this.kind = kind;
    }

    static CourseMessage of(Event event) {
        Args args = event.args();
        return new CourseMessage(event.asEmission(), args, kind(args.json(1)));
    }

    SignalKind kind() {
        return kind;
    }

    /** The event for another client of this dialect. */
    Emission emission() {
        return emission;
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

    /** The Duet dialect has no bytes, so a message with attachments has no frame. */
    @Override
    public Optional<ByteBuf> asFrame(ByteBufAllocator allocator, Output.Deliver deliver) {
        if (!args.attachments().isEmpty()) {
            return Optional.empty();
        }
        Optional<byte[]> payload = kind == SignalKind.CANDIDATE ? candidate() : Optional.of(args.json(1));
        byte[] sender = deliver.from().value().getBytes(StandardCharsets.US_ASCII);
        return payload.map(json -> SignalFrame.start(allocator, sender, deliver.seq(), kind, json.length)
                .writeBytes(json)
                .writeByte('}'));
    }

    /** W3C's form of the candidate: {@code RTCIceCandidateInit}. */
    private Optional<byte[]> candidate() {
        if (!(args.value(1) instanceof Map<?, ?> data) || !(data.get("candidate") instanceof String line)) {
            return Optional.empty();
        }
        return Optional.of(CandidateForms.w3c(line, data.get("id"), data.get("label")));
    }

    /** What a client of this dialect gets of a Duet client's signal; nothing for the end of candidates, which it does not know. */
    static Optional<Emission> emissionOf(SignalFrame frame, SignalKind kind, byte[] room) {
        byte[] json = frame.json();
        return switch (kind) {
            case DESCRIPTION, DATA -> Optional.of(Emission.ofJson("message", room, json));
            case CANDIDATE -> CandidateForms.course(json).map(data -> Emission.ofJson("message", room, data));
        };
    }
}
