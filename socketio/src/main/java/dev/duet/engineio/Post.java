package dev.duet.engineio;

/** A POST that brought packets. Answered exactly once. */
public interface Post {
    /** Answers 200 with {@code ok}. */
    void ok();

    /** Answers with the error's status and JSON. */
    void refuse(EngineError why);
}
