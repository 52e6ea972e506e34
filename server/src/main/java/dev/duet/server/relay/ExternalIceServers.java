package dev.duet.server.relay;

import dev.duet.server.RelayConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A TURN server elsewhere, such as coturn with {@code use-auth-secret}, relays. Thread-safe. */
public final class ExternalIceServers implements IceServers {
    private final RelayConfig config;
    private final SharedSecrets secrets;

    /** @throws dev.duet.server.DuetStartException when the file of secrets cannot be read */
    public ExternalIceServers(RelayConfig config) {
        this.config = config;
        this.secrets = new SharedSecrets(config.secrets());
    }

    @Override
    public List<IceServer> forParticipant(String participant, String host) {
        return servers(participant, life());
    }

    @Override
    public List<IceServer> forVisitor(String visitor, String host) {
        return servers(visitor, VISITOR_LIFE);
    }

    private List<IceServer> servers(String participant, Duration life) {
        List<String> stun =
                config.external().stream().filter(url -> url.startsWith("stun")).toList();
        List<String> turn =
                config.external().stream().filter(url -> url.startsWith("turn")).toList();
        Optional<IceServer.Login> login = secrets.all().stream().findFirst().map(secret -> {
            long expires = System.currentTimeMillis() / 1_000 + life.toSeconds();
            String username = new RestCredential(expires, participant).username();
            return new IceServer.Login(username, RestCredential.password(secret, username));
        });
        return java.util.stream.Stream.of(new IceServer(stun, Optional.empty()), new IceServer(turn, login))
                .filter(server -> !server.urls().isEmpty())
                .toList();
    }

    @Override
    public Duration life() {
        return config.limits().credentialLife();
    }

    @Override
    public void gone(String participant, boolean connectionLost) {
        // That server does not know of seats; its credentials are short-lived.
    }

    /** What has to be done every few seconds. */
    public void housekeeping() {
        secrets.refresh();
    }
}
