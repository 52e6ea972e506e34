package dev.duet.turn;

import java.util.List;
import java.util.function.Supplier;

/** Who may allocate: usernames with their passwords. Thread-safe. */
public interface Credentials {
    /**
     * A username's password, and whose it is.
     *
     * @param user asked only when the password was right
     */
    record Credential(String username, String password, Supplier<User> user) {}

    /**
     * Empty when there is no such username, or when it has expired; asked at Allocate only. More than one while a secret is being replaced by
     * another.
     */
    List<Credential> byName(String username);

    /** The same, by the hash that hides the username (RFC 8489 section 14.4). */
    List<Credential> byHash(byte[] userHash);
}
