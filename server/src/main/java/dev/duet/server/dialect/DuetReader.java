package dev.duet.server.dialect;

import dev.duet.server.dialect.DuetMessage.Slice;
import dev.duet.signaling.DisplayName;
import dev.duet.signaling.ParticipantId;
import dev.duet.signaling.RoomName;
import dev.duet.signaling.SignalKind;
import dev.duet.signaling.StreamPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads one message: checks once that it is JSON and what its top-level fields are, and leaves the payload where it stands, unread beyond
 * its syntax. Fields it does not know are skipped; a field given twice is an error, since two readers might choose differently.
 *
 * <p>Not thread-safe: owned by one event loop. After {@link #read} the fields hold that message's until the next.
 */
final class DuetReader {
    static final int INSTANCE_MAX = 64;
    private static final int TOKEN_MAX = 512;
    private static final int ID_MAX = 128;
    private static final long INTEGER_MAX = (1L << 53) - 1;
    private static final int STREAMS_MAX = 8;
    private static final int CANDIDATES_MAX = 512;
    private static final int CANDIDATE_BYTES_MAX = 1_024;

    private static final Slice NOTHING = new Slice(0, 0);

    private enum Field {
        TYPE,
        ID,
        ROOM,
        NAME,
        INSTANCE,
        RESUME,
        TOKEN,
        TO,
        RETURNING,
        PARTICIPANT,
        EPOCH,
        SEQ,
        STREAMS,
        OFFER,
        KEY,
        PRECONNECT,
        DIRECT,
        ANSWER,
        CANDIDATES,
        DESCRIPTION,
        CANDIDATE,
        DATA
    }

    private final JsonFactory json = new JsonFactory();

    private int seen;
    private boolean right;
    private long request;
    private @Nullable String type;
    private @Nullable String room;
    private String name = "";
    private String instance = "";
    private String key = "";
    private @Nullable String resume;
    private @Nullable String to;
    private boolean returning;
    private @Nullable String participant;
    private int epoch;
    private long seq;
    private long offer;
    private @Nullable List<StreamPosition> streams;
    private boolean preconnect;
    private boolean direct;
    private @Nullable Slice answer;
    private @Nullable Slice candidates;
    private @Nullable SignalKind kind;
    private Slice payload = NOTHING;

    /** The message in the first {@code length} bytes; never throws for what it finds there. */
    DuetMessage read(byte[] utf8, int length) {
        clear();
        if (length < 2 || utf8[0] <= 0 || utf8[1] == 0) {
            // A byte order mark or a zero would make the parser guess at another encoding; no JSON object in UTF-8
            // begins so.
            return new DuetMessage.Wrong(request, DuetError.BAD_JSON);
        }
        try (JsonParser parser = json.createParser(ObjectReadContext.empty(), utf8, 0, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return new DuetMessage.Wrong(request, DuetError.BAD_JSON);
            }
            fields(parser);
            if (parser.nextToken() != null) {
                return new DuetMessage.Wrong(request, DuetError.BAD_JSON);
            }
            return right ? message() : new DuetMessage.Wrong(request, DuetError.BAD_MESSAGE);
        } catch (JacksonException | IllegalStateException e) {
            return new DuetMessage.Wrong(request, DuetError.BAD_JSON);
        }
    }

    private void clear() {
        seen = 0;
        right = true;
        request = DuetMessage.NO_REQUEST;
        type = null;
        room = null;
        name = "";
        instance = "";
        key = "";
        resume = null;
        to = null;
        returning = false;
        participant = null;
        epoch = 0;
        seq = 0;
        offer = 0;
        streams = null;
        preconnect = false;
        direct = false;
        answer = null;
        candidates = null;
        kind = null;
        payload = NOTHING;
    }

    /** Reads all fields to the end of the object, so that a wrong one does not hide the request's id. */
    private void fields(JsonParser parser) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            Field field = fieldOf(parser.currentName());
            parser.nextToken();
            if (field == null) {
                parser.skipChildren();
                continue;
            }
            right &= !has(field);
            seen |= 1 << field.ordinal();
            value(field, parser);
            parser.skipChildren();
        }
    }

    private boolean has(Field field) {
        return (seen & (1 << field.ordinal())) != 0;
    }

    private static @Nullable Field fieldOf(String name) {
        return switch (name) {
            case "type" -> Field.TYPE;
            case "id" -> Field.ID;
            case "room" -> Field.ROOM;
            case "name" -> Field.NAME;
            case "instance" -> Field.INSTANCE;
            case "resume" -> Field.RESUME;
            case "token" -> Field.TOKEN;
            case "to" -> Field.TO;
            case "returning" -> Field.RETURNING;
            case "participant" -> Field.PARTICIPANT;
            case "epoch" -> Field.EPOCH;
            case "seq" -> Field.SEQ;
            case "streams" -> Field.STREAMS;
            case "offer" -> Field.OFFER;
            case "key" -> Field.KEY;
            case "preconnect" -> Field.PRECONNECT;
            case "direct" -> Field.DIRECT;
            case "answer" -> Field.ANSWER;
            case "candidates" -> Field.CANDIDATES;
            case "description" -> Field.DESCRIPTION;
            case "candidate" -> Field.CANDIDATE;
            case "data" -> Field.DATA;
            default -> null;
        };
    }

    private void value(Field field, JsonParser parser) {
        switch (field) {
            case TYPE -> type = string(parser, ID_MAX);
            case ID -> request = integer(parser, 0, INTEGER_MAX, DuetMessage.NO_REQUEST);
            case ROOM -> room = string(parser, 4 * RoomName.MAX_CODE_POINTS);
            case NAME -> name = string(parser, 4 * DisplayName.MAX_CODE_POINTS);
            case INSTANCE -> instance = string(parser, INSTANCE_MAX);
            case RESUME -> resume = string(parser, TOKEN_MAX);
            case TOKEN -> parser.skipChildren();
            case TO -> to = string(parser, ID_MAX);
            case RETURNING -> returning = bool(parser);
            case PARTICIPANT -> participant = string(parser, ID_MAX);
            case EPOCH -> epoch = (int) integer(parser, 1, Integer.MAX_VALUE, 0);
            case SEQ -> seq = integer(parser, 1, INTEGER_MAX, 0);
            case STREAMS -> streams = streams(parser);
            case KEY -> key = string(parser, INSTANCE_MAX);
            case OFFER -> offer = integer(parser, 0, INTEGER_MAX, 0);
            case PRECONNECT -> preconnect = bool(parser);
            case DIRECT -> direct = bool(parser);
            case ANSWER -> answer = object(parser);
            case CANDIDATES -> candidates = candidates(parser);
            case DESCRIPTION -> payload(parser, SignalKind.DESCRIPTION);
            case CANDIDATE -> payload(parser, SignalKind.CANDIDATE);
            case DATA -> payload(parser, SignalKind.DATA);
        }
    }

    private void payload(JsonParser parser, SignalKind which) {
        boolean object = parser.currentToken() == JsonToken.START_OBJECT;
        boolean allowed = switch (which) {
            case DESCRIPTION -> object;
            case CANDIDATE -> object || parser.currentToken() == JsonToken.VALUE_NULL;
            case DATA -> true;
        };
        payload = slice(parser);
        right &= allowed && kind == null;
        kind = which;
    }

    /** Where the value stands, which is read past. */
    private static Slice slice(JsonParser parser) {
        int start = (int) parser.currentTokenLocation().getByteOffset();
        if (parser.currentToken().isStructStart()) {
            parser.skipChildren();
        } else {
            parser.finishToken();
        }
        return new Slice(start, (int) parser.currentLocation().getByteOffset());
    }

    private Slice object(JsonParser parser) {
        right &= parser.currentToken() == JsonToken.START_OBJECT;
        return slice(parser);
    }

    /** A list of candidates, none of them too large. */
    private Slice candidates(JsonParser parser) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            right = false;
            return slice(parser);
        }
        int start = (int) parser.currentTokenLocation().getByteOffset();
        for (int count = 1; parser.nextToken() != JsonToken.END_ARRAY; count++) {
            Slice one = object(parser);
            right &= count <= CANDIDATES_MAX && one.end() - one.start() <= CANDIDATE_BYTES_MAX;
        }
        return new Slice(start, (int) parser.currentLocation().getByteOffset());
    }

    private String string(JsonParser parser, int charsMax) {
        if (parser.currentToken() == JsonToken.VALUE_STRING && parser.getStringLength() <= charsMax) {
            return parser.getString();
        }
        right = false;
        return "";
    }

    private long integer(JsonParser parser, long min, long max, long otherwise) {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.getStringLength() <= 16) {
            long value = parser.getLongValue();
            if (value >= min && value <= max) {
                return value;
            }
        }
        right = false;
        return otherwise;
    }

    /** The list; nothing right can come of a message in which it is wrong. */
    private List<StreamPosition> streams(JsonParser parser) {
        List<StreamPosition> positions = new ArrayList<>();
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            right = false;
            return positions;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            boolean object = parser.currentToken() == JsonToken.START_OBJECT;
            right &= object && positions.size() < STREAMS_MAX;
            if (right) {
                positions.add(position(parser));
            } else {
                parser.skipChildren();
            }
        }
        return positions;
    }

    private StreamPosition position(JsonParser parser) {
        String from = "";
        int fromEpoch = 0;
        long received = -1;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "participant" -> from = string(parser, ID_MAX);
                case "epoch" -> fromEpoch = (int) integer(parser, 1, Integer.MAX_VALUE, 0);
                case "received" -> received = integer(parser, 0, INTEGER_MAX, -1);
                default -> {}
            }
            parser.skipChildren();
        }
        right &= !from.isEmpty() && fromEpoch > 0 && received >= 0;
        return new StreamPosition(new ParticipantId(from), fromEpoch, received);
    }

    private boolean bool(JsonParser parser) {
        right &= parser.currentToken() == JsonToken.VALUE_TRUE || parser.currentToken() == JsonToken.VALUE_FALSE;
        return parser.currentToken() == JsonToken.VALUE_TRUE;
    }

    private DuetMessage message() {
        if (type == null) {
            return wrong(DuetError.BAD_MESSAGE);
        }
        return switch (type) {
            case "signal" -> signal();
            case "join" -> join();
            case "leave" -> new DuetMessage.Leave(request, returning);
            case "ping" -> new DuetMessage.Ping(request);
            case "ack" -> ack();
            case "ice-servers" -> new DuetMessage.IceServers(request);
            case "look" -> look();
            case "park" -> park();
            case "offer" -> describing(new DuetMessage.Offer(request, offer, payload, direct));
            case "answer" -> describing(new DuetMessage.Answer(request, offer, payload, direct));
            default -> wrong(DuetError.UNKNOWN_TYPE);
        };
    }

    private DuetMessage park() {
        if (kind != SignalKind.DESCRIPTION || DisplayName.of(instance).isEmpty()) {
            return wrong(DuetError.BAD_MESSAGE);
        }
        Optional<String> named = has(Field.INSTANCE) ? Optional.of(instance) : Optional.empty();
        return new DuetMessage.Park(request, named, payload, Optional.ofNullable(candidates));
    }

    private DuetMessage describing(DuetMessage made) {
        return offer > 0 && kind == SignalKind.DESCRIPTION ? made : wrong(DuetError.BAD_MESSAGE);
    }

    private DuetMessage signal() {
        if (to == null || kind == null) {
            return wrong(DuetError.BAD_MESSAGE);
        }
        return new DuetMessage.Signal(request, new ParticipantId(to), epoch, seq, kind, payload.start(), payload.end());
    }

    private DuetMessage ack() {
        if (participant == null || epoch == 0 || seq == 0) {
            return wrong(DuetError.BAD_MESSAGE);
        }
        return new DuetMessage.Ack(request, new ParticipantId(participant), epoch, seq);
    }

    private DuetMessage join() {
        Optional<RoomName> named = Optional.ofNullable(room).flatMap(RoomName::of);
        Optional<DisplayName> shown = DisplayName.of(name);
        return doorError(named, shown)
                .<DuetMessage>map(this::wrong)
                .orElseGet(() -> new DuetMessage.Join(
                        request,
                        named.orElseThrow(),
                        shown.orElseThrow(),
                        instance,
                        Optional.ofNullable(resume),
                        Optional.ofNullable(streams).map(List::copyOf),
                        key,
                        offer,
                        Optional.ofNullable(answer),
                        offer == 0 && has(Field.OFFER)));
    }

    private DuetMessage look() {
        Optional<RoomName> named = Optional.ofNullable(room).flatMap(RoomName::of);
        Optional<DisplayName> shown = DisplayName.of(name);
        return doorError(named, shown)
                .<DuetMessage>map(this::wrong)
                .orElseGet(() -> new DuetMessage.Look(request, named.orElseThrow(), shown.orElseThrow(), preconnect));
    }

    /** What keeps somebody from a room, as far as a message alone can tell. */
    private Optional<DuetError> doorError(Optional<RoomName> named, Optional<DisplayName> shown) {
        if (room == null) {
            return Optional.of(DuetError.BAD_MESSAGE);
        } else if (has(Field.TOKEN)) {
            return Optional.of(DuetError.UNSUPPORTED);
        } else if (named.isEmpty()) {
            return Optional.of(DuetError.ROOM_NAME_INVALID);
        } else if (shown.isEmpty() || DisplayName.of(instance).isEmpty()) {
            return Optional.of(DuetError.NAME_INVALID);
        }
        return Optional.empty();
    }

    private DuetMessage.Wrong wrong(DuetError why) {
        return new DuetMessage.Wrong(request, why);
    }
}
