package dev.duet.cli;

import dev.duet.server.DuetConfig;
import dev.duet.server.DuetStartException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Starts nothing: keeps the configuration, or fails as it was told to. */
final class FakeStarter implements Starter {
    final List<DuetConfig> started = new ArrayList<>();
    Optional<DuetStartException> failure = Optional.empty();
    final List<Duration> drained = new ArrayList<>();
    int closed;
    int reloads;

    @Override
    public Running start(DuetConfig config) {
        failure.ifPresent(e -> {
            throw e;
        });
        started.add(config);
        return new Running() {
            @Override
            public Optional<InetSocketAddress> https() {
                return at(config.httpsPort());
            }

            @Override
            public Optional<InetSocketAddress> http() {
                return at(config.httpPort());
            }

            @Override
            public String engine() {
                return "fake";
            }

            @Override
            public void reload() {
                reloads++;
            }

            @Override
            public Optional<RelayFacts> relay() {
                return Optional.empty();
            }

            @Override
            public void drain(Duration timeout) {
                drained.add(timeout);
            }

            @Override
            public void close() {
                closed++;
            }
        };
    }

    private static Optional<InetSocketAddress> at(int port) {
        return port == DuetConfig.OFF
                ? Optional.empty()
                : Optional.of(InetSocketAddress.createUnresolved("localhost", port));
    }
}
