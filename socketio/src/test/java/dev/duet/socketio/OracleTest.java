package dev.duet.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.engineio.EngineCodec;
import dev.duet.engineio.EngineVersion;
import dev.duet.engineio.Packet;
import dev.duet.engineio.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Some thousand damaged packets: we make of them what the original parsers make of them, but for what is listed here. */
final class OracleTest {
    private static final String REFUSED = "refused";
    private static final int ATTACHMENTS_MAX = 10;

    /** Where we refuse on purpose what the original parser takes: the reason, and which inputs it is good for. */
    private static final Map<String, Pattern> STRICTER = Map.of(
            "only servers send a CONNECT_ERROR",
            pattern("sio 4.*"),
            "an acknowledgement without an id acknowledges nothing",
            pattern("sio (3|6\\d+-)(/[^,]*,?)?(\\[.*)?"),
            "an event or an acknowledgement without arguments is none",
            pattern("sio [2356](\\d+-)?(/[^,]*,?)?\\d*"),
            "nothing is no digit, and neither is white space",
            pattern("sio |sio ([2356](\\d+-)?|[01])?(/[^,]*,)?\\d*\\s.*"),
            "control characters are no part of a name",
            pattern("sio \\d(\\d+-)?/[^,]*[\\x00-\\x1f].*"),
            "what is not base64 is not guessed at",
            pattern("eio4 (.*\\x1e)?b.*|eio3 .*\\d:b.*"),
            "a packet has a type",
            pattern("eio3 (.*[^1-9])?0+:.*"));

    /** Where we take what the newest parser refuses. */
    private static final Map<String, Pattern> LAXER =
            Map.of("clients whose bytes vanish in a toJSON announce no attachments", pattern("sio [56]0+-.*"));

    private static Pattern pattern(String regex) {
        return Pattern.compile(regex, Pattern.DOTALL);
    }

    private record Line(String parser, String input, String decoded) {}

    private static List<Line> lines() throws IOException {
        try (InputStream table = Objects.requireNonNull(OracleTest.class.getResourceAsStream("oracle.txt"))) {
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\t", 3))
                    .map(parts -> new Line(parts[0], input(parts[1]), parts[2]))
                    .toList();
        }
    }

    private static String input(String json) {
        byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
        return (String) Objects.requireNonNull(JsonText.read(utf8, 0, utf8.length, List.of()));
    }

    // ---- a form that has no two spellings, as the script writes it ----

    private static String units(String text) {
        return text.chars().mapToObj(unit -> String.format("%04x", unit)).collect(Collectors.joining());
    }

    private static String canonical(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Boolean truth -> truth.toString();
            case Number number -> "d" + String.format("%016x", Double.doubleToLongBits(number.doubleValue() + 0.0));
            case String text -> "s" + units(text);
            case byte[] bytes -> "b" + HexFormat.of().formatHex(bytes);
            case List<?> list -> list.stream().map(OracleTest::canonical).collect(Collectors.joining(",", "[", "]"));
            case Map<?, ?> map -> {
                Map<String, String> sorted = new TreeMap<>();
                map.forEach((name, element) -> sorted.put((String) name, canonical(element)));
                yield sorted.entrySet().stream()
                        .map(entry -> units(entry.getKey()) + ":" + entry.getValue())
                        .collect(Collectors.joining(",", "{", "}"));
            }
            default -> throw new IllegalArgumentException(value.getClass().toString());
        };
    }

    private static String packet(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return PacketReader.read(utf8, 0, utf8.length, ATTACHMENTS_MAX)
                .map(OracleTest::show)
                .orElse(REFUSED);
    }

    private static String show(SocketPacket packet) {
        List<byte[]> attachments = new ArrayList<>();
        for (int i = 0; i < packet.attachments(); i++) {
            attachments.add(new byte[] {(byte) i});
        }
        Args args = packet.args().with(attachments);
        int kind = switch (packet.kind()) {
            case BINARY_EVENT -> PacketKind.EVENT.ordinal();
            case BINARY_ACK -> PacketKind.ACK.ordinal();
            default -> packet.kind().ordinal();
        };
        boolean connects = packet.kind() == PacketKind.CONNECT;
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < args.size(); i++) {
            values.add(args.value(i));
        }
        String data = packet.kind() == PacketKind.DISCONNECT || (connects && values.isEmpty())
                ? ""
                : canonical(connects ? values.getFirst() : values);
        return kind + " " + units(packet.namespace()) + " " + packet.ackId() + " " + data;
    }

    private static String payload(EngineVersion version, String text) {
        Payload payload = new Payload(false, text.getBytes(StandardCharsets.UTF_8));
        return EngineCodec.of(version)
                .decode(payload)
                .map(packets -> packets.stream().map(OracleTest::show).collect(Collectors.joining(";")))
                .orElse(REFUSED);
    }

    private static String show(Packet packet) {
        String data = packet.binary()
                ? canonical(packet.data())
                : packet.data().length == 0 ? "" : canonical(new String(packet.data(), StandardCharsets.UTF_8));
        return packet.type().name().toLowerCase(Locale.ROOT) + " " + data;
    }

    @Test
    void weMakeOfPacketsWhatTheOriginalParsersMakeOfThem() throws IOException {
        List<String> differences = new ArrayList<>();
        Map<String, Integer> found = new TreeMap<>();
        int taken = 0;
        for (Line line : lines()) {
            String ours = switch (line.parser()) {
                case "sio" -> packet(line.input());
                case "eio4" -> payload(EngineVersion.V4, line.input());
                default -> payload(EngineVersion.V3, line.input());
            };
            if (ours.equals(line.decoded())) {
                taken += ours.equals(REFUSED) ? 0 : 1;
                continue;
            }
            Map<String, Pattern> reasons = ours.equals(REFUSED) ? STRICTER : LAXER;
            String input = line.parser() + " " + line.input();
            List<String> good = reasons.entrySet().stream()
                    .filter(reason -> reason.getValue().matcher(input).matches())
                    .map(Map.Entry::getKey)
                    .toList();
            good.forEach(reason -> found.merge(reason, 1, Integer::sum));
            if (good.isEmpty() || (!ours.equals(REFUSED) && !line.decoded().equals(REFUSED))) {
                differences.add(input + "\n  theirs " + line.decoded() + "\n  ours   " + ours);
            }
        }

        assertThat(differences).isEmpty();
        assertThat(found).as("every reason is needed").hasSize(STRICTER.size() + LAXER.size());
        assertThat(taken).as("packets that both take").isGreaterThan(1_200);
    }
}
