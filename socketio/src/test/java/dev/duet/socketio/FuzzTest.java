package dev.duet.socketio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.duet.engineio.FuzzTarget;
import dev.duet.engineio.Fuzzer;
import dev.duet.engineio.PayloadFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    @FieldSource("dev.duet.socketio.Fuzz#NAMES")
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
    void lengthsThatCountCharactersAreFound() throws IOException {
        isFound("payload3-text", PayloadFaults.lengthsCountCharacters());
    }

    @Test
    void bytesOfNoLengthThatAreLostAreFound() throws IOException {
        isFound("payload3-bytes", PayloadFaults.emptyBytesAreLost());
    }

    @Test
    void aSeparatorAtTheEndThatIsTakenIsFound() throws IOException {
        isFound("payload4", PayloadFaults.lastSeparatorIsTaken());
    }

    @Test
    void controlCharactersInStringsThatAreTakenAreFound() throws IOException {
        isFound("packet", new PacketFuzz(utf8 -> {
            byte[] cleaned = utf8.clone();
            for (int i = 0; i < cleaned.length; i++) {
                cleaned[i] = cleaned[i] >= 0 && cleaned[i] < ' ' ? (byte) '?' : cleaned[i];
            }
            return PacketFuzz.read(utf8)
                    .or(() -> PacketFuzz.read(cleaned).map(read -> {
                        int[] bounds = {read.args().start(), read.args().end()};
                        Args unclean = new Args(utf8, bounds, List.of());
                        return new SocketPacket(read.kind(), read.namespace(), read.ackId(), 0, unclean);
                    }));
        }));
    }

    @Test
    void aBrokenGetThatIsNotToldOfWhileAWebSocketTakesOverIsFound() throws IOException {
        isFound("session", new SessionFuzz(session -> !session.takenOver));
    }
}
