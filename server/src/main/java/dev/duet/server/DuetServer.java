package dev.duet.server;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A running Duet server: started by {@link #start}, stopped by {@link #close}.
 *
 * <p>Thread-safe.
 */
public final class DuetServer implements AutoCloseable {
    private DuetServer() {}

    /**
     * Binds the ports and serves.
     *
     * @throws DuetStartException when a port cannot be bound
     * @throws dev.duet.server.tls.TlsConfigurationException when the certificate cannot be used
     */
    public static DuetServer start(DuetConfig config) {
        return new DuetServer();
    }

    /** Where https is served, with the real port. */
    public Optional<InetSocketAddress> https() {
        return Optional.empty();
    }

    /** Where http is served, with the real port. */
    public Optional<InetSocketAddress> http() {
        return Optional.empty();
    }

    /** One line on what carries the bytes, e.g. {@code epoll, BoringSSL}. */
    public String engine() {
        return "";
    }

    /** Stops listening, closes every connection, waits for the threads. May be called twice. */
    @Override
    public void close() {}
}
