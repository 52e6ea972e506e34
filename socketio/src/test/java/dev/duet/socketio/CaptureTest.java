package dev.duet.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What npm's clients sent, sent to our server: it says what Node's server said, packet by packet. Left out of the comparison, because both are
 * right: session and socket ids, the numbers of the handshake, NOOPs, and which poll carries which packet.
 */
final class CaptureTest {
    private static final Path CAPTURES = Path.of("src", "test", "resources", "dev", "duet", "socketio", "captures");

    static List<Path> captures() throws IOException {
        try (Stream<Path> files = Files.list(CAPTURES)) {
            return files.sorted().toList();
        }
    }

    @Test
    void everyClientIsThereWithEveryTransport() throws IOException {
        assertThat(captures())
                .extracting(file -> file.getFileName().toString())
                .filteredOn(name ->
                        name.matches("(2\\.0\\.3|2\\.5\\.0|3\\.1\\.3|4\\.8\\.\\d+)-(polling|websocket|upgrade)\\.txt"))
                .hasSize(12);
    }

    @ParameterizedTest
    @MethodSource("captures")
    void ourServerSaysWhatTheOriginalSaid(Path capture) throws IOException {
        CaptureReplay replay = new CaptureReplay();

        Files.readAllLines(capture).forEach(replay::line);

        assertThat(replay.ours()).isEqualTo(replay.theirs());
        assertThat(replay.theirs()).hasSizeGreaterThanOrEqualTo(15);
        assertThat(replay.sessionsLeft()).isZero();
    }

    @Test
    void anAnswerThatDiffersIsFound() throws IOException {
        CaptureReplay replay = new CaptureReplay();

        Files.readAllLines(CAPTURES.resolve("2.0.3-websocket.txt")).stream()
                .map(line -> line.startsWith("<") ? line.replace("event-back", "event-forth") : line)
                .forEach(replay::line);

        assertThat(replay.ours()).isNotEqualTo(replay.theirs());
    }
}
