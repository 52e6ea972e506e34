package dev.duet.netlab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Makes and removes network namespaces with the {@code ip} program. Their names carry the process that made them. */
final class Namespaces {
    private static final Path FOLDER = Path.of("/run/netns");

    private Namespaces() {}

    static String name(String prefix, int lab, String host) {
        return prefix + "-" + ProcessHandle.current().pid() + "-" + lab + "-" + host;
    }

    static void add(String namespace) {
        ip(List.of("netns", "add", namespace), "");
    }

    /** Ends what still runs in the namespace and removes it. */
    static void remove(String namespace) {
        for (String pid : ip(List.of("netns", "pids", namespace), "").lines().toList()) {
            ProcessHandle.of(Long.parseLong(pid.strip())).ifPresent(ProcessHandle::destroyForcibly);
        }
        ip(List.of("netns", "delete", namespace), "");
    }

    /** Runs commands of {@code ip}, one a line, within a namespace. */
    static void batch(String namespace, String commands) {
        ip(List.of("-netns", namespace, "-batch", "-"), commands);
    }

    static void moveDevice(String device, String namespace) {
        ip(List.of("link", "set", "dev", device, "netns", namespace), "");
    }

    /** Removes what labs of this prefix have left behind whose process is gone. */
    static void removeLeftovers(String prefix) {
        Pattern pattern = Pattern.compile(Pattern.quote(prefix) + "-(\\d+)-\\d+-.+");
        for (String namespace : list()) {
            Matcher matcher = pattern.matcher(namespace);
            if (matcher.matches()
                    && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
                remove(namespace);
            }
        }
    }

    static List<String> list() {
        if (!Files.isDirectory(FOLDER)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(FOLDER)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String ip(List<String> arguments, String input) {
        List<String> command =
                Stream.concat(Stream.of("ip"), arguments.stream()).toList();
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new NetLabException(String.join(" ", command) + " said: " + output.strip() + ". " + NetLab.NEEDS);
            }
            return output;
        } catch (IOException e) {
            throw new NetLabException("cannot run ip. " + NetLab.NEEDS, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NetLabException("interrupted while waiting for " + String.join(" ", command), e);
        }
    }
}
