package dev.duet.examples.embedded;

import dev.duet.server.DuetConfig;
import dev.duet.server.DuetServer;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;

/**
 * A clinic that gives each appointment a video call: it starts Duet in its own process and hands out the links.
 *
 * <p>Thread-safe.
 */
public final class ClinicServer implements AutoCloseable {
    private static final int ROOM_BYTES = 16;

    private final DuetServer duet;
    private final SecureRandom random = new SecureRandom();

    /**
     * Starts Duet on this machine, under {@code /video}.
     *
     * @param httpPort 0 takes any free port
     */
    public ClinicServer(int httpPort) {
        duet = DuetServer.start(DuetConfig.builder()
                .httpPort(httpPort)
                .basePath("/video")
                .seatGrace(Duration.ofMinutes(2))
                .build());
    }

    /** The page, for the clinic's own pages to link to. */
    public URI page() {
        return URI.create("http://localhost:" + duet.http().orElseThrow().getPort() + "/video/");
    }

    /** A link for one appointment. Who has it may join, so it cannot be guessed and goes to the two of them only. */
    public URI appointment() {
        byte[] room = new byte[ROOM_BYTES];
        random.nextBytes(room);
        return page().resolve("#" + HexFormat.of().formatHex(room));
    }

    @Override
    public void close() {
        duet.close();
    }

    /** Runs until Ctrl+C. */
    static void main() {
        ClinicServer clinic = new ClinicServer(8080);
        Runtime.getRuntime().addShutdownHook(new Thread(clinic::close));
        IO.println("Doctor and patient meet at " + clinic.appointment());
    }
}
