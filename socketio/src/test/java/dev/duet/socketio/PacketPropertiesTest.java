package dev.duet.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is sent is read again, whatever it is. */
final class PacketPropertiesTest {
    private static final int SEEDS = 5_000;
    private static final int[] CHARACTERS = {
        'a', '"', '\\', '/', '\n', 0, 0x1E, 0x7F, 0xE9, 0x2028, 0x20AC, 0xFEFF, 0xFFFF, 0x1F600, '[', '}', ','
    };

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.appendCodePoint(CHARACTERS[random.nextInt(CHARACTERS.length)]);
        }
        return text.toString();
    }

    private static @Nullable Object value(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 7 : 9)) {
            case 0 -> null;
            case 1 -> text(random);
            case 2 -> random.nextBoolean();
            case 3 -> random.nextInt();
            case 4 -> random.nextLong(-1L << 53, 1L << 53);
            case 5 -> random.nextGaussian() * Math.pow(10, random.nextInt(-20, 20));
            case 6 -> {
                byte[] bytes = new byte[random.nextInt(5)];
                random.nextBytes(bytes);
                yield bytes;
            }
            case 7 -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(value(random, depth - 1));
                }
                yield list;
            }
            default -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put("k" + text(random), value(random, depth - 1));
                }
                yield map;
            }
        };
    }

    /** In a form that can be compared: integers as such, bytes as hexadecimal digits. */
    private static String show(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case byte[] bytes -> "bytes " + HexFormat.of().formatHex(bytes);
            case List<?> list ->
                list.stream().map(PacketPropertiesTest::show).toList().toString();
            case Map<?, ?> map -> {
                StringBuilder all = new StringBuilder();
                map.forEach((name, element) ->
                        all.append(name).append('=').append(show(element)).append(';'));
                yield all.toString();
            }
            case Integer number -> "Long " + number;
            case Object other -> other.getClass().getSimpleName() + " " + other;
        };
    }

    @Test
    void whatIsEmittedIsRead() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Random random = new Random(seed);
            @Nullable Object[] values = new @Nullable Object[random.nextInt(5)];
            for (int i = 0; i < values.length; i++) {
                values[i] = value(random, 3);
            }
            String name = "e" + text(random);
            String namespace = random.nextBoolean() ? "/" : "/n" + random.nextInt(3);
            long ackId = random.nextBoolean() ? SocketPacket.NO_ACK : random.nextInt(1_000);

            Emission emission = Emission.of(name, values);
            byte[] text = emission.packet(false, namespace, ackId);
            int attachments = emission.attachments().size();
            Optional<SocketPacket> read = PacketReader.read(text, 0, text.length, 1_000);

            assertThat(read).as("seed %d", seed).isPresent();
            SocketPacket packet = read.get();
            Args args = packet.args().with(emission.attachments());
            assertThat(List.of(packet.namespace(), packet.ackId(), packet.attachments(), args.size()))
                    .as("seed %d", seed)
                    .isEqualTo(List.of(namespace, ackId, attachments, values.length + 1));
            assertThat(args.string(0)).as("seed %d", seed).contains(name);
            for (int i = 0; i < values.length; i++) {
                assertThat(show(args.value(i + 1))).as("seed %d", seed).isEqualTo(show(values[i]));
            }
            assertThat(Emission.of(name, args.from(1)).packet(false, namespace, ackId))
                    .as("seed %d, passed on", seed)
                    .isEqualTo(text);
        }
    }
}
