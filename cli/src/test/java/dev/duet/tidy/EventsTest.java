package dev.duet.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.server.access.WhyPublic;
import dev.duet.signaling.Rejection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The manual's table of events against the code that writes them. */
final class EventsTest {
    private static final Pattern WRITTEN =
            Pattern.compile("(?:LogEvent\\s*\\.of|refusals(?:\\(\\))?\\s*\\.add|noticed\\.once)\\(\\s*\"([a-z-]+)\"");
    private static final Pattern LEVEL_OF_TROUBLE = Pattern.compile("Level\\.(WARN|ERROR)");
    private static final Pattern TABLE = Pattern.compile("(?m)^\\| ((?:`[a-z-]+`(?:, )?)+) \\|[^|]+\\|[^|]+\\|$");
    private static final Pattern NAME = Pattern.compile("`([a-z-]+)`");

    private static Set<String> written(boolean troubleOnly) throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("../server/src/main/java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                for (String statement : Files.readString(file).split(";")) {
                    boolean refusal = statement.contains("refusals") || statement.contains("noticed.once");
                    if (!troubleOnly
                            || refusal
                            || LEVEL_OF_TROUBLE.matcher(statement).find()) {
                        WRITTEN.matcher(statement)
                                .results()
                                .map(found -> found.group(1))
                                .forEach(names::add);
                    }
                }
            }
        }
        Arrays.stream(WhyPublic.values()).map(WhyPublic::id).forEach(names::add);
        return names;
    }

    private static Set<String> documented() throws IOException {
        String manual = Files.readString(Path.of("../docs/operate.md"));
        String section = manual.substring(manual.indexOf("## Logs"), manual.indexOf("## Stopping"));
        Set<String> names = new TreeSet<>();
        Matcher row = TABLE.matcher(section);
        while (row.find()) {
            Matcher name = NAME.matcher(row.group(1));
            while (name.find()) {
                names.add(name.group(1));
            }
        }
        return names;
    }

    @Test
    void whatTheManualNamesIsWritten() throws IOException {
        Set<String> known = written(false);
        Arrays.stream(Rejection.values()).map(Rejection::id).forEach(known::add);
        // The door's own, whose names are those of its answers.
        known.addAll(Set.of("name-invalid", "room-name-invalid"));

        assertThat(documented()).isSubsetOf(known);
        assertThat(documented()).hasSizeGreaterThan(25);
    }

    @Test
    void whateverGoesWrongIsInTheManual() throws IOException {
        assertThat(documented()).containsAll(written(true));
    }
}
