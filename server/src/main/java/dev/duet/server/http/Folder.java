package dev.duet.server.http;

import dev.duet.server.DuetStartException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * A folder of this machine whose files may be read by strangers, and the way from a request's path to one of them. A path leads to what lies
 * inside of the folder after every link was followed, to regular files and directories only, and to nothing whose name begins with a dot.
 *
 * <p>A hard link is a file of the folder like any other: whoever may make one there could as well copy.
 *
 * <p>Thread-safe.
 */
final class Folder {
    private final Path root;

    /** What a path leads to. */
    sealed interface Found {}

    /** A regular file, by its real path. */
    record File(Path path, BasicFileAttributes attributes) implements Found {}

    /** A directory, by its real path. */
    record Directory(Path path) implements Found {}

    /** Nothing that may be served. */
    record Nothing() implements Found {}

    private static final Found NOTHING = new Nothing();

    private Folder(Path root) {
        this.root = root;
    }

    /**
     * The folder that is there now.
     *
     * @throws DuetStartException {@code pages-missing} when it is no folder, {@code pages-unreadable} when it cannot be read
     */
    static Folder open(Path path) {
        if (!Files.isDirectory(path)) {
            throw new DuetStartException("pages-missing", "there is no folder " + path + " to serve pages from");
        }
        try {
            if (Files.isReadable(path) && Files.isExecutable(path)) {
                return new Folder(path.toRealPath());
            }
        } catch (IOException e) {
            throw new DuetStartException("pages-unreadable", unreadable(path), e);
        }
        throw new DuetStartException("pages-unreadable", unreadable(path));
    }

    private static String unreadable(Path path) {
        return "the folder of pages " + path + " cannot be read by the user that runs Duet";
    }

    /**
     * Where a path leads.
     *
     * @param path as the request has it, percent-encoded, beginning with a slash; a slash at its end asks for a directory
     */
    Found find(String path) {
        boolean wantsDirectory = path.endsWith("/");
        Path target = root;
        if (!path.equals("/")) {
            String inner = path.substring(1, path.length() - (wantsDirectory ? 1 : 0));
            for (String segment : inner.split("/", -1)) {
                Optional<String> name = decode(segment).filter(Folder::isServable);
                if (name.isEmpty()) {
                    return NOTHING;
                }
                try {
                    target = target.resolve(name.get());
                } catch (InvalidPathException e) {
                    return NOTHING;
                }
            }
        }
        return look(target, wantsDirectory);
    }

    /** What a real or linked path of the folder is, if it may be served. */
    private Found look(Path target, boolean wantsDirectory) {
        try {
            Path real = target.toRealPath();
            if (!real.startsWith(root) || isHidden(root.relativize(real))) {
                return NOTHING;
            }
            BasicFileAttributes attributes =
                    Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isDirectory()) {
                return new Directory(real);
            }
            return attributes.isRegularFile() && !wantsDirectory ? new File(real, attributes) : NOTHING;
        } catch (IOException e) {
            return NOTHING; // Not there, or not to be read by this process: the same to a stranger.
        }
    }

    /** What a directory of this folder has under a name that was not taken from a request. */
    Found child(Directory directory, String name) {
        return isServable(name) ? look(directory.path.resolve(name), false) : NOTHING;
    }

    private static boolean isHidden(Path inside) {
        for (Path name : inside) {
            if (name.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    /** Whether a name is one: no way up, no other separator, no control character, no stream or drive of Windows. */
    private static boolean isServable(String name) {
        return !name.isEmpty()
                && !name.startsWith(".")
                && name.chars().noneMatch(c -> c < 0x20 || c == 0x7F || c == '/' || c == '\\' || c == ':');
    }

    /** Undoes percent-encoding; nothing when it is malformed or its bytes are not UTF-8. */
    private static Optional<String> decode(String segment) {
        byte[] raw = segment.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(raw.length);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] != '%') {
                bytes.put(raw[i]);
                continue;
            }
            int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
            int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                return Optional.empty();
            }
            bytes.put((byte) (high << 4 | low));
            i += 2;
        }
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
