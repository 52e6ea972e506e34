package dev.duet.cli.settings;

/** A setting cannot be used. {@link #getMessage()} is one line for the operator: what is wrong and how to mend it. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;

    /**
     * Says what is wrong with a setting.
     *
     * @param code stable and kebab-case, e.g. {@code setting-unknown}
     */
    public SettingsException(String code, String message) {
        super(message);
        this.code = code;
    }

    /** Stable and kebab-case. */
    public String code() {
        return code;
    }
}
