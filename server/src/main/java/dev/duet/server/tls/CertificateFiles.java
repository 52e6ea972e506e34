package dev.duet.server.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A certificate chain and its key from PEM files that somebody else keeps up to date.
 *
 * <p>Each {@link #current()} reads both files and takes them up when their content changed and both fit together. While they do not fit,
 * which is what a renewal looks like from outside while it is being written, the old material stays; files found broken twice with
 * the same content are reported once by an exception, and the old material stays all the same.
 *
 * <p>Codes of its errors: {@code certificate-missing}, {@code certificate-unreadable}, {@code certificate-expired}, {@code
 * certificate-not-yet-valid}, {@code certificate-order}, {@code key-missing}, {@code key-unreadable}, {@code key-encrypted}, {@code
 * key-mismatch}.
 *
 * <p>Thread-safe.
 */
public final class CertificateFiles implements CertificateSource {
    private static final int FILE_BYTES_MAX = 1 << 20;

    /** Kinds of keys that every browser takes. */
    private static final Set<String> TAKEN = Set.of("EC", "RSA");

    private final Path certificateFile;
    private final Path keyFile;
    private final InstantSource clock;
    private @Nullable Reading seen;
    private @Nullable KeyMaterial material;
    private @Nullable TlsConfigurationException fault;
    private boolean reported;

    /** Reads nothing yet; {@link #current()} does. */
    public CertificateFiles(Path certificateFile, Path keyFile, InstantSource clock) {
        this.certificateFile = certificateFile;
        this.keyFile = keyFile;
        this.clock = clock;
    }

    @Override
    public synchronized KeyMaterial current() {
        Reading now = readBoth();
        KeyMaterial old = material;
        if (old == null) {
            KeyMaterial first = load(now, true);
            seen = now;
            material = first;
            return first;
        }
        if (seen == null || !now.same(seen)) {
            seen = now;
            reported = false;
            try {
                KeyMaterial fresh = load(now, false);
                fault = null;
                material = fresh;
                return fresh;
            } catch (TlsConfigurationException e) {
                fault = e; // Perhaps half written: looked at again at the next call.
                return old;
            }
        }
        if (fault != null && !reported) {
            reported = true;
            throw fault;
        }
        return old;
    }

    @Override
    public Optional<X509Certificate> authority() {
        return Optional.empty();
    }

    /** What was on disk at one moment; {@code fault} when one of the files could not be read. */
    private record Reading(
            String certificate, String key, @Nullable TlsConfigurationException fault) {
        boolean same(Reading other) {
            String code = fault == null ? "" : fault.code();
            String otherCode = other.fault == null ? "" : other.fault.code();
            return certificate.equals(other.certificate) && key.equals(other.key) && code.equals(otherCode);
        }
    }

    private Reading readBoth() {
        try {
            return new Reading(
                    content(certificateFile, "certificate", "--cert"), content(keyFile, "key", "--key"), null);
        } catch (TlsConfigurationException e) {
            return new Reading("", "", e);
        }
    }

    /**
     * What was read, if it can be used.
     *
     * @param mayHaveExpired whether there is no other: a server that warns of it is better than none
     */
    private KeyMaterial load(Reading reading, boolean mayHaveExpired) {
        if (reading.fault() != null) {
            throw reading.fault();
        }
        KeyMaterial fresh = parse(reading.certificate(), reading.key(), certificateFile, keyFile);
        checkDates(fresh.chain().getFirst(), clock.instant(), mayHaveExpired, certificateFile);
        return fresh;
    }

    private static String content(Path file, String what, String option) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new TlsConfigurationException(
                        what + "-unreadable",
                        "the " + what + " file " + file + " is larger than 1 MiB; " + option + " wants a PEM file");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new TlsConfigurationException(
                    what + "-missing",
                    "there is no " + what + " file " + file + "; give the path of a PEM file with " + option,
                    e);
        } catch (IOException e) {
            throw new TlsConfigurationException(
                    what + "-unreadable",
                    "the " + what + " file " + file + " cannot be read ("
                            + e.getClass().getSimpleName()
                            + "); it must be a file which the user that runs Duet may read",
                    e);
        }
    }

    /**
     * The chain and the key from the content of two files, which may be one and the same; says nothing about dates.
     *
     * @throws TlsConfigurationException unless both are there, in order and fit
     */
    static KeyMaterial parse(String certificates, String keys, Path certificateFile, Path keyFile) {
        List<X509Certificate> chain = parseChain(certificates, certificateFile);
        String algorithm = chain.getFirst().getPublicKey().getAlgorithm();
        if (!TAKEN.contains(algorithm)) {
            throw new TlsConfigurationException(
                    "certificate-unsupported",
                    "the certificate in " + certificateFile + " is for a key of the kind " + algorithm
                            + ", which browsers do not take; have one issued for an EC key (P-256) or an RSA key");
        }
        PrivateKey key = parseKey(keys, keyFile, chain.getFirst().getPublicKey());
        for (int i = 0; i < chain.size(); i++) {
            if (!PrivateKeys.belongTogether(key, chain.get(i).getPublicKey())) {
                continue;
            }
            if (i > 0) {
                throw wrongOrder(certificateFile, "the server's own certificate is number " + (i + 1));
            }
            checkOrder(chain, certificateFile);
            return new KeyMaterial(key, chain);
        }
        throw new TlsConfigurationException(
                "key-mismatch",
                "the key in " + keyFile + " does not belong to the certificate in " + certificateFile
                        + "; give the two files that were issued together");
    }

    private static List<X509Certificate> parseChain(String text, Path file) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (Pem block : Pem.read(text)) {
                if (block.label().equals("CERTIFICATE")) {
                    X509Certificate certificate = X509.parse(block.content());
                    // An issuer that was appended twice is no fault that a browser minds.
                    if (!chain.contains(certificate)) {
                        chain.add(certificate);
                    }
                }
            }
        } catch (CertificateException | IllegalArgumentException e) {
            throw new TlsConfigurationException(
                    "certificate-unreadable",
                    "the certificate file " + file
                            + " holds a damaged PEM block; copy it again from where it was issued",
                    e);
        }
        if (chain.isEmpty()) {
            throw new TlsConfigurationException(
                    "certificate-unreadable",
                    "the certificate file " + file
                            + " holds no PEM certificate (-----BEGIN CERTIFICATE-----); convert it"
                            + " with: openssl x509 -inform der -in " + file + " -out cert.pem");
        }
        return chain;
    }

    private static PrivateKey parseKey(String text, Path file, PublicKey certified) {
        try {
            for (Pem block : Pem.read(text)) {
                if (PrivateKeys.isPrivateKey(block.label())) {
                    if (block.encrypted()) {
                        throw new TlsConfigurationException(
                                "key-encrypted",
                                "the key in " + file + " is encrypted and Duet asks for no passphrase; decrypt it with:"
                                        + " openssl pkey -in " + file + " -out key.pem");
                    }
                    return PrivateKeys.read(block, certified);
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new TlsConfigurationException(
                    "key-unreadable",
                    "the key file " + file
                            + " holds no RSA or EC key that Java can read; convert it with: openssl pkey -in " + file
                            + " -out key.pem",
                    e);
        }
        throw new TlsConfigurationException(
                "key-unreadable",
                "the key file " + file + " holds no PEM private key (-----BEGIN PRIVATE KEY-----); convert it with:"
                        + " openssl pkey -in " + file + " -out key.pem");
    }

    private static void checkOrder(List<X509Certificate> chain, Path file) {
        for (int i = 0; i + 1 < chain.size(); i++) {
            try {
                chain.get(i).verify(chain.get(i + 1).getPublicKey());
            } catch (GeneralSecurityException e) {
                throw wrongOrder(file, "certificate " + (i + 1) + " is not signed by certificate " + (i + 2));
            }
        }
    }

    private static TlsConfigurationException wrongOrder(Path file, String what) {
        return new TlsConfigurationException(
                "certificate-order",
                "the certificates in " + file + " are out of order (" + what
                        + "); put the server's own first and after each one its issuer");
    }

    private static void checkDates(X509Certificate leaf, Instant now, boolean mayHaveExpired, Path file) {
        if (!mayHaveExpired && now.isAfter(leaf.getNotAfter().toInstant())) {
            throw new TlsConfigurationException(
                    "certificate-expired",
                    "the certificate in " + file + " expired on "
                            + leaf.getNotAfter().toInstant()
                            + "; renew it and replace the file, Duet takes it up by itself");
        }
        if (now.isBefore(leaf.getNotBefore().toInstant())) {
            throw new TlsConfigurationException(
                    "certificate-not-yet-valid",
                    "the certificate in " + file + " is valid only from "
                            + leaf.getNotBefore().toInstant() + "; check this machine's clock (now " + now + ")");
        }
    }
}
