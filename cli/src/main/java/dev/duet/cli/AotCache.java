package dev.duet.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start cache (JEP 514): classes loaded and linked, which halves the time to listening. The launch script names
 * the file in the property {@code duet.aot} and uses it when it is there; when it is not, the first start makes it,
 * in a child process of low priority that runs {@link AotTraining} with the very same options. Whatever goes wrong
 * here costs nothing but the cache.
 *
 * <p>Thread-safe.
 */
final class AotCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AotCache.class);
    private static final long TRAINING_MAX_SECONDS = 180;
    private static final long HALF_MADE_MAX_SECONDS = 2 * TRAINING_MAX_SECONDS;

    private final Optional<Path> wanted;
    private @Nullable Process child;
    private boolean closed;

    AotCache(Optional<Path> wanted) {
        this.wanted = wanted;
    }

    static AotCache ofThisProcess(Map<String, String> environment) {
        boolean off = environment.getOrDefault("DUET_AOT", "").equals("off");
        @Nullable String file = System.getProperty("duet.aot");
        return new AotCache(off || file == null ? Optional.empty() : Optional.of(Path.of(file)));
    }

    void makeInBackground() {
        wanted.ifPresent(file -> Thread.ofPlatform().name("aot-cache").daemon().start(() -> makeUnderLock(file)));
    }

    private void makeUnderLock(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
            if (!Files.exists(file)) {
                try (FileChannel channel =
                                FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = channel.tryLock()) {
                    if (lock != null && !Files.exists(file)) {
                        make(file);
                    }
                }
            }
            sweep(file, Instant.now());
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("aot-cache-failed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void make(Path file) throws IOException, InterruptedException {
        Path temporary = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid() + ".new");
        List<String> command = command(
                ManagementFactory.getRuntimeMXBean().getInputArguments(),
                ManagementFactory.getRuntimeMXBean().getClassPath(),
                temporary);
        Process started;
        synchronized (this) {
            if (closed) {
                return;
            }
            started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            child = started;
        }
        try {
            started.getOutputStream().close();
            boolean ended = started.waitFor(TRAINING_MAX_SECONDS, TimeUnit.SECONDS);
            if (ended && started.exitValue() == 0 && Files.exists(temporary)) {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                LOG.atDebug().addKeyValue("file", file).log("aot-cache-made");
            }
        } finally {
            end(started);
            Files.deleteIfExists(temporary);
        }
    }

    /** The child's command line: this process's own options, without what belongs to this process alone. */
    static List<String> command(List<String> options, String classPath, Path output) {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/nice"))) {
            command.addAll(List.of("/usr/bin/nice", "-n", "15"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        options.stream()
                .filter(option -> !option.startsWith("-XX:AOT")
                        && !option.startsWith("-Dduet.")
                        && !option.startsWith("-agentlib")
                        && !option.startsWith("-javaagent")
                        && !option.startsWith("-Xlog"))
                .forEach(command::add);
        command.addAll(List.of("-XX:AOTCacheOutput=" + output, "-cp", classPath, AotTraining.class.getName()));
        return command;
    }

    /**
     * Leaves this cache alone: one of another version or place is 40 MB that nobody reads, and a process that was ended leaves half of one.
     * What may still be under way stays.
     */
    static void sweep(Path file, Instant now) throws IOException {
        Instant stale = now.minusSeconds(HALF_MADE_MAX_SECONDS);
        String name = file.getFileName().toString();
        try (Stream<Path> files = Files.list(file.toAbsolutePath().getParent())) {
            for (Path each : files.toList()) {
                String found = each.getFileName().toString();
                boolean ours = found.equals(name) || found.equals(name + ".lock");
                boolean whole = found.endsWith(".aot");
                if (!ours
                        && (whole || Files.getLastModifiedTime(each).toInstant().isBefore(stale))) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }

    /** Ends a training that is under way. */
    @Override
    public synchronized void close() {
        closed = true;
        if (child != null) {
            end(child);
        }
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
