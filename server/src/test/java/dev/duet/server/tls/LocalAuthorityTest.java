package dev.duet.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalAuthorityTest {
    private static final Instant START = Instant.parse("2026-11-20T12:00:00Z");

    @TempDir
    private Path data;

    private Instant now = START;
    private LocalNames names = namesWith("192.168.1.23", "2001:db8::7");

    @Test
    void theJdkAcceptsTheChain() throws Exception {
        KeyMaterial material = authority().current();

        var path = CertificateFactory.getInstance("X.509")
                .generateCertPath(List.of(material.chain().getFirst()));
        var parameters =
                new PKIXParameters(Set.of(new TrustAnchor(material.chain().get(1), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(now));
        CertPathValidator.getInstance("PKIX").validate(path, parameters);
    }

    @Test
    void theAuthoritySignsLeavesOnlyAndSaysWhoseItIs() {
        X509Certificate ca = authority().authority().orElseThrow();

        assertThat(ca.getSubjectX500Principal().getName()).isEqualTo("CN=Duet local CA of kitchen");
        assertThat(ca.getBasicConstraints()).isZero();
        assertThat(ca.getCriticalExtensionOIDs()).contains("2.5.29.15", "2.5.29.19");
        assertThat(ca.getKeyUsage()[5]).isTrue();
        assertThat(Duration.between(now, ca.getNotAfter().toInstant()).toDays()).isBetween(3640L, 3653L);
    }

    @Test
    void theLeafCarriesEveryNameAndLivesAtMost397Days() throws Exception {
        X509Certificate leaf = authority().current().chain().getFirst();

        LocalNames carried = X509.namesOf(leaf);
        assertThat(carried.dns()).containsExactlyInAnyOrder("localhost", "kitchen", "kitchen.local");
        assertThat(carried.addresses())
                .containsExactlyInAnyOrder(
                        InetAddress.ofLiteral("127.0.0.1"),
                        InetAddress.ofLiteral("::1"),
                        InetAddress.ofLiteral("192.168.1.23"),
                        InetAddress.ofLiteral("2001:db8::7"));
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(Duration.between(
                        leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant()))
                .isLessThanOrEqualTo(Duration.ofDays(397));
        assertThat(leaf.getNonCriticalExtensionOIDs()).contains("2.5.29.14", "2.5.29.35");
    }

    @Test
    void filesAreForTheirOwnerOnly() throws Exception {
        authority().current();

        assertThat(mode(data.resolve("tls"))).isEqualTo("rwx------");
        assertThat(mode(data.resolve("tls/ca-key.pem"))).isEqualTo("rw-------");
        assertThat(mode(data.resolve("tls/leaf.pem"))).isEqualTo("rw-------");
        try (var files = Files.list(data.resolve("tls"))) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("ca-key.pem", "ca.pem", "leaf.pem", "lock");
        }
    }

    @Test
    void nothingChangedIsTheVerySameObject() {
        LocalAuthority authority = authority();

        assertThat(authority.current()).isSameAs(authority.current());
    }

    @Test
    void aSecondStartFindsWhatTheFirstOneMade() {
        KeyMaterial first = authority().current();

        assertThat(authority().current().chain()).isEqualTo(first.chain());
    }

    @Test
    void aNewAddressGetsANewLeafFromTheSameAuthority() {
        LocalAuthority authority = authority();
        KeyMaterial before = authority.current();

        names = namesWith("192.168.1.23", "10.0.0.5");
        KeyMaterial after = authority.current();

        assertThat(after.chain().getFirst()).isNotEqualTo(before.chain().getFirst());
        assertThat(after.chain().get(1)).isEqualTo(before.chain().get(1));
    }

    @Test
    void anAddressThatWentAwayChangesNothing() {
        LocalAuthority authority = authority();
        KeyMaterial before = authority.current();

        names = namesWith("192.168.1.23");

        assertThat(authority.current()).isSameAs(before);
    }

    @Test
    void theLeafIsRenewedThirtyDaysBeforeItsEnd() {
        LocalAuthority authority = authority();
        KeyMaterial before = authority.current();

        now = START.plus(Duration.ofDays(365));
        assertThat(authority.current()).isSameAs(before);

        now = START.plus(Duration.ofDays(367));
        assertThat(authority.current()).isNotSameAs(before);
    }

    @Test
    void aLeafOfAnotherAuthorityIsReplaced() throws Exception {
        var validity = new X509.Validity(START, START.plus(Duration.ofDays(300)));
        X509.Identity stranger = X509.authority("Duet local CA of kitchen", validity, new SecureRandom());
        X509.Identity foreign = X509.leaf(stranger, names, validity, new SecureRandom());
        KeyMaterial own = authority().current();
        Files.writeString(
                data.resolve("tls/leaf.pem"),
                Pem.write("PRIVATE KEY", foreign.key().getEncoded())
                        + Pem.write("CERTIFICATE", foreign.certificate().getEncoded()));

        KeyMaterial found = authority().current();

        assertThat(found.chain().getFirst()).isNotEqualTo(foreign.certificate());
        assertThat(found.chain().get(1)).isEqualTo(own.chain().get(1));
    }

    @Test
    void aDamagedLeafIsReplacedAndADamagedAuthorityIsReported() throws Exception {
        authority().current();
        Files.writeString(data.resolve("tls/leaf.pem"), "half of a fi");
        assertThat(authority().current().chain()).hasSize(2);

        Files.writeString(data.resolve("tls/ca-key.pem"), "half of a fi");
        assertThatThrownBy(() -> authority().current())
                .isInstanceOfSatisfying(
                        TlsConfigurationException.class,
                        e -> assertThat(e.code()).isEqualTo("authority-unreadable"));
    }

    @Test
    void aPlaceThatCannotBeWrittenIsReported() throws Exception {
        Path file = Files.writeString(data.resolve("occupied"), "");

        var authority = new LocalAuthority(file.resolve("tls"), () -> now, new SecureRandom(), () -> names);

        assertThatThrownBy(authority::current)
                .isInstanceOfSatisfying(
                        TlsConfigurationException.class,
                        e -> assertThat(e.code()).isEqualTo("data-dir-unwritable"));
    }

    @Test
    void manyStartingAtOnceAgreeOnOneAuthorityAndOneLeaf() throws Exception {
        Set<List<X509Certificate>> chains = new HashSet<>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Callable<KeyMaterial>> starts = IntStream.range(0, 16)
                    .<Callable<KeyMaterial>>mapToObj(_ -> () -> authority().current())
                    .toList();
            for (Future<KeyMaterial> started : threads.invokeAll(starts, 60, TimeUnit.SECONDS)) {
                chains.add(started.get().chain());
            }
        }

        assertThat(chains).hasSize(1);
    }

    @Test
    void namesThatNoCertificateCanCarryAreLeftOut() throws Exception {
        LocalNames odd = LocalNames.of("Küche 7", List.of(InetAddress.ofLiteral("fe80::1")));

        assertThat(odd.dns()).containsExactly("localhost");
        assertThat(odd.addresses()).hasSize(2);
        assertThat(LocalNames.of("a.example", List.of()).dns()).doesNotContain("a.example.local");
        assertThat(LocalNames.discover().dns()).contains("localhost");
    }

    @Test
    void addressesHaveAMaximum() {
        List<InetAddress> many = IntStream.range(0, 200)
                .mapToObj(i -> InetAddress.ofLiteral("10.0.0." + i))
                .toList();

        assertThat(LocalNames.of("host", many).addresses()).hasSize(LocalNames.ADDRESSES_MAX);
    }

    private LocalAuthority authority() {
        return new LocalAuthority(data.resolve("tls"), () -> now, new SecureRandom(), () -> names);
    }

    private static LocalNames namesWith(String... addresses) {
        return LocalNames.of(
                "Kitchen",
                List.of(addresses).stream().map(InetAddress::ofLiteral).toList());
    }

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
