package dev.duet.netlab;

/** The machine would not do what the lab needs; the message says what that is. */
public final class NetLabException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NetLabException(String message) {
        super(message);
    }

    NetLabException(String message, Throwable cause) {
        super(message, cause);
    }
}
