package dev.duet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

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
}
