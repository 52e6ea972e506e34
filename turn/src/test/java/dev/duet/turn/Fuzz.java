package dev.duet.turn;

import dev.duet.stun.FuzzTarget;
import dev.duet.stun.Fuzzer;
import dev.duet.stun.MessageFuzz;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The fuzz targets of this module, by name, with their corpus. The tests run them with {@link Fuzzer}; {@code ./dev fuzz} has Jazzer run them,
 * which is guided by coverage and finds this class by its two static methods.
 */
public final class Fuzz {
    /** All targets; each has a folder of inputs and a list of words. */
    static final List<String> NAMES = List.of("message", "send-indication", "shard");

    private static final Path CORPUS = Path.of("src", "test", "resources", "dev", "duet", "fuzz", "corpus");

    // Jazzer knows only static methods.
    private static FuzzTarget chosen = target(NAMES.getFirst());

    private Fuzz() {}

    static FuzzTarget target(String name) {
        return switch (name) {
            case "message" -> new MessageFuzz();
            case "send-indication" -> new SendIndicationFuzz();
            case "shard" -> new ShardFuzz();
            default -> throw new IllegalArgumentException("target " + name + " (expected: one of " + NAMES + ")");
        };
    }

    /** Runs a target that goes by this name on its corpus and on so many mutations of it. */
    static Optional<Fuzzer.Finding> run(String name, FuzzTarget target, long seed, long runs) throws IOException {
        List<byte[]> corpus = new ArrayList<>();
        try (Stream<Path> files = Files.list(CORPUS.resolve(name))) {
            for (Path file : files.sorted().toList()) {
                corpus.add(Files.readAllBytes(file));
            }
        }
        List<byte[]> words = Files.readAllLines(CORPUS.resolve(name + ".dict")).stream()
                .filter(line -> line.startsWith("\""))
                .map(Fuzz::word)
                .toList();
        return new Fuzzer(seed, corpus, words).run(target, runs);
    }

    /** A word as libFuzzer writes it; here each byte is a backslash, {@code x} and two digits. */
    private static byte[] word(String quoted) {
        ByteArrayOutputStream word = new ByteArrayOutputStream();
        for (int i = 1; i < quoted.length() - 1; i += 4) {
            word.write(HexFormat.fromHexDigits(quoted, i + 2, i + 4));
        }
        return word.toByteArray();
    }

    /** Called by Jazzer before the first input. */
    public static void fuzzerInitialize(String[] args) {
        chosen = target(args[0]);
    }

    /** Called by Jazzer for each input. */
    public static void fuzzerTestOneInput(byte[] input) {
        chosen.run(input);
    }
}
