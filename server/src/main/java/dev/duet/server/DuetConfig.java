package dev.duet.server;

import dev.duet.server.tls.CertificateSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Everything a {@link DuetServer} needs to know. Immutable; made by {@link #builder()}, whose defaults serve plain http on this
 * machine only.
 *
 * @param host the address to bind: a literal, {@code 0.0.0.0} or {@code ::}
 * @param httpsPort 0 takes any free port, {@link #OFF} listens on none
 * @param httpPort 0 takes any free port, {@link #OFF} listens on none
 * @param certificates empty when TLS is off or left to a proxy
 * @param basePath empty, or a path such as {@code /video} under which everything is served
 * @param pages a folder whose files are served at {@code /}; Duet's own page is at {@code /duet/} then
 * @param pagesListing whether its directories without an {@code index.html} show what is in them
 * @param capacity seats in a room, 2 to 4
 * @param seatGrace how long a lost connection keeps its seat
 * @param anonymous whether joins without a token are served to public addresses too
 * @param allowedOrigins exact origins ({@code https://example.org}) allowed beside the server's own
 * @param trustedProxies whose forwarding headers and PROXY protocol are believed
 * @param eventLoops threads that carry connections and rooms; 0 takes one per core
 * @param limits what one connection may do
 * @param relay how media is relayed that cannot go directly
 * @param secret what seat tokens are made from; absent: of this process alone, and its seats end with it
 */
public record DuetConfig(
        String host,
        int httpsPort,
        int httpPort,
        HttpMode httpMode,
        Optional<CertificateSource> certificates,
        String basePath,
        Optional<Path> pages,
        boolean pagesListing,
        int capacity,
        Duration seatGrace,
        boolean anonymous,
        List<String> allowedOrigins,
        List<Cidr> trustedProxies,
        int eventLoops,
        ConnectionLimits limits,
        RelayConfig relay,
        Optional<ServerSecret> secret) {

    /** A port that is not listened on. */
    public static final int OFF = -1;

    public DuetConfig {
        allowedOrigins = List.copyOf(allowedOrigins);
        trustedProxies = List.copyOf(trustedProxies);
        if (capacity < 2 || capacity > 4) {
            throw new IllegalArgumentException("capacity " + capacity + " (expected: 2 to 4)");
        }
        if (!basePath.isEmpty() && !basePath.matches("(/[A-Za-z0-9._~-]+)+")) {
            throw new IllegalArgumentException(
                    "base path '" + basePath + "' (expected: like /video, no slash at the end)");
        }
        if (seatGrace.isNegative() || seatGrace.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException("seat grace " + seatGrace + " (expected: 0 s to 10 min)");
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects a {@link DuetConfig}. Not thread-safe. */
    public static final class Builder {
        private String host = "127.0.0.1";
        private int httpsPort = OFF;
        private int httpPort = 8080;
        private HttpMode httpMode = HttpMode.REDIRECT;
        private Optional<CertificateSource> certificates = Optional.empty();
        private String basePath = "";
        private Optional<Path> pages = Optional.empty();
        private boolean pagesListing;
        private int capacity = 2;
        private Duration seatGrace = Duration.ofSeconds(30);
        private boolean anonymous;
        private List<String> allowedOrigins = List.of();
        private List<Cidr> trustedProxies = List.of();
        private int eventLoops;
        private ConnectionLimits limits = ConnectionLimits.DEFAULT;
        private RelayConfig relay = RelayConfig.DEFAULT;
        private Optional<ServerSecret> secret = Optional.empty();

        private Builder() {}

        public Builder host(String value) {
            host = value;
            return this;
        }

        public Builder httpsPort(int value) {
            httpsPort = value;
            return this;
        }

        public Builder httpPort(int value) {
            httpPort = value;
            return this;
        }

        public Builder httpMode(HttpMode value) {
            httpMode = value;
            return this;
        }

        public Builder certificates(CertificateSource value) {
            certificates = Optional.of(value);
            return this;
        }

        public Builder basePath(String value) {
            basePath = value;
            return this;
        }

        public Builder pages(Path value) {
            pages = Optional.of(value);
            return this;
        }

        public Builder pagesListing(boolean value) {
            pagesListing = value;
            return this;
        }

        public Builder capacity(int value) {
            capacity = value;
            return this;
        }

        public Builder seatGrace(Duration value) {
            seatGrace = value;
            return this;
        }

        public Builder anonymous(boolean value) {
            anonymous = value;
            return this;
        }

        public Builder allowedOrigins(List<String> value) {
            allowedOrigins = value;
            return this;
        }

        public Builder trustedProxies(List<Cidr> value) {
            trustedProxies = value;
            return this;
        }

        public Builder eventLoops(int value) {
            eventLoops = value;
            return this;
        }

        public Builder limits(ConnectionLimits value) {
            limits = value;
            return this;
        }

        /**
         * {@link RelayConfig#DEFAULT} unless it is given, on any free port if the usual one is taken: without a relay one call in six or so
         * finds no way. {@link RelayConfig#OFF} opens no port.
         */
        public Builder relay(RelayConfig value) {
            relay = value;
            return this;
        }

        /**
         * What seat tokens are made from: at least {@value ServerSecret#BYTES_MIN} random bytes that nobody else knows. With the same ones
         * the next process takes the seats of this one back. Without them every process makes its own: then whoever was in a room
         * when the server was restarted joins as somebody new, though the call itself goes on.
         */
        public Builder secret(byte[] value) {
            secret = Optional.of(ServerSecret.of(value));
            return this;
        }

        public DuetConfig build() {
            return new DuetConfig(
                    host,
                    httpsPort,
                    httpPort,
                    httpMode,
                    certificates,
                    basePath,
                    pages,
                    pagesListing,
                    capacity,
                    seatGrace,
                    anonymous,
                    allowedOrigins,
                    trustedProxies,
                    eventLoops,
                    limits,
                    relay,
                    secret);
        }
    }
}
