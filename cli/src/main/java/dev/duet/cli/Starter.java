package dev.duet.cli;

import dev.duet.server.DuetConfig;
import dev.duet.server.DuetServer;
import dev.duet.server.access.Networks;
import dev.duet.server.relay.AdvertisedUrl;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Starts a server. The real one starts {@link DuetServer}; tests put a fake in its place. */
interface Starter {
    Running start(DuetConfig config);

    /** A started server, as {@link DuetServer} describes it. */
    interface Running extends AutoCloseable {
        Optional<InetSocketAddress> https();

        Optional<InetSocketAddress> http();

        String engine();

        /** What the relay is like; empty when this process does not relay. */
        Optional<RelayFacts> relay();

        /** Reads certificates and secrets anew. */
        void reload();

        /** Waits for those who would hang up, tells the others to come back. */
        void drain(Duration timeout) throws InterruptedException;

        @Override
        void close();
    }

    /**
     * What a relay is like.
     *
     * @param engine how it carries datagrams
     * @param port where it listens on UDP
     * @param addresses under which others find it
     * @param urls which clients are told instead, and whether it is found there
     */
    record RelayFacts(String engine, int port, List<InetAddress> addresses, List<AdvertisedUrl> urls) {
        /** Whether somebody outside this network could reach one of them. */
        boolean isPublic() {
            return addresses.stream().anyMatch(address -> !Networks.isWellKnownLocal(address));
        }
    }

    static Starter real() {
        return config -> {
            DuetServer server = DuetServer.start(config);
            return new Running() {
                @Override
                public Optional<InetSocketAddress> https() {
                    return server.https();
                }

                @Override
                public Optional<InetSocketAddress> http() {
                    return server.http();
                }

                @Override
                public String engine() {
                    return server.engine();
                }

                @Override
                public Optional<RelayFacts> relay() {
                    return server.relay()
                            .map(relay -> new RelayFacts(
                                    relay.engine(),
                                    relay.udpPort(),
                                    relay.advertised(),
                                    relay.urls().all()));
                }

                @Override
                public void reload() {
                    server.reload();
                }

                @Override
                public void drain(Duration timeout) throws InterruptedException {
                    server.drain(timeout);
                }

                @Override
                public void close() {
                    server.close();
                }
            };
        };
    }
}
