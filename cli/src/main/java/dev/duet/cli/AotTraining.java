package dev.duet.cli;

import dev.duet.cli.log.Logging;
import dev.duet.cli.settings.Settings;
import dev.duet.server.DuetConfig;
import dev.duet.server.DuetServer;
import dev.duet.server.RelayConfig;
import dev.duet.server.access.Interfaces;
import dev.duet.server.tls.LocalAuthority;
import dev.duet.server.tls.LocalNames;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the start cache is trained on: reading settings, making certificates, a server on free loopback ports, a
 * page, a WebSocket handshake, the first screen, an orderly end. Nobody sees its output.
 */
final class AotTraining {
    private static final int READ_TIMEOUT_MS = 2_000;

    private AotTraining() {}

    static void main() throws IOException {
        Path directory = Files.createTempDirectory("duet-aot");
        try {
            train(directory);
        } finally {
            delete(directory);
        }
    }

    private static void train(Path directory) throws IOException {
        var wish = Settings.read(List.of("serve", "--data-dir", directory.toString()), Map.of("LANG", "en"));
        if (!(wish instanceof Settings.Wish.Serve(Settings settings))) {
            throw new IllegalStateException("not a wish to serve: " + wish);
        }
        Logging.configure(false, "info", OutputStream.nullOutputStream());
        var authority = new LocalAuthority(
                directory.resolve("tls"), InstantSource.system(), new SecureRandom(), LocalNames::discover);
        DuetConfig config = DuetConfig.builder()
                .host("127.0.0.1")
                .httpPort(0)
                .httpsPort(0)
                .certificates(authority)
                .eventLoops(1)
                .relay(RelayConfig.OFF)
                .build();
        try (DuetServer server = DuetServer.start(config)) {
            var facts = new FirstScreen.Facts(
                    settings,
                    Main.version(),
                    server.http().map(InetSocketAddress::getPort),
                    server.https().map(InetSocketAddress::getPort),
                    Hosts.reachable(Hosts.ALL),
                    server.engine(),
                    Optional.empty(),
                    true,
                    Interfaces.isInContainer());
            var look = new FirstScreen.Look(Language.ENGLISH, true, true);
            String screen = new FirstScreen(facts, look).text();
            if (screen.isEmpty()) {
                throw new IllegalStateException("an empty first screen");
            }
            Optional<InetSocketAddress> http = server.http();
            if (http.isPresent()) {
                visit(http.get().getPort());
            }
        }
    }

    private static void visit(int port) throws IOException {
        ask(port, "GET / HTTP/1.1\r\nHost: localhost:" + port + "\r\nConnection: close\r\n\r\n");
        ask(
                port,
                "GET /ws HTTP/1.1\r\nHost: localhost:" + port + "\r\nOrigin: http://localhost:" + port
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Protocol: duet.v1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    }

    private static void ask(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(READ_TIMEOUT_MS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] some = new byte[1024];
            if (socket.getInputStream().read(some) < 0) {
                throw new IOException("no answer to the training request");
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
