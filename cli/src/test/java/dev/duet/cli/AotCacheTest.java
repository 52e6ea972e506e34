package dev.duet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AotCacheTest {
    @Test
    void theTrainingHasTheSameOptionsAsTheUse() {
        List<String> command = AotCache.command(
                List.of(
                        "-Xmx256m",
                        "-XX:+UseCompactObjectHeaders",
                        "-XX:AOTCache=old",
                        "-Dduet.terminal=yes",
                        "-Dduet.aot=new"),
                "lib/duet-cli.jar",
                Path.of("new.aot"));

        assertThat(command)
                .containsSubsequence(
                        "-Xmx256m",
                        "-XX:+UseCompactObjectHeaders",
                        "-XX:AOTCacheOutput=new.aot",
                        "-cp",
                        "lib/duet-cli.jar",
                        "dev.duet.cli.AotTraining");
        assertThat(command).doesNotContain("-XX:AOTCache=old", "-Dduet.terminal=yes", "-Dduet.aot=new");
    }

    @Test
    void oneCacheStaysAndWhatIsHalfMadeGoes(@TempDir Path folder) throws IOException {
        Instant now = Instant.now();
        Instant before = now.minus(Duration.ofHours(1));
        Map<String, Instant> found = Map.of(
                "1-7.aot", before,
                "1-7.aot.lock", before,
                "1-7.aot.99.new", now,
                "1-7.aot.99.new.config", now,
                "1-6.aot", now,
                "1-6.aot.lock", before,
                "1-6.aot.12.new", before,
                "1-6.aot.12.new.config", before);
        for (var file : found.entrySet()) {
            Path made = Files.createFile(folder.resolve(file.getKey()));
            Files.setLastModifiedTime(made, FileTime.from(file.getValue()));
        }

        AotCache.sweep(folder.resolve("1-7.aot"), now);

        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left)
                    .extracting(path -> path.getFileName().toString())
                    .containsExactlyInAnyOrder("1-7.aot", "1-7.aot.lock", "1-7.aot.99.new", "1-7.aot.99.new.config");
        }
    }
}
