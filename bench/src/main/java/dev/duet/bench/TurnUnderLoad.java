package dev.duet.bench;

import dev.duet.server.Cidr;
import dev.duet.server.RelayConfig;
import dev.duet.server.RelayLimits;
import dev.duet.server.relay.RelayServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Duet's relay alone, on loopback, with one thread and without limits. Arguments: the UDP port, the file of shared secrets, and {@code fast} or
 * {@code portable}.
 */
final class TurnUnderLoad {
    private TurnUnderLoad() {}

    static void main(String[] arguments) throws IOException {
        RelayLimits none = new RelayLimits(1_000_000, 64, 32, 0, Duration.ofHours(1), 1_000_000);
        RelayConfig config = RelayConfig.DEFAULT
                .withMode(arguments[2].equals("portable") ? RelayConfig.Mode.PORTABLE : RelayConfig.Mode.ON)
                .withUdpPort(Integer.parseInt(arguments[0]))
                .withPorts(20_000, 0xffff)
                .withAllowedPeers(List.of(Cidr.parse("127.0.0.0/8")))
                .withSecrets(Path.of(arguments[1]))
                .withLimits(none);
        try (RelayServer relay = RelayServer.start(config.withHost(InetAddress.ofLiteral("127.0.0.1")), 1)) {
            System.out.println("listening on " + relay.udpPort() + ", " + relay.engine());
            while (System.in.read() >= 0) {
                // It ends with its standard input.
            }
        }
    }
}
