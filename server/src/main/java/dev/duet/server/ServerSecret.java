package dev.duet.server;

import java.security.MessageDigest;
import java.security.SecureRandom;

/**
 * What a server makes seat tokens from: bytes that nobody else knows. A server that is started again with the same secret takes the
 * tokens of before. Immutable; never shows what it holds.
 */
public final class ServerSecret {
    /** Fewer bytes could be guessed. */
    public static final int BYTES_MIN = 32;

    private final byte[] bytes;

    private ServerSecret(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * The secret that these bytes are.
     *
     * @param bytes at least {@value #BYTES_MIN}, from a good random source; copied
     */
    public static ServerSecret of(byte[] bytes) {
        if (bytes.length < BYTES_MIN) {
            throw new IllegalArgumentException(
                    "a secret of " + bytes.length + " bytes (expected: at least " + BYTES_MIN + ")");
        }
        return new ServerSecret(bytes.clone());
    }

    /** A new one. */
    public static ServerSecret random(SecureRandom random) {
        byte[] bytes = new byte[BYTES_MIN];
        random.nextBytes(bytes);
        return new ServerSecret(bytes);
    }

    /** A copy of what it holds. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ServerSecret secret && MessageDigest.isEqual(bytes, secret.bytes);
    }

    /** The same for all secrets: a hash would tell of what it is made. */
    @Override
    public int hashCode() {
        return 0;
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
