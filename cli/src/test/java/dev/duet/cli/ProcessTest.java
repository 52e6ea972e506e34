package dev.duet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own, and the signals it gets. */
final class ProcessTest {
    private static final int SECONDS = 30;
    private static final Pattern HTTP = Pattern.compile("event=started .* http=/127\\.0\\.0\\.1:(\\d+)");

    @TempDir
    private Path data;

    private final HttpClient client = HttpClient.newHttpClient();
    private Optional<Process> process = Optional.empty();
    private BufferedReader err = new BufferedReader(BufferedReader.nullReader());
    private int port;

    @AfterEach
    void end() {
        process.ifPresent(Process::destroyForcibly);
        client.close();
    }

    @Test
    void sigtermTellsClientsToComeBackAndEndsWithZero() throws Exception {
        start();
        Listener ann = new Listener();
        client.newWebSocketBuilder()
                .subprotocols("duet.v1")
                .buildAsync(uri("ws"), ann)
                .join();
        ann.await("\"hello\"");

        signal("TERM");

        ann.await("\"moving\",\"retryAfterMs\":");
        assertThat(exitCode()).isZero();
        assertThat(err.lines().toList())
                .anyMatch(line -> line.contains(" stopping drain_timeout=PT20S"))
                .anyMatch(line -> line.contains("event=draining course_clients=0 relayed=0"))
                .anyMatch(line -> line.contains("event=moving clients=1"))
                .last()
                .asString()
                .endsWith(" stopped");
        assertThat(Files.readString(data.resolve("seat.key"))).hasSize(65);
    }

    @Test
    void aSecondSigtermDoesNotWaitForAnybody() throws Exception {
        start();
        coursePage();
        signal("TERM");
        awaitLine("event=draining course_clients=1");

        signal("TERM");

        assertThat(exitCode()).isEqualTo(143);
    }

    @Test
    void sighupReadsFilesAnewAndEndsNothing() throws Exception {
        start();
        for (int i = 0; i < 3; i++) {
            signal("HUP");
            awaitLine("event=reloaded");
        }

        signal("TERM");

        assertThat(exitCode()).isZero();
    }

    @Test
    void controlCWaitsForNobody() throws Exception {
        start();
        coursePage();

        signal("INT");

        assertThat(exitCode()).isZero();
        assertThat(err.lines().toList())
                .anyMatch(line -> line.contains(" stopping how=\"at once; SIGTERM waits for"))
                .noneMatch(line -> line.contains("event=draining"));
    }

    private void coursePage() throws InterruptedException {
        Listener page = new Listener();
        WebSocket socket = client.newWebSocketBuilder()
                .buildAsync(uri("socket.io/?EIO=4&transport=websocket"), page)
                .join();
        socket.sendText("40", true).join();
        page.await("40{");
        socket.sendText("42[\"join\",\"r\"]", true).join();
        page.await("joined");
    }

    private URI uri(String path) {
        return URI.create("ws://127.0.0.1:" + port + "/" + path);
    }

    private void start() throws IOException {
        Process started = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--host=127.0.0.1",
                        "--tls=off",
                        "--http-port=0",
                        "--relay=off",
                        "--drain-timeout=20s",
                        "--data-dir=" + data))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        process = Optional.of(started);
        err = started.errorReader();
        Matcher line = HTTP.matcher(awaitLine("event=started"));
        assertThat(line.find()).isTrue();
        port = Integer.parseInt(line.group(1));
        awaitLine(" ready ");
    }

    private String awaitLine(String part) throws IOException {
        String line = err.readLine();
        while (line != null && !line.contains(part)) {
            line = err.readLine();
        }
        assertThat(line).as("a line with " + part).isNotNull();
        return String.valueOf(line);
    }

    /** By the program of that name: Java itself can send SIGTERM and SIGKILL only. */
    private void signal(String name) throws Exception {
        Process kill = new ProcessBuilder(
                        "kill", "-" + name, Long.toString(process.orElseThrow().pid()))
                .start();
        assertThat(kill.waitFor()).isZero();
    }

    private int exitCode() throws InterruptedException {
        assertThat(process.orElseThrow().waitFor(SECONDS / 2, TimeUnit.SECONDS))
                .as("it has ended")
                .isTrue();
        return process.orElseThrow().exitValue();
    }

    /** Keeps what comes. */
    private static final class Listener implements WebSocket.Listener {
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            received.add(data.toString());
            from.request(1);
            return CompletableFuture.completedStage(null);
        }

        void await(String part) throws InterruptedException {
            String got = received.poll(SECONDS, TimeUnit.SECONDS);
            while (got != null && !got.contains(part)) {
                got = received.poll(SECONDS, TimeUnit.SECONDS);
            }
            assertThat(got).as("a message with " + part).isNotNull();
        }
    }
}
