package dev.duet.javaclient;

/** Something did not happen as it has to; the message says who awaited what. */
final class VisitException extends RuntimeException {
    VisitException(String message) {
        super(message);
    }

    VisitException(String message, Throwable cause) {
        super(message, cause);
    }
}
