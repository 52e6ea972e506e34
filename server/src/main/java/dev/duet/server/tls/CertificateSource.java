package dev.duet.server.tls;

import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * Where the server's certificate comes from. The server asks every few seconds, so that a certificate renewed on disk is taken up
 * without a restart and without closing a connection.
 *
 * <p>Thread-safe; {@link #current()} may block on the disk and is never called on an event loop.
 */
public interface CertificateSource {
    /**
     * The key material to present from now on. The very same object means that nothing changed.
     *
     * @throws TlsConfigurationException if there is nothing usable; at start this ends the start, later the server keeps what it has
     */
    KeyMaterial current();

    /** The certificate authority that a user may choose to trust, when this source signs its own certificates. */
    Optional<X509Certificate> authority();
}
