package dev.duet.signaling;

/** A message's content, opaque to the rooms: they hand it from one session to another and never look inside. */
public interface Payload {
    /** The content's size on the wire. */
    int sizeBytes();

    /** The same content, good for as long as somebody holds it. What is handed in needs to be good during its input only. */
    default Payload kept() {
        return this;
    }
}
