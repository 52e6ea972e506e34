package dev.duet.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFilesTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final LocalNames NAMES = LocalNames.of("kitchen", List.of());
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private Path directory;

    private X509.Identity authority;

    @BeforeEach
    void makeAuthority() throws Exception {
        authority = X509.authority("a CA", days(-10, 1000), RANDOM);
    }

    @Test
    void aChainWithItsPkcs8KeyIsRead() throws Exception {
        X509.Identity leaf = leaf(days(-1, 100));
        write(leaf);

        KeyMaterial material = files().current();

        assertThat(material.chain()).containsExactly(leaf.certificate(), authority.certificate());
        assertThat(material.key()).isEqualTo(leaf.key());
        assertThat(files().authority()).isEmpty();
    }

    @Test
    void oneFileMayHoldBoth() throws Exception {
        X509.Identity leaf = leaf(days(-1, 100));
        Path both = Files.writeString(directory.resolve("both.pem"), pem(leaf.key()) + pem(leaf.certificate()));

        assertThat(new CertificateFiles(both, both, () -> NOW).current().key()).isEqualTo(leaf.key());
    }

    @Test
    void anRsaKeyInItsOldFormatIsRead() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        X509Certificate certificate = X509.certify(authority, pair.getPublic(), NAMES, days(-1, 100), RANDOM);
        write("cert.pem", pem(certificate));
        write("key.pem", Pem.write("RSA PRIVATE KEY", inside(pair.getPrivate())));

        assertThat(files().current().key()).isEqualTo(pair.getPrivate());
    }

    @Test
    void anEllipticKeyInItsOldFormatIsReadWithAndWithoutItsCurve() throws Exception {
        X509.Identity leaf = leaf(days(-1, 100));
        write("cert.pem", pem(leaf.certificate()));
        write("key.pem", Pem.write("EC PRIVATE KEY", inside(leaf.key())));
        assertThat(files().current().key()).isEqualTo(leaf.key());

        Der.Reader sec1 = new Der.Reader(inside(leaf.key())).enter(Der.SEQUENCE);
        byte[] version = Der.element(Der.INTEGER, sec1.enter(Der.INTEGER).rest());
        byte[] secret = Der.octets(sec1.enter(Der.OCTET_STRING).rest());
        byte[] curve = Der.explicit(0, Der.oid("1.2.840.10045.3.1.7"));
        write(
                "key.pem",
                "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                        + Pem.write("EC PRIVATE KEY", Der.sequence(version, secret, curve)));
        assertThat(files().current().key())
                .isInstanceOfSatisfying(
                        ECPrivateKey.class,
                        key -> assertThat(key.getS()).isEqualTo(((ECPrivateKey) leaf.key()).getS()));
    }

    @Test
    void missingFilesAreNamedWithTheirOption() throws Exception {
        assertFault("certificate-missing", "cert.pem", "--cert");

        write("cert.pem", pem(leaf(days(-1, 100)).certificate()));
        assertFault("key-missing", "key.pem", "--key");
    }

    @Test
    void whatIsNoCertificateIsUnreadable() throws Exception {
        write(leaf(days(-1, 100)));
        write("cert.pem", "hello");
        assertFault("certificate-unreadable", "BEGIN CERTIFICATE");

        write("cert.pem", Pem.write("CERTIFICATE", new byte[] {1, 2, 3}));
        assertFault("certificate-unreadable", "damaged");

        Files.delete(directory.resolve("cert.pem"));
        Files.createDirectory(directory.resolve("cert.pem"));
        assertFault("certificate-unreadable", "cert.pem");
    }

    @Test
    void aHugeFileIsNotReadAtAll() throws Exception {
        write(leaf(days(-1, 100)));
        Files.write(directory.resolve("cert.pem"), new byte[(1 << 20) + 1]);

        assertFault("certificate-unreadable", "1 MiB");
    }

    @Test
    void whatIsNoKeyIsUnreadable() throws Exception {
        write(leaf(days(-1, 100)));
        write("key.pem", "hello");
        assertFault("key-unreadable", "BEGIN PRIVATE KEY");

        write("key.pem", Pem.write("PRIVATE KEY", new byte[] {1, 2, 3}));
        assertFault("key-unreadable", "openssl pkey");

        write("key.pem", Pem.write("EC PRIVATE KEY", new byte[] {0x30, 0x05, 0x02}));
        assertFault("key-unreadable", "openssl pkey");
    }

    @Test
    void anEncryptedKeyIsCalledThat() throws Exception {
        write(leaf(days(-1, 100)));
        write("key.pem", Pem.write("ENCRYPTED PRIVATE KEY", new byte[] {1}));
        assertFault("key-encrypted", "openssl pkey");

        write("key.pem", """
                -----BEGIN RSA PRIVATE KEY-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-128-CBC,0123456789ABCDEF

                AAAA
                -----END RSA PRIVATE KEY-----
                """);
        assertFault("key-encrypted", "decrypt");
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() throws Exception {
        write(leaf(days(-1, 100)));
        write("key.pem", pem(leaf(days(-1, 100)).key()));

        assertFault("key-mismatch", "issued together");
    }

    @Test
    void aServerStartsWithAnExpiredCertificateAndTakesNoneInPlaceOfAValidOne() throws Exception {
        X509.Identity expired = leaf(days(-9, -1));
        write(expired);
        assertThat(files().current().key()).isEqualTo(expired.key());

        X509.Identity valid = leaf(days(-1, 100));
        write(valid);
        CertificateFiles files = files();
        files.current();
        write(expired);
        assertThat(files.current().key()).isEqualTo(valid.key());
        assertThatThrownBy(files::current)
                .isInstanceOf(TlsConfigurationException.class)
                .hasMessageContaining("2026-11-19")
                .hasMessageContaining("renew");
    }

    @Test
    void anIssuerThatIsThereTwiceIsThereOnce() throws Exception {
        X509.Identity leaf = leaf(days(-1, 100));
        write("key.pem", pem(leaf.key()));
        write("cert.pem", pem(leaf.certificate()) + pem(authority.certificate()) + pem(authority.certificate()));

        assertThat(files().current().chain()).containsExactly(leaf.certificate(), authority.certificate());
    }

    @Test
    void aKeyThatNoBrowserTakesIsCalledThat() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        X509Certificate certificate = X509.certify(authority, pair.getPublic(), NAMES, days(-1, 100), RANDOM);
        write("cert.pem", pem(certificate));
        write("key.pem", pem(pair.getPrivate()));

        assertFault("certificate-unsupported", "P-256");
    }

    @Test
    void datesAreChecked() throws Exception {
        write(leaf(days(1, 100)));
        assertFault("certificate-not-yet-valid", "clock");
    }

    @Test
    void aChainOutOfOrderIsRefused() throws Exception {
        X509.Identity leaf = leaf(days(-1, 100));
        write("key.pem", pem(leaf.key()));
        write("cert.pem", pem(authority.certificate()) + pem(leaf.certificate()));
        assertFault("certificate-order", "first");

        X509.Identity stranger = X509.authority("another CA", days(-1, 100), RANDOM);
        write("cert.pem", pem(leaf.certificate()) + pem(stranger.certificate()));
        assertFault("certificate-order", "issuer");
    }

    @Test
    void everyMessageIsOneLine() throws Exception {
        write(leaf(days(-1, 100)));
        write("key.pem", "hello");

        assertThatThrownBy(() -> files().current()).message().doesNotContain("\n");
    }

    @Test
    void aRenewedPairIsTakenUp() throws Exception {
        write(leaf(days(-1, 10)));
        CertificateFiles files = files();
        KeyMaterial before = files.current();
        assertThat(files.current()).isSameAs(before);

        X509.Identity renewed = leaf(days(0, 100));
        write(renewed);

        assertThat(files.current().key()).isEqualTo(renewed.key());
    }

    @Test
    void aHalfWrittenPairKeepsTheOldOneUntilBothFit() throws Exception {
        write(leaf(days(-1, 10)));
        CertificateFiles files = files();
        KeyMaterial before = files.current();
        X509.Identity renewed = leaf(days(0, 100));

        write("cert.pem", pem(renewed.certificate()));
        assertThat(files.current()).isSameAs(before);

        write("key.pem", pem(renewed.key()));
        assertThat(files.current().key()).isEqualTo(renewed.key());
    }

    @Test
    void filesThatStayBrokenAreReportedOnceAndTheOldPairStays() throws Exception {
        write(leaf(days(-1, 10)));
        CertificateFiles files = files();
        KeyMaterial before = files.current();

        Files.delete(directory.resolve("key.pem"));
        assertThat(files.current()).isSameAs(before);
        assertThatThrownBy(files::current).isInstanceOf(TlsConfigurationException.class);
        assertThat(files.current()).isSameAs(before);
        assertThat(files.current()).isSameAs(before);

        X509.Identity renewed = leaf(days(0, 100));
        write(renewed);
        assertThat(files.current().key()).isEqualTo(renewed.key());
    }

    private void assertFault(String code, String... words) {
        assertThatThrownBy(() -> files().current())
                .isInstanceOfSatisfying(
                        TlsConfigurationException.class,
                        e -> assertThat(e.code()).isEqualTo(code))
                .message()
                .contains(words)
                .doesNotContain("\n");
    }

    private CertificateFiles files() {
        return new CertificateFiles(directory.resolve("cert.pem"), directory.resolve("key.pem"), () -> NOW);
    }

    private X509.Identity leaf(X509.Validity validity) throws Exception {
        return X509.leaf(authority, NAMES, validity, RANDOM);
    }

    private static X509.Validity days(int from, int to) {
        return new X509.Validity(NOW.plus(Duration.ofDays(from)), NOW.plus(Duration.ofDays(to)));
    }

    private void write(X509.Identity leaf) throws Exception {
        write("cert.pem", "some text before\n" + pem(leaf.certificate()) + pem(authority.certificate()));
        write("key.pem", pem(leaf.key()));
    }

    private void write(String file, String text) throws Exception {
        Files.writeString(directory.resolve(file), text);
    }

    private static String pem(X509Certificate certificate) throws Exception {
        return Pem.write("CERTIFICATE", certificate.getEncoded());
    }

    private static String pem(PrivateKey key) {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    /** The key in its own format, as PKCS#8 wraps it. */
    private static byte[] inside(PrivateKey key) {
        Der.Reader fields = new Der.Reader(key.getEncoded()).enter(Der.SEQUENCE);
        fields.enter(Der.INTEGER);
        fields.enter(Der.SEQUENCE);
        return fields.enter(Der.OCTET_STRING).rest();
    }
}
