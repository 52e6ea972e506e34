package dev.duet.engineio;

/**
 * What lives on top of a session: takes its messages. Called on the session's event loop; may call the session from within. Arrays are the
 * caller's again when a method returns.
 */
public interface Application {
    /** A message of text: valid UTF-8 from {@code from} to before {@code to}. */
    void text(byte[] utf8, int from, int to);

    /** A message of bytes. */
    void binary(byte[] bytes, int from, int to);

    /** The client gave a sign of life, whatever it was. */
    default void heard() {}

    /** The session is over; nothing comes from it and nothing reaches it any more. Called once. */
    void closed(CloseReason why);
}
