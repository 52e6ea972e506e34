package dev.duet.server.tls;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;

/** Private keys in the three shapes they come in on disk, and whether one belongs to a certificate. */
final class PrivateKeys {
    private static final String RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
    private static final String EC_PUBLIC_KEY = "1.2.840.10045.2.1";

    private PrivateKeys() {}

    /** Whether a PEM block of this label holds a private key. */
    static boolean isPrivateKey(String label) {
        return label.equals("PRIVATE KEY")
                || label.equals("ENCRYPTED PRIVATE KEY")
                || label.equals("RSA PRIVATE KEY")
                || label.equals("EC PRIVATE KEY");
    }

    /**
     * Reads a key that is not encrypted.
     *
     * @param certified the public key it should belong to; a SEC1 key that does not name its curve is on the curve of this one
     */
    static PrivateKey read(Pem block, PublicKey certified) throws GeneralSecurityException {
        return switch (block.label()) {
            case "RSA PRIVATE KEY" -> decode(pkcs8(Der.sequence(Der.oid(RSA_ENCRYPTION), Der.element(0x05)), block));
            case "EC PRIVATE KEY" ->
                decode(pkcs8(Der.sequence(Der.oid(EC_PUBLIC_KEY), curve(block.content(), certified)), block));
            default -> decode(block.content());
        };
    }

    /** Signs with one and verifies with the other: says the same for every kind of key. */
    static boolean belongTogether(PrivateKey key, PublicKey certified) {
        if (!key.getAlgorithm().equals(certified.getAlgorithm())) {
            return false;
        }
        try {
            byte[] text = Der.ascii("Duet: does this key belong to this certificate?");
            String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // Another curve or another size: not this certificate's key.
        }
    }

    /** PrivateKeyInfo, RFC 5208, around a key in its own older format. */
    private static byte[] pkcs8(byte[] algorithm, Pem block) {
        return Der.sequence(Der.integer(0), algorithm, Der.octets(block.content()));
    }

    /** ECPrivateKey, RFC 5915: version, privateKey, [0] parameters OPTIONAL, [1] publicKey OPTIONAL. */
    private static byte[] curve(byte[] sec1, PublicKey certified) {
        Der.Reader fields = new Der.Reader(sec1).enter(Der.SEQUENCE);
        fields.enter(Der.INTEGER);
        fields.enter(Der.OCTET_STRING);
        if (fields.hasNext() && fields.peekTag() == 0xA0) {
            return fields.enter(0xA0).rest();
        }
        // SubjectPublicKeyInfo ::= SEQUENCE { SEQUENCE { algorithm, parameters }, BIT STRING }
        Der.Reader algorithm =
                new Der.Reader(certified.getEncoded()).enter(Der.SEQUENCE).enter(Der.SEQUENCE);
        algorithm.enter(algorithm.peekTag());
        return algorithm.rest();
    }

    private static PrivateKey decode(byte[] pkcs8) throws GeneralSecurityException {
        var spec = new PKCS8EncodedKeySpec(pkcs8);
        try {
            return KeyFactory.getInstance("EC").generatePrivate(spec);
        } catch (InvalidKeySpecException notElliptic) {
            return KeyFactory.getInstance("RSA").generatePrivate(spec);
        }
    }
}
