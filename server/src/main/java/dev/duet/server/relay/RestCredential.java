package dev.duet.server.relay;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Credentials as the field makes them from a shared secret ("TURN REST API"): the username is its time of expiry in seconds since 1970, a
 * colon and the user; the password is the username's HMAC-SHA1 in Base64.
 *
 * @param expiresSeconds since 1970
 * @param user whose it is
 */
record RestCredential(long expiresSeconds, String user) {
    private static final String HMAC = "HmacSHA1";
    private static final int USERNAME_MAX = 512;

    /** Reads a username; empty when it is not of this form. */
    static Optional<RestCredential> parse(String username) {
        int colon = username.indexOf(':');
        if (colon < 1 || colon > 12 || username.length() > USERNAME_MAX) {
            return Optional.empty();
        }
        long seconds = 0;
        for (int i = 0; i < colon; i++) {
            char c = username.charAt(i);
            if (c < '0' || c > '9') {
                return Optional.empty();
            }
            seconds = seconds * 10 + c - '0';
        }
        return Optional.of(new RestCredential(seconds, username.substring(colon + 1)));
    }

    String username() {
        return expiresSeconds + ":" + user;
    }

    static String password(byte[] secret, String username) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(secret, HMAC));
            return Base64.getEncoder().encodeToString(mac.doFinal(username.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
