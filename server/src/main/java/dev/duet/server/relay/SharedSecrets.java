package dev.duet.server.relay;

import dev.duet.server.DuetStartException;
import dev.duet.server.log.LogEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The shared secrets of a file, one a line, at most two: the first makes credentials, both are good, so that one can be replaced without a
 * moment in which somebody's is refused. Read again when the file changes.
 *
 * <p>Thread-safe.
 */
final class SharedSecrets {
    private static final Logger log = LoggerFactory.getLogger(SharedSecrets.class);
    private static final int SECRETS_MAX = 2;
    private static final int BYTES_MIN = 16;

    private final Optional<Path> file;
    private volatile List<byte[]> secrets = List.of();
    private volatile FileTime readAt = FileTime.fromMillis(0);

    /**
     * Reads the file.
     *
     * @throws DuetStartException when it cannot be read, or when there are no secrets in it
     */
    SharedSecrets(Optional<Path> file) {
        this.file = file;
        if (file.isPresent()) {
            try {
                read(file.get());
            } catch (IOException e) {
                throw new DuetStartException(
                        "turn-secret-unreadable",
                        "the file of --turn-secret-file cannot be used: " + reason(file.get(), e)
                                + "; it holds one secret a line, at most two, each of 16 bytes or more",
                        e);
            }
        }
    }

    List<byte[]> all() {
        return secrets;
    }

    /** Looks whether the file has changed; a file that cannot be used leaves the secrets as they are. */
    void refresh() {
        file.ifPresent(path -> {
            try {
                if (!Files.getLastModifiedTime(path).equals(readAt)) {
                    read(path);
                    LogEvent.of("turn-secrets-read")
                            .with("count", secrets.size())
                            .to(log, Level.INFO);
                }
            } catch (IOException e) {
                LogEvent.of("turn-secrets-unreadable")
                        .with("reason", reason(path, e))
                        .with("fix", "the former ones stay")
                        .to(log, Level.WARN);
            }
        });
    }

    private void read(Path path) throws IOException {
        readAt = Files.getLastModifiedTime(path);
        List<byte[]> lines = Files.readAllLines(path, StandardCharsets.UTF_8).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(line -> line.getBytes(StandardCharsets.UTF_8))
                .toList();
        if (lines.isEmpty() || lines.size() > SECRETS_MAX) {
            throw new IOException(lines.size() + " lines");
        }
        if (lines.stream().anyMatch(line -> line.length < BYTES_MIN)) {
            throw new IOException("a secret shorter than " + BYTES_MIN + " bytes");
        }
        secrets = lines;
    }

    private static String reason(Path path, IOException e) {
        return Files.exists(path) ? e.getMessage() + " in " + path : "there is no " + path;
    }
}
