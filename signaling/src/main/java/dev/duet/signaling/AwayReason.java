package dev.duet.signaling;

/** Why a participant is away while the seat is kept. */
public enum AwayReason {
    /** The connection ended without a word. */
    CONNECTION_LOST("connection-lost"),
    /** The connection stands, but a probe was not answered. */
    SILENT("silent"),
    /** The page said that it is being closed or reloaded. */
    RETURNING("returning");

    private final String id;

    AwayReason(String id) {
        this.id = id;
    }

    /** Stable and kebab-case, as clients see it. */
    public String id() {
        return id;
    }
}
