package dev.duet.cli;

import dev.duet.server.DuetConfig;
import dev.duet.server.DuetServer;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Starts a server. The real one starts {@link DuetServer}; tests put a fake in its place. */
interface Starter {
    Running start(DuetConfig config);

    /** A started server, as {@link DuetServer} describes it. */
    interface Running extends AutoCloseable {
        Optional<InetSocketAddress> https();

        Optional<InetSocketAddress> http();

        String engine();

        @Override
        void close();
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
                public void close() {
                    server.close();
                }
            };
        };
    }
}
