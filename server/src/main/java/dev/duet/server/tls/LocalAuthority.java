package dev.duet.server.tls;

import dev.duet.server.files.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority of this machine's own, which signs one certificate for all the names and addresses the machine has.
 *
 * <p>The first {@link #current()} makes both; later the leaf is made anew when the machine got a name or an address it does not
 * carry, when less than 30 days are left, or when it is not signed by the authority. The authority itself is never replaced while
 * it is readable and valid: people have told their devices to trust it.
 *
 * <p>In the directory: {@code ca.pem}, for whoever wants to trust it; {@code ca-key.pem}, key and certificate; {@code leaf.pem}, key
 * and chain. A key and its certificate share a file so that one atomic move changes both. Processes agree by a lock on {@code lock}.
 *
 * <p>Thread-safe.
 */
public final class LocalAuthority implements CertificateSource {
    static final Duration LEAF_LIFE = Duration.ofDays(397);
    static final Duration AUTHORITY_LIFE = Duration.ofDays(3652);
    static final Duration RENEW_BEFORE = Duration.ofDays(30);
    /** Phones with a clock that is behind must not find a certificate from the future. */
    private static final Duration BACKDATED = Duration.ofDays(1);
    /** A file lock holds between processes only; within this one it takes a monitor. */
    private static final Object WITHIN_THIS_PROCESS = new Object();

    private final Path directory;
    private final InstantSource clock;
    private final SecureRandom random;
    private final Supplier<LocalNames> names;
    private @Nullable KeyMaterial material;
    private X509.@Nullable Identity authority;

    /**
     * Works in a directory, which is made when it is not there.
     *
     * @param names what the machine is called now; asked at each {@link #current()}
     */
    public LocalAuthority(Path directory, InstantSource clock, SecureRandom random, Supplier<LocalNames> names) {
        this.directory = directory;
        this.clock = clock;
        this.random = random;
        this.names = names;
    }

    /**
     * {@inheritDoc}
     *
     * @throws TlsConfigurationException {@code authority-unreadable} when the files of an earlier start are damaged, {@code
     *     data-dir-unwritable} when they cannot be read or written at all
     */
    @Override
    public synchronized KeyMaterial current() {
        LocalNames now = names.get();
        KeyMaterial known = material;
        if (known != null
                && authority != null
                && fits(known, authority.certificate().getPublicKey(), now)) {
            return known;
        }
        try {
            return underLock(now);
        } catch (IOException e) {
            throw new TlsConfigurationException(
                    "data-dir-unwritable",
                    "cannot keep certificates in " + directory + " ("
                            + e.getClass().getSimpleName() + ": " + e.getMessage()
                            + "); make it writable or choose another place with --data-dir",
                    e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot sign with P-256", e);
        }
    }

    /** The certificate to trust; made by the first {@link #current()}, which this calls if nobody has. */
    @Override
    public synchronized Optional<X509Certificate> authority() {
        if (authority == null) {
            current();
        }
        return Optional.ofNullable(authority).map(X509.Identity::certificate);
    }

    private KeyMaterial underLock(LocalNames now) throws IOException, GeneralSecurityException {
        PrivateFiles.makeDirectory(directory);
        synchronized (WITHIN_THIS_PROCESS) {
            Path lock = directory.resolve("lock");
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var _ = channel.lock()) {
                X509.Identity signer = loadAuthority();
                if (signer == null || expires(signer.certificate(), clock.instant())) {
                    signer = makeAuthority(now);
                }
                KeyMaterial found = loadLeaf();
                if (found == null || !fits(found, signer.certificate().getPublicKey(), now)) {
                    found = makeLeaf(signer, now);
                }
                authority = signer;
                material = found;
                return found;
            }
        }
    }

    private X509.@Nullable Identity loadAuthority() throws IOException {
        Path file = directory.resolve("ca-key.pem");
        if (!Files.exists(file)) {
            return null;
        }
        PrivateFiles.makePrivate(file);
        KeyMaterial stored = read(file);
        if (stored == null) {
            // Making a new one silently would leave every device that trusts the old one with a warning nobody can
            // explain.
            throw new TlsConfigurationException(
                    "authority-unreadable",
                    file + " is damaged; restore it from a backup, or delete " + directory
                            + " to have a new authority made and trust that one on your devices again");
        }
        return new X509.Identity(stored.key(), stored.chain().getFirst());
    }

    private @Nullable KeyMaterial loadLeaf() throws IOException {
        Path file = directory.resolve("leaf.pem");
        return Files.exists(file) ? read(file) : null;
    }

    /** A key and its chain from one file; null when they are not whole or do not belong together. */
    private static @Nullable KeyMaterial read(Path file) throws IOException {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            return CertificateFiles.parse(text, text, file, file);
        } catch (TlsConfigurationException e) {
            return null;
        }
    }

    private X509.Identity makeAuthority(LocalNames now) throws IOException, GeneralSecurityException {
        Instant from = clock.instant().minus(BACKDATED);
        var made = X509.authority(
                "Duet local CA of " + now.hostName(), new X509.Validity(from, from.plus(AUTHORITY_LIFE)), random);
        String certificate = Pem.write("CERTIFICATE", made.certificate().getEncoded());
        String key = Pem.write("PRIVATE KEY", made.key().getEncoded());
        PrivateFiles.write(directory.resolve("ca-key.pem"), key + certificate, random);
        PrivateFiles.write(directory.resolve("ca.pem"), certificate, random);
        return made;
    }

    private KeyMaterial makeLeaf(X509.Identity signer, LocalNames now) throws IOException, GeneralSecurityException {
        Instant from = clock.instant().minus(BACKDATED);
        Instant signerEnds = signer.certificate().getNotAfter().toInstant();
        Instant until = from.plus(LEAF_LIFE).isBefore(signerEnds) ? from.plus(LEAF_LIFE) : signerEnds;
        var made = X509.leaf(signer, now, new X509.Validity(from, until), random);
        String text = Pem.write("PRIVATE KEY", made.key().getEncoded())
                + Pem.write("CERTIFICATE", made.certificate().getEncoded())
                + Pem.write("CERTIFICATE", signer.certificate().getEncoded());
        PrivateFiles.write(directory.resolve("leaf.pem"), text, random);
        return new KeyMaterial(made.key(), List.of(made.certificate(), signer.certificate()));
    }

    private boolean fits(KeyMaterial candidate, PublicKey signer, LocalNames now) {
        X509Certificate leaf = candidate.chain().getFirst();
        if (expires(leaf, clock.instant())) {
            return false;
        }
        try {
            leaf.verify(signer);
            return X509.namesOf(leaf).covers(now);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean expires(X509Certificate certificate, Instant now) {
        return now.isBefore(certificate.getNotBefore().toInstant())
                || now.plus(RENEW_BEFORE).isAfter(certificate.getNotAfter().toInstant());
    }
}
