package dev.duet.server.dialect;

import dev.duet.server.ConnectionLimits;
import dev.duet.server.access.WhyPublic;
import dev.duet.server.relay.IceServer;
import dev.duet.signaling.DisplayName;
import dev.duet.signaling.Limits;
import dev.duet.signaling.OfferClaim;
import dev.duet.signaling.Other;
import dev.duet.signaling.Output;
import dev.duet.signaling.Participant;
import dev.duet.signaling.Payload;
import dev.duet.signaling.Rejection;
import dev.duet.signaling.RoomName;
import dev.duet.signaling.StandingOffer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes what the server says, everything but {@code signal} (that is {@link SignalFrame}). Stateless. */
final class DuetWriter {
    private static final JsonFactory JSON = new JsonFactory();
    private static final long NANOS_PER_MS = 1_000_000;

    private DuetWriter() {}

    static byte[] hello(DuetDialect.Identity identity, ConnectionLimits connection, Limits room) {
        return message("hello", DuetMessage.NO_REQUEST, json -> {
            json.writeStringProperty("protocol", "duet.v1");
            json.writeStringProperty("server", identity.version());
            json.writeObjectPropertyStart("limits");
            json.writeNumberProperty("messageBytes", connection.messageBytesMax());
            json.writeNumberProperty("messagesPerSecond", connection.messagesPerSecond());
            json.writeNumberProperty("messageBurst", connection.messageBurst());
            json.writeNumberProperty("roomNameCodePoints", RoomName.MAX_CODE_POINTS);
            json.writeNumberProperty("displayNameCodePoints", DisplayName.MAX_CODE_POINTS);
            json.writeNumberProperty("candidateBytes", room.candidateBytesMax());
            json.writeNumberProperty("candidatesPerDescription", room.candidatesMax());
            json.writeNumberProperty("descriptionBytes", room.descriptionBytesMax());
            json.writeNumberProperty("windowMessages", room.windowMessages());
            json.writeNumberProperty("windowBytes", room.windowBytes());
            json.writeEndObject();
            json.writeObjectPropertyStart("heartbeat");
            json.writeNumberProperty("pingMs", connection.ping().toMillis());
            json.writeNumberProperty("deadMs", connection.dead().toMillis());
            json.writeEndObject();
            json.writeNumberProperty("seatGraceMs", room.seatGraceNanos() / NANOS_PER_MS);
            json.writeArrayPropertyStart("features");
            json.writeString("streams");
            json.writeString("look");
            json.writeString("preconnect");
            json.writeString("ahead");
            if (!identity.iceServers().life().isZero()) {
                json.writeString("relay");
            }
            json.writeEndArray();
        });
    }

    static byte[] joined(Output.Joined joined, String token, Limits limits, IceAnswer ice) {
        return message("joined", joined.request(), json -> {
            json.writeStringProperty("room", joined.room().value());
            json.writeName("you");
            participant(json, joined.you());
            json.writeObjectPropertyStart("seat");
            json.writeStringProperty("token", token);
            json.writeNumberProperty("graceMs", limits.seatGraceNanos() / NANOS_PER_MS);
            json.writeEndObject();
            json.writeNumberProperty("capacity", limits.capacity());
            json.writeBooleanProperty("recovered", joined.recovered());
            json.writeArrayPropertyStart("participants");
            joined.others().forEach(other -> other(json, other));
            json.writeEndArray();
            iceServers(json, ice);
            joined.claim().ifPresent(claim -> claimed(json, claim));
            if (joined.othersMayReturnNanos() > 0) {
                json.writeNumberProperty("othersMayReturnMs", joined.othersMayReturnNanos() / NANOS_PER_MS);
            }
        });
    }

    /** What whoever comes begins with: who has answered the standing offer in the join has its description. */
    private static void claimed(JsonGenerator json, OfferClaim claim) {
        offer(json, claim.number());
        claim.standing().ifPresent(standing -> {
            if (claim.answer().isEmpty()) {
                shown(json, standing);
            }
            raw(json, "candidates", standing.candidates());
        });
    }

    static byte[] iceServers(long request, IceAnswer ice) {
        return message("ice-servers", request, json -> iceServers(json, ice));
    }

    /**
     * ICE servers as a client is told.
     *
     * @param life for how long they can be used to begin a call
     */
    record IceAnswer(List<IceServer> servers, Duration life) {}

    /** The list alone, as {@code RTCConfiguration} has it. */
    static byte[] iceServers(List<IceServer> servers) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            iceServers(json, servers);
        }
        return bytes.toByteArray();
    }

    private static void iceServers(JsonGenerator json, List<IceServer> servers) {
        json.writeStartArray();
        for (IceServer server : servers) {
            json.writeStartObject();
            json.writeArrayPropertyStart("urls");
            server.urls().forEach(json::writeString);
            json.writeEndArray();
            server.login().ifPresent(login -> {
                json.writeStringProperty("username", login.username());
                json.writeStringProperty("credential", login.credential());
            });
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void iceServers(JsonGenerator json, IceAnswer ice) {
        json.writeName("iceServers");
        iceServers(json, ice.servers());
        if (!ice.life().isZero()) {
            json.writeNumberProperty("iceServersLifeMs", ice.life().toMillis());
        }
    }

    static byte[] full(Output.RoomFull full, int capacity) {
        return message("full", full.request(), json -> {
            json.writeStringProperty("room", full.room().value());
            json.writeNumberProperty("capacity", capacity);
            retryAfter(json, full.retryAfterNanos());
        });
    }

    static byte[] participantJoined(Output.ParticipantJoined joined) {
        return message("participant-joined", DuetMessage.NO_REQUEST, json -> {
            json.writeName("participant");
            participant(json, joined.participant());
            joined.claim().ifPresent(claim -> {
                offer(json, claim.number());
                claim.answer().ifPresent(answer -> raw(json, "answer", answer));
            });
        });
    }

    static byte[] looked(Output.Looked looked, Limits limits, IceAnswer ice) {
        return message("looked", looked.request(), json -> {
            json.writeStringProperty("room", looked.room().value());
            json.writeNumberProperty("capacity", limits.capacity());
            json.writeNumberProperty("leaseMs", looked.leaseNanos() / NANOS_PER_MS);
            json.writeArrayPropertyStart("participants");
            looked.participants().forEach(participant -> seen(json, participant));
            json.writeEndArray();
            iceServers(json, ice);
            looked.offer().ifPresent(standing -> {
                offer(json, standing.number());
                shown(json, standing);
            });
        });
    }

    /** Whose offer it is, and what it says. */
    private static void shown(JsonGenerator json, StandingOffer offer) {
        json.writeStringProperty("from", offer.from().value());
        raw(json, "description", offer.description());
    }

    private static void raw(JsonGenerator json, String name, Payload payload) {
        json.writeName(name);
        json.writeRawValue(new String(((LobbyPayload) payload).json(), StandardCharsets.UTF_8));
    }

    /** @param ice for the connection that may be offered */
    static byte[] looking(Output.Looking looking, Optional<IceAnswer> ice) {
        return message("looking", DuetMessage.NO_REQUEST, json -> {
            json.writeNumberProperty("visitors", looking.visitors());
            offer(json, looking.offer());
            ice.ifPresent(servers -> iceServers(json, servers));
        });
    }

    static byte[] offered(Output.Offered offered) {
        return message("offered", DuetMessage.NO_REQUEST, json -> {
            offer(json, offered.offer());
            json.writeStringProperty("from", offered.from().value());
            raw(json, "description", offered.description());
        });
    }

    static byte[] answered(Output.Answered answered) {
        return message("answered", DuetMessage.NO_REQUEST, json -> {
            offer(json, answered.offer());
            raw(json, "description", answered.description());
        });
    }

    static byte[] lookEnded() {
        return message("look-ended", DuetMessage.NO_REQUEST, _ -> {});
    }

    static byte[] parked(Output.Parked parked) {
        return message("parked", parked.request(), json -> {
            offer(json, parked.number());
            json.writeNumberProperty("lifeMs", parked.lifeNanos() / NANOS_PER_MS);
        });
    }

    private static void offer(JsonGenerator json, long number) {
        if (number > 0) {
            json.writeNumberProperty("offer", number);
        }
    }

    static byte[] participantBack(Output.ParticipantBack back) {
        return message("participant-back", DuetMessage.NO_REQUEST, json -> {
            json.writeName("participant");
            other(json, back.other());
            json.writeBooleanProperty("recovered", back.recovered());
        });
    }

    static byte[] participantAway(Output.ParticipantAway away) {
        return message("participant-away", DuetMessage.NO_REQUEST, json -> {
            json.writeStringProperty("participant", away.participant().value());
            json.writeStringProperty("reason", away.why().id());
            json.writeNumberProperty("graceMs", away.graceNanos() / NANOS_PER_MS);
        });
    }

    static byte[] participantLeft(Output.ParticipantLeft left) {
        return message("participant-left", DuetMessage.NO_REQUEST, json -> {
            json.writeStringProperty("participant", left.participant().value());
            json.writeStringProperty("reason", left.why().id());
        });
    }

    static byte[] acknowledged(Output.Acknowledged acknowledged) {
        return message("ack", DuetMessage.NO_REQUEST, json -> {
            json.writeStringProperty("participant", acknowledged.participant().value());
            json.writeNumberProperty("seq", acknowledged.seq());
        });
    }

    static byte[] left(long request) {
        return message("left", request, _ -> {});
    }

    static byte[] pong(long request) {
        return message("pong", request, _ -> {});
    }

    static byte[] moving(long retryAfterMs) {
        return message(
                "moving", DuetMessage.NO_REQUEST, json -> json.writeNumberProperty("retryAfterMs", retryAfterMs));
    }

    static byte[] ended(Output.EndReason why) {
        return message(
                "ended",
                DuetMessage.NO_REQUEST,
                json -> json.writeStringProperty(
                        "reason",
                        switch (why) {
                            case SUPERSEDED -> "superseded";
                            case REMOVED -> "removed";
                        }));
    }

    static byte[] error(long request, DuetError why) {
        return error(request, List.of(why.id(), why.message(), why.fix()), OptionalLong.empty());
    }

    /** Somebody who counts as public may not join; the text names what the operator of this very server can do. */
    static byte[] anonymousRefused(long request, WhyPublic why) {
        DuetError error = DuetError.ANONYMOUS_REFUSED;
        return error(
                request, List.of(error.id(), error.message() + "; " + why.cause(), why.fix()), OptionalLong.empty());
    }

    static byte[] error(long request, Rejection why, OptionalLong retryAfterNanos) {
        return error(request, List.of(why.id(), why.message(), why.fix()), retryAfterNanos);
    }

    static byte[] error(Output.SignalRejected rejected) {
        Rejection why = rejected.why();
        return message("error", rejected.request(), json -> {
            explain(json, List.of(why.id(), why.message(), why.fix()));
            json.writeStringProperty("participant", rejected.to().value());
            json.writeNumberProperty("expected", rejected.expected());
            if (rejected.refused()) {
                json.writeNumberProperty("refused", rejected.expected());
            }
        });
    }

    private static byte[] error(long request, List<String> codeMessageFix, OptionalLong retryAfterNanos) {
        return message("error", request, json -> {
            explain(json, codeMessageFix);
            retryAfter(json, retryAfterNanos);
        });
    }

    private static void explain(JsonGenerator json, List<String> codeMessageFix) {
        json.writeStringProperty("code", codeMessageFix.get(0));
        json.writeStringProperty("message", codeMessageFix.get(1));
        json.writeStringProperty("fix", codeMessageFix.get(2));
    }

    private static void retryAfter(JsonGenerator json, OptionalLong nanos) {
        if (nanos.isPresent()) {
            json.writeNumberProperty("retryAfterMs", (nanos.getAsLong() + NANOS_PER_MS - 1) / NANOS_PER_MS);
        }
    }

    private static void other(JsonGenerator json, Other other) {
        json.writeStartObject();
        fields(json, other.participant());
        json.writeNumberProperty("accepted", other.accepted());
        json.writeEndObject();
    }

    private static void participant(JsonGenerator json, Participant participant) {
        json.writeStartObject();
        fields(json, participant);
        json.writeEndObject();
    }

    /** As a preview sees it, without who it is. */
    private static void seen(JsonGenerator json, Participant participant) {
        json.writeStartObject();
        seat(json, participant);
        state(json, participant);
        json.writeEndObject();
    }

    private static void fields(JsonGenerator json, Participant participant) {
        seat(json, participant);
        json.writeStringProperty("name", participant.person().name().value());
        json.writeStringProperty("instance", participant.person().instance());
        state(json, participant);
    }

    private static void seat(JsonGenerator json, Participant participant) {
        json.writeStringProperty("id", participant.id().value());
        json.writeNumberProperty("order", participant.order());
        json.writeNumberProperty("epoch", participant.epoch());
    }

    private static void state(JsonGenerator json, Participant participant) {
        json.writeStringProperty("state", participant.away() ? "away" : "present");
    }

    private static byte[] message(String type, long request, Consumer<JsonGenerator> fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeStringProperty("type", type);
            if (request != DuetMessage.NO_REQUEST) {
                json.writeNumberProperty("id", request);
            }
            fields.accept(json);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }
}
