package dev.duet.stun;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The constants are IANA's (registry.csv: "STUN Parameters" without what is reserved or of one vendor), and none is missing. */
final class RegistryTest {
    private static final Set<String> STUN_AND_TURN = Set.of("RFC8489", "RFC8656");
    private static final Set<String> WITH_TCP = Set.of("RFC8489", "RFC8656", "RFC6062");

    private record Row(String registry, int value, String name, String reference) {
        /** As a constant is written: CreatePermission, XOR-PEER-ADDRESS. */
        private String constant() {
            return name.replaceAll("([a-z])([A-Z])", "$1_$2").replace('-', '_').toUpperCase(Locale.ROOT);
        }
    }

    private static List<Row> rows(String registry, Predicate<Row> which) throws IOException {
        try (InputStream csv = RegistryTest.class.getResourceAsStream("registry.csv")) {
            return new String(csv.readAllBytes(), UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split(",", -1))
                    .map(cells -> new Row(cells[0], Integer.decode(cells[1]), cells[2], cells[3]))
                    .filter(row -> row.registry().equals(registry))
                    .filter(which)
                    .toList();
        }
    }

    private static Map<String, Integer> byConstant(List<Row> rows) {
        return rows.stream().collect(Collectors.toMap(Row::constant, Row::value, (a, _) -> a, TreeMap::new));
    }

    private static Map<String, Integer> constants(Class<?> type) throws IllegalAccessException {
        Map<String, Integer> constants = new TreeMap<>();
        for (Field field : type.getFields()) {
            constants.put(field.getName(), field.getInt(null));
        }
        return constants;
    }

    @Test
    void methodsAreThoseOfTheRegistry() throws Exception {
        assertThat(constants(Method.class)).isEqualTo(byConstant(rows("method", _ -> true)));
    }

    @Test
    void attributesAreThoseOfStunAndTurn() throws Exception {
        Map<String, Integer> constants = constants(Attribute.class);
        constants.remove("COMPREHENSION_OPTIONAL");

        assertThat(constants).isEqualTo(byConstant(rows("attribute", row -> WITH_TCP.contains(row.reference()))));
    }

    @Test
    void whatIsKnownIsOfStunAndTurn() throws IOException {
        Set<Integer> known = rows("attribute", row -> STUN_AND_TURN.contains(row.reference())).stream()
                .map(Row::value)
                .collect(Collectors.toSet());

        for (int type = 0; type <= 0xffff; type++) {
            assertThat(Attribute.isKnown(type)).as("0x%04x", type).isEqualTo(known.contains(type));
        }
    }

    @Test
    void errorsHaveTheirCodesAndReasons() throws IOException {
        Map<String, Integer> ours = Arrays.stream(StunError.values())
                .collect(Collectors.toMap(StunError::reason, StunError::code, (a, _) -> a, TreeMap::new));

        assertThat(ours)
                .isEqualTo(rows("error", row -> STUN_AND_TURN.contains(row.reference())).stream()
                        .collect(Collectors.toMap(Row::name, Row::value, (a, _) -> a, TreeMap::new)));
    }

    @Test
    void passwordAlgorithmsHaveTheirNumbers() throws IOException {
        assertThat(rows("algorithm", _ -> true))
                .extracting(Row::name, Row::value)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("MD5", PasswordAlgorithm.MD5),
                        org.assertj.core.groups.Tuple.tuple("SHA-256", PasswordAlgorithm.SHA256));
    }

    @Test
    void aTypeIsAMethodAndAClass() {
        for (int method = 0; method <= 0xfff; method++) {
            for (MessageClass messageClass : MessageClass.values()) {
                int type = MessageType.of(method, messageClass);
                assertThat(type).isBetween(0, 0x3fff);
                assertThat(MessageType.method(type)).isEqualTo(method);
                assertThat(MessageType.messageClass(type)).isEqualTo(messageClass);
            }
        }
        assertThat(MessageType.of(Method.BINDING, MessageClass.SUCCESS)).isEqualTo(0x0101);
        assertThat(MessageType.of(Method.ALLOCATE, MessageClass.ERROR)).isEqualTo(0x0113);
        assertThat(MessageType.of(Method.SEND, MessageClass.INDICATION)).isEqualTo(0x0016);
    }
}
