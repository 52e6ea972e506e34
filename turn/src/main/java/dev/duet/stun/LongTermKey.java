package dev.duet.stun;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Keys of the long-term credential mechanism (RFC 8489, sections 9.2.2 and 18.5). User name, realm and password are prepared as
 * {@link OpaqueString} says; one that it refuses is an {@link IllegalArgumentException}, so what came from the network is asked for there
 * first.
 */
public final class LongTermKey {
    private LongTermKey() {}

    /** The key of password algorithm MD5, and of servers that name no algorithm: 16 bytes. */
    public static byte[] md5(String user, String realm, String password) {
        return digest("MD5", user, realm, password);
    }

    /** The key of password algorithm SHA-256: 32 bytes. */
    public static byte[] sha256(String user, String realm, String password) {
        return digest("SHA-256", user, realm, password);
    }

    /** The value of USERHASH (section 14.4): 32 bytes. */
    public static byte[] userHash(String user, String realm) {
        return digest("SHA-256", user, realm);
    }

    private static byte[] digest(String algorithm, String... parts) {
        StringBuilder all = new StringBuilder();
        for (String part : parts) {
            // The part may be a password, so it is not in the message.
            String prepared = OpaqueString.prepare(part)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "a part of the credentials is empty or has code points that OpaqueString forbids"));
            all.append(all.isEmpty() ? "" : ":").append(prepared);
        }
        try {
            return MessageDigest.getInstance(algorithm).digest(all.toString().getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
