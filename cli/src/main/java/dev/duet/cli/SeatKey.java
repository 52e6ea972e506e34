package dev.duet.cli;

import dev.duet.cli.settings.SettingsException;
import dev.duet.server.DuetStartException;
import dev.duet.server.ServerSecret;
import dev.duet.server.files.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The file {@code seat.key} in the data directory: 32 random bytes as 64 hexadecimal digits, mode 0600, made at the first start. While it
 * is there, people come back to their seats after a restart. Stateless.
 */
final class SeatKey {
    static final String NAME = "seat.key";

    private static final int DIGITS = 2 * ServerSecret.BYTES_MIN;
    /** More is not read: it would be no key. */
    private static final int FILE_MAX = 1_024;

    private SeatKey() {}

    /**
     * The key of this data directory; made when there is none.
     *
     * @throws DuetStartException when it can be neither read nor written
     * @throws SettingsException when what is there is no key
     */
    static byte[] of(Path dataDirectory, SecureRandom random) {
        Path file = dataDirectory.resolve(NAME);
        try {
            if (!Files.exists(file)) {
                byte[] made = ServerSecret.random(random).bytes();
                PrivateFiles.write(file, HexFormat.of().formatHex(made) + "\n", random);
            }
            // Also what was just written: of two first starts at once both take what the later one wrote.
            String text = read(file);
            PrivateFiles.makePrivate(file);
            return parse(file, text);
        } catch (IOException e) {
            throw new DuetStartException(
                    "seat-key-unreadable",
                    "cannot read or write " + file + "; make it readable and writable for the user that runs Duet, "
                            + "or choose another directory with --data-dir",
                    e);
        }
    }

    private static String read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(FILE_MAX), StandardCharsets.ISO_8859_1).strip();
        }
    }

    private static byte[] parse(Path file, String text) {
        if (!text.matches("[0-9a-fA-F]{" + DIGITS + "}")) {
            throw new SettingsException(
                    "seat-key-damaged",
                    file + " is damaged (expected: " + DIGITS + " hexadecimal digits); restore it from a backup, "
                            + "or delete it: then whoever is in a room now joins as somebody new");
        }
        return HexFormat.of().parseHex(text);
    }
}
