package dev.duet.server.http;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Optional;

/**
 * {@code /trust}: offers the certificate authority that this server made for itself, and says what trusting it means. Served over plain
 * http too, since it is for those whose browser does not trust the https address yet.
 *
 * <p>Thread-safe.
 */
final class TrustPages {
    private static final String FOLDER = "/dev/duet/server/trust/";

    private final Optional<TlsContexts> tls;

    TrustPages(Optional<TlsContexts> tls) {
        this.tls = tls;
    }

    /** The answer to a request for this path, or nothing when it is not one of these. */
    Optional<FullHttpResponse> answer(String path) {
        return switch (path) {
            case "/trust" ->
                Optional.of(tls.flatMap(TlsContexts::authority)
                        .map(_ -> resource("trust.html", "text/html; charset=utf-8"))
                        .orElseGet(TrustPages::nothingToTrust));
            case "/trust/trust.css" -> Optional.of(resource("trust.css", "text/css; charset=utf-8"));
            case "/trust/ca.crt" ->
                Optional.of(authority(TrustPages::der, "application/x-x509-ca-cert", "duet-ca.crt"));
            case "/trust/ca.pem" -> Optional.of(authority(TrustPages::pem, "application/x-pem-file", "duet-ca.pem"));
            default -> Optional.empty();
        };
    }

    private interface Encoding {
        byte[] of(X509Certificate certificate) throws CertificateEncodingException;
    }

    private FullHttpResponse authority(Encoding encoding, String type, String fileName) {
        Optional<X509Certificate> authority = tls.flatMap(TlsContexts::authority);
        if (authority.isEmpty()) {
            return nothingToTrust();
        }
        try {
            FullHttpResponse answer = Answers.bytes(HttpResponseStatus.OK, type, encoding.of(authority.get()));
            answer.headers().set(HttpHeaderNames.CONTENT_DISPOSITION, "attachment; filename=\"" + fileName + "\"");
            return answer;
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static FullHttpResponse nothingToTrust() {
        return Answers.text(
                HttpResponseStatus.NOT_FOUND,
                "There is nothing to trust here: this server did not make its own certificate.\n"
                        + "这里没有需要信任的证书：本服务器的证书不是自己签发的。");
    }

    private static byte[] der(X509Certificate certificate) throws CertificateEncodingException {
        return certificate.getEncoded();
    }

    private static byte[] pem(X509Certificate certificate) throws CertificateEncodingException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
        return ("-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static FullHttpResponse resource(String name, String type) {
        try (InputStream in = TrustPages.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("resource missing: " + FOLDER + name);
            }
            return Answers.bytes(HttpResponseStatus.OK, type, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
