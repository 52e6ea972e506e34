/**
 * Certificates: where the server's key material comes from, and the local authority that makes one when there is none. Not the TLS
 * engine, which is Netty's. Entry type: {@link dev.duet.server.tls.CertificateSource}.
 */
@NullMarked
package dev.duet.server.tls;

import org.jspecify.annotations.NullMarked;
