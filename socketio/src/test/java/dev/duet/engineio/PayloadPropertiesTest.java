package dev.duet.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written is read again, whatever it is. */
final class PayloadPropertiesTest {
    private static final int SEEDS = 2_000;
    private static final int[] CHARACTERS = {'a', ':', '0', 'b', '"', '\n', 0, 0x7F, 0xE9, 0x20AC, 0xFFFF, 0x1F600};

    private static Packet packet(Random random) {
        if (random.nextInt(3) == 0) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            return Packet.binary(bytes);
        }
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(30); i > 0; i--) {
            text.appendCodePoint(CHARACTERS[random.nextInt(CHARACTERS.length)]);
        }
        PacketType[] types = PacketType.values();
        return Packet.of(types[random.nextInt(types.length)], text.toString());
    }

    private static List<String> show(List<Packet> packets) {
        return packets.stream().map(EngineCodecTest::show).toList();
    }

    @ParameterizedTest
    @EnumSource(EngineVersion.class)
    void aPayloadIsReadAsItWasWritten(EngineVersion version) {
        EngineCodec codec = EngineCodec.of(version);
        for (long seed = 1; seed <= SEEDS; seed++) {
            Random random = new Random(seed);
            List<Packet> packets = new ArrayList<>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                packets.add(packet(random));
            }

            Payload payload = codec.encode(packets, random.nextBoolean());

            assertThat(codec.decode(payload).map(PayloadPropertiesTest::show))
                    .as("seed %d", seed)
                    .contains(show(packets));
            if (!payload.binary()) {
                String text = new String(payload.body(), StandardCharsets.UTF_8);
                assertThat(text.getBytes(StandardCharsets.UTF_8))
                        .as("seed %d", seed)
                        .isEqualTo(payload.body());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(EngineVersion.class)
    void aDamagedPayloadIsReadOrRefusedAndThatIsAll(EngineVersion version) {
        EngineCodec codec = EngineCodec.of(version);
        for (long seed = 1; seed <= SEEDS; seed++) {
            Random random = new Random(seed);
            Payload payload = codec.encode(List.of(packet(random), packet(random)), random.nextBoolean());
            byte[] body = payload.body();
            for (int i = random.nextInt(3); i >= 0; i--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }

            codec.decode(new Payload(random.nextBoolean(), body))
                    .ifPresent(packets -> assertThat(packets).hasSizeBetween(1, EngineCodec.PACKETS_MAX));
        }
    }
}
