package dev.duet.server;

/** The server could not start. {@link #getMessage()} is one line for the operator: what is wrong and how to mend it. */
public final class DuetStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;

    /**
     * Says what stopped the start.
     *
     * @param code stable and kebab-case, e.g. {@code port-taken}
     */
    public DuetStartException(String code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /**
     * Says what stopped the start.
     *
     * @param code stable and kebab-case, e.g. {@code no-port}
     */
    public DuetStartException(String code, String message) {
        super(message);
        this.code = code;
    }

    /** Stable and kebab-case. */
    public String code() {
        return code;
    }
}
