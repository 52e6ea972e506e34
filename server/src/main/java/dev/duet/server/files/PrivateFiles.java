package dev.duet.server.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/**
 * Files that only their owner may read, replaced as a whole or not at all. Where the file system knows no POSIX modes (Windows), they
 * inherit the access list of the user's own directory.
 *
 * <p>Stateless.
 */
public final class PrivateFiles {
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_DIRECTORY = PosixFilePermissions.fromString("rwx------");

    private PrivateFiles() {}

    /** Makes a directory of mode 0700 and what is missing above it. */
    public static void makeDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            if (posix(directory)) {
                Files.setPosixFilePermissions(directory, OWNER_DIRECTORY);
            }
            return;
        }
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.createDirectories(directory, mode(OWNER_DIRECTORY, directory));
    }

    /** Takes away what others may do with a file that was copied here with a wider mode. */
    public static void makePrivate(Path file) throws IOException {
        // A directory that can only be read may hold files that were made private before.
        if (posix(file) && !OWNER_FILE.containsAll(Files.getPosixFilePermissions(file))) {
            Files.setPosixFilePermissions(file, OWNER_FILE);
        }
    }

    /** Writes a file of mode 0600 beside its place and moves it there, so that no reader ever sees half of it. */
    public static void write(Path file, String ascii, SecureRandom random) throws IOException {
        byte[] suffix = new byte[8];
        random.nextBytes(suffix);
        Path temporary =
                file.resolveSibling(file.getFileName() + "." + HexFormat.of().formatHex(suffix) + ".new");
        try {
            Files.createFile(temporary, mode(OWNER_FILE, temporary));
            Files.write(temporary, ascii.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.SYNC);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static FileAttribute<?>[] mode(Set<PosixFilePermission> permissions, Path path) {
        return posix(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }

    private static boolean posix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
