package dev.duet.server.tls;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes the two kinds of certificate that a local authority needs, RFC 5280, on P-256. */
final class X509 {
    private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
    private static final String COMMON_NAME = "2.5.4.3";
    private static final int COMMON_NAME_MAX = 64;
    private static final int SERIAL_BYTES = 16;
    private static final int SAN_DNS = 2;
    private static final int SAN_ADDRESS = 7;

    private X509() {}

    /** A key with its certificate. */
    record Identity(PrivateKey key, X509Certificate certificate) {}

    /** From when until when a certificate holds. */
    record Validity(Instant notBefore, Instant notAfter) {}

    static KeyPair newKey(SecureRandom random) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        return generator.generateKeyPair();
    }

    static Identity authority(String commonName, Validity validity, SecureRandom random)
            throws GeneralSecurityException {
        KeyPair pair = newKey(random);
        byte[] name = name(commonName);
        byte[] keyId = keyId(pair.getPublic());
        byte[] body = body(
                List.of(name, name),
                validity,
                pair.getPublic(),
                random,
                List.of(
                        // CA, and pathlen 0: it signs leaves only.
                        critical("2.5.29.19", Der.sequence(Der.yes(), Der.integer(0))),
                        critical("2.5.29.15", Der.bits(2, new byte[] {0x04})), // keyCertSign
                        extension("2.5.29.14", Der.octets(keyId))));
        return new Identity(pair.getPrivate(), sign(body, pair.getPrivate(), random));
    }

    static Identity leaf(Identity authority, LocalNames names, Validity validity, SecureRandom random)
            throws GeneralSecurityException {
        KeyPair pair = newKey(random);
        return new Identity(pair.getPrivate(), certify(authority, pair.getPublic(), names, validity, random));
    }

    /** A server's certificate for a key of any kind. */
    static X509Certificate certify(
            Identity authority, PublicKey key, LocalNames names, Validity validity, SecureRandom random)
            throws GeneralSecurityException {
        byte[] issuer = authority.certificate().getSubjectX500Principal().getEncoded();
        byte[] subject = name("Duet on " + names.hostName());
        byte[] body = body(
                List.of(issuer, subject),
                validity,
                key,
                random,
                List.of(
                        critical("2.5.29.19", Der.sequence()),
                        critical("2.5.29.15", Der.bits(7, new byte[] {(byte) 0x80})), // digitalSignature
                        extension("2.5.29.37", Der.sequence(Der.oid("1.3.6.1.5.5.7.3.1"))), // serverAuth
                        extension("2.5.29.17", subjectAlternativeNames(names)),
                        extension("2.5.29.14", Der.octets(keyId(key))),
                        extension(
                                "2.5.29.35",
                                Der.sequence(Der.implicit(
                                        0, keyId(authority.certificate().getPublicKey()))))));
        return sign(body, authority.key(), random);
    }

    static X509Certificate parse(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    /** The names a certificate was made for. */
    static LocalNames namesOf(X509Certificate certificate) throws CertificateException {
        Set<String> dns = new HashSet<>();
        Set<InetAddress> addresses = new HashSet<>();
        var entries = certificate.getSubjectAlternativeNames();
        for (List<?> entry : entries == null ? List.<List<?>>of() : entries) {
            int kind = (Integer) entry.get(0);
            if (kind == SAN_DNS) {
                dns.add((String) entry.get(1));
            } else if (kind == SAN_ADDRESS) {
                addresses.add(InetAddress.ofLiteral((String) entry.get(1)));
            }
        }
        return new LocalNames("", dns, addresses);
    }

    /** TBSCertificate; {@code parties} are the issuer and the subject. */
    private static byte[] body(
            List<byte[]> parties, Validity validity, PublicKey key, SecureRandom random, List<byte[]> extensions) {
        byte[] serial = new byte[SERIAL_BYTES];
        random.nextBytes(serial);
        serial[0] = (byte) ((serial[0] & 0x7F) | 0x40); // Positive, and always of full length.
        return Der.sequence(
                Der.explicit(0, Der.integer(2)),
                Der.integer(new BigInteger(serial)),
                Der.sequence(Der.oid(ECDSA_WITH_SHA256)),
                parties.get(0),
                Der.sequence(Der.time(validity.notBefore()), Der.time(validity.notAfter())),
                parties.get(1),
                key.getEncoded(),
                Der.explicit(3, Der.sequence(extensions.toArray(byte[][]::new))));
    }

    private static X509Certificate sign(byte[] body, PrivateKey key, SecureRandom random)
            throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key, random);
        signature.update(body);
        return parse(Der.sequence(body, Der.sequence(Der.oid(ECDSA_WITH_SHA256)), Der.bits(0, signature.sign())));
    }

    private static byte[] name(String commonName) {
        String cut = commonName.codePointCount(0, commonName.length()) <= COMMON_NAME_MAX
                ? commonName
                : commonName.substring(0, commonName.offsetByCodePoints(0, COMMON_NAME_MAX));
        return Der.sequence(Der.set(Der.sequence(Der.oid(COMMON_NAME), Der.utf8(cut))));
    }

    private static byte[] subjectAlternativeNames(LocalNames names) {
        List<byte[]> entries = new ArrayList<>();
        names.dns().stream().sorted().forEach(name -> entries.add(Der.implicit(SAN_DNS, Der.ascii(name))));
        names.addresses().stream()
                .map(InetAddress::getAddress)
                .sorted(Arrays::compareUnsigned)
                .forEach(address -> entries.add(Der.implicit(SAN_ADDRESS, address)));
        return Der.sequence(entries.toArray(byte[][]::new));
    }

    private static byte[] critical(String oid, byte[] value) {
        return Der.sequence(Der.oid(oid), Der.yes(), Der.octets(value));
    }

    private static byte[] extension(String oid, byte[] value) {
        return Der.sequence(Der.oid(oid), Der.octets(value));
    }

    /** The leftmost 160 bits of the SHA-256 of the public key's encoding (RFC 7093, method 4). */
    private static byte[] keyId(PublicKey key) throws GeneralSecurityException {
        return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()), 20);
    }
}
