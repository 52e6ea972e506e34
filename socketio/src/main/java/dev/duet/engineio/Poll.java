package dev.duet.engineio;

/** A GET that waits for packets. Answered exactly once. */
public interface Poll {
    /** Answers 200 with the payload, as text/plain or application/octet-stream. */
    void answer(Payload payload);

    /** Answers with the error's status and JSON. */
    void refuse(EngineError why);
}
