package dev.duet.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that trusts the local authority and checks names, against a server that presents its leaf. */
class HandshakeTest {
    @TempDir
    private Path data;

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "kitchen.local", "192.0.2.7", "::1"})
    void everyNameOfTheMachineIsAccepted(String name) throws Exception {
        LocalAuthority authority = authority();

        assertThat(handshake(authority.current(), authority.authority().orElseThrow(), name))
                .startsWith("TLSv1.3");
    }

    @Test
    void anotherNameIsRefused() {
        LocalAuthority authority = authority();

        assertThatThrownBy(() ->
                        handshake(authority.current(), authority.authority().orElseThrow(), "192.0.2.8"))
                .isInstanceOf(SSLException.class);
    }

    private LocalAuthority authority() {
        LocalNames names = LocalNames.of("kitchen", List.of(InetAddress.ofLiteral("192.0.2.7")));
        return new LocalAuthority(data, InstantSource.system(), new SecureRandom(), () -> names);
    }

    private static String handshake(KeyMaterial material, X509Certificate trusted, String name) throws Exception {
        SSLContext server = SSLContext.getInstance("TLS");
        KeyStore keys = emptyStore();
        keys.setKeyEntry("leaf", material.key(), new char[0], material.chain().toArray(Certificate[]::new));
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys, new char[0]);
        server.init(managers.getKeyManagers(), null, null);
        SSLContext client = SSLContext.getInstance("TLS");
        KeyStore anchors = emptyStore();
        anchors.setCertificateEntry("ca", trusted);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(anchors);
        client.init(null, trust.getTrustManagers(), null);

        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var listener = (SSLServerSocket)
                        server.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            threads.execute(() -> {
                try (var accepted = (SSLSocket) listener.accept()) {
                    accepted.startHandshake();
                } catch (java.io.IOException e) {
                    // The client refused the certificate; its own exception is what the test looks at.
                }
            });
            var plain = new java.net.Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
            try (var socket =
                    (SSLSocket) client.getSocketFactory().createSocket(plain, name, listener.getLocalPort(), true)) {
                var parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                return socket.getSession().getProtocol();
            }
        }
    }

    private static KeyStore emptyStore() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
