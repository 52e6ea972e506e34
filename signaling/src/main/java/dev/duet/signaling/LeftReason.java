package dev.duet.signaling;

/** Why a participant is gone for good. */
public enum LeftReason {
    LEFT("left"),
    GRACE_ENDED("grace-ended"),
    REPLACED("replaced");

    private final String id;

    LeftReason(String id) {
        this.id = id;
    }

    /** Stable and kebab-case, as clients see it. */
    public String id() {
        return id;
    }
}
