package dev.duet.server.tls;

/**
 * A certificate or key cannot be used. {@link #getMessage()} is one line for the operator: what is wrong and how to mend it.
 */
public final class TlsConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;

    /**
     * Says what is wrong with the certificate or key.
     *
     * @param code stable and kebab-case, e.g. {@code certificate-expired}
     */
    public TlsConfigurationException(String code, String message) {
        super(message);
        this.code = code;
    }

    /**
     * Says what is wrong with the certificate or key.
     *
     * @param code stable and kebab-case, e.g. {@code certificate-unreadable}
     */
    public TlsConfigurationException(String code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** Stable and kebab-case. */
    public String code() {
        return code;
    }
}
