package dev.duet.server.http;

import dev.duet.server.log.LogEvent;
import dev.duet.server.tls.CertificateSource;
import dev.duet.server.tls.KeyMaterial;
import dev.duet.server.tls.TlsConfigurationException;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The TLS engine and its certificate: BoringSSL where its native library fits, the JDK's own otherwise. A new certificate serves the
 * connections from then on; those that are open go on as they are.
 *
 * <p>Thread-safe.
 */
public final class TlsContexts {
    private static final Logger log = LoggerFactory.getLogger(TlsContexts.class);

    private static final Duration WARNED_BEFORE = Duration.ofDays(14);
    private static final String RENEW =
            "renew the certificate; files of --cert and --key are taken up when they change";

    private final CertificateSource source;
    private final SslProvider provider;
    private volatile KeyMaterial material;
    private volatile SslContext context;
    private volatile @Nullable Instant told;

    /** Makes the first context. */
    public TlsContexts(CertificateSource source) {
        this.source = source;
        this.provider = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
        if (provider == SslProvider.JDK) {
            Throwable why = OpenSsl.unavailabilityCause();
            LogEvent.of("tls")
                    .with("engine", "jdk")
                    .with("reason", why == null ? "no native library" : why.getMessage())
                    .to(log, Level.INFO);
        }
        this.material = source.current();
        this.context = build(material);
        tellItsEnd();
    }

    /** Once a day, from two weeks before. */
    private void tellItsEnd() {
        Instant now = Instant.now();
        Instant end = material.chain().getFirst().getNotAfter().toInstant();
        if (end.isAfter(now.plus(WARNED_BEFORE)) || (told != null && now.isBefore(told.plus(Duration.ofDays(1))))) {
            return;
        }
        told = now;
        LogEvent event = end.isBefore(now)
                ? LogEvent.of("certificate-expired").with("fix", "browsers refuse this server: " + RENEW)
                : LogEvent.of("certificate-expires").with("fix", RENEW);
        event.with("until", end).to(log, Level.WARN);
    }

    private SslContext build(KeyMaterial from) {
        try {
            return SslContextBuilder.forServer(from.key(), from.chain().toArray(new X509Certificate[0]))
                    .sslProvider(provider)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new TlsConfigurationException(
                    "certificate-unusable", "the TLS engine refuses the certificate: " + e.getMessage(), e);
        }
    }

    /** Takes up a renewed certificate, if there is one. Blocks on the disk: not for event loops. */
    public void refresh() {
        tellItsEnd();
        try {
            KeyMaterial now = source.current();
            if (now != material) {
                context = build(now);
                material = now;
                told = null;
                LogEvent.of("certificate-renewed")
                        .with("until", now.chain().getFirst().getNotAfter().toInstant())
                        .to(log, Level.INFO);
            }
        } catch (TlsConfigurationException e) {
            LogEvent.of("certificate-kept")
                    .with("code", e.code())
                    .with("reason", e.getMessage())
                    .to(log, Level.WARN);
        }
    }

    SslHandler newHandler(ByteBufAllocator allocator) {
        return context.newHandler(allocator);
    }

    Optional<X509Certificate> authority() {
        return source.authority();
    }

    public X509Certificate certificate() {
        return material.chain().getFirst();
    }

    /** The engine's name for people. */
    public String engine() {
        return provider == SslProvider.OPENSSL ? "BoringSSL" : "the JDK's TLS";
    }
}
