package dev.duet.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.duet.stun.FuzzTarget;
import dev.duet.stun.Fuzzer;
import dev.duet.stun.MessageFuzz;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Whatever comes in, promises are kept; and a target that could not find a fault would be found out here. */
final class FuzzTest {
    private static final long SEED = 1;
    private static final int RUNS = 20_000;
    private static final int RUNS_FOR_A_FAULT = 1_000_000;

    @ParameterizedTest
    @FieldSource("dev.duet.turn.Fuzz#NAMES")
    void whateverComesInPromisesAreKept(String name) throws IOException {
        Optional<Fuzzer.Finding> finding = Fuzz.run(name, Fuzz.target(name), SEED, RUNS);

        if (finding.isPresent()) {
            byte[] input = finding.get().input();
            Path saved = Files.createDirectories(Path.of("target", "fuzz"))
                    .resolve(name + "-" + finding.get().runs())
                    .toAbsolutePath();
            Files.write(saved, input);
            fail(
                    "run " + finding.get().runs() + ", input " + saved + " = "
                            + HexFormat.of().formatHex(input),
                    finding.get().broken());
        }
    }

    private static void isFound(String name, FuzzTarget faulty) throws IOException {
        Optional<Fuzzer.Finding> finding = Fuzz.run(name, faulty, SEED, RUNS_FOR_A_FAULT);

        assertThat(finding).isPresent();
        System.out.printf(
                "fuzz: %s, planted fault found after %,d runs%n",
                name, finding.get().runs());
    }

    @Test
    void aWrongFingerprintThatIsTakenIsFound() throws IOException {
        isFound(
                "message",
                new MessageFuzz(bytes -> MessageFuzz.read(bytes).or(() -> MessageFuzz.read(withoutTheLast8(bytes)))));
    }

    private static byte[] withoutTheLast8(byte[] bytes) {
        byte[] shorter = Arrays.copyOf(bytes, Math.max(0, bytes.length - 8));
        if (shorter.length >= 20 && bytes[shorter.length] == (byte) 0x80 && bytes[shorter.length + 1] == 0x28) {
            ByteBuffer.wrap(shorter).putShort(2, (short) (shorter.length - 20));
        }
        return shorter;
    }

    @Test
    void paddingThatIsTakenForDataIsFound() throws IOException {
        isFound(
                "send-indication",
                new SendIndicationFuzz(
                        bytes -> SendIndicationFuzz.read(bytes, indication -> indication.dataLength() + 3 & ~3)));
    }

    /** None of the corpus has both, so that it takes a change. */
    @Test
    void emptyDataThatIsLostOnItsWayToIpv6IsFound() throws IOException {
        isFound(
                "send-indication",
                new SendIndicationFuzz(bytes -> SendIndicationFuzz.inPlace(bytes)
                        .filter(seen -> seen.peer().isIpv4() || !seen.data().isEmpty())));
    }

    @Test
    void aPrivateAddressThatIsReachedIsFound() throws IOException {
        isFound(
                "shard",
                new ShardFuzz(
                        new PeerPolicy(List.of(new PeerPolicy.Block(0, 0, 0)), (_, _) -> false), ShardFuzz.PERMISSION));
    }

    /** The target believes that permissions end sooner than they do. */
    @Test
    void aPermissionThatLivesTooLongIsFound() throws IOException {
        isFound("shard", new ShardFuzz(new PeerPolicy(List.of(), (_, _) -> false), ShardFuzz.PERMISSION / 2));
    }
}
