package dev.duet.signaling;

/** A message's content, opaque to the rooms: they hand it from one session to another and never look inside. */
public interface Payload {
    /** The content's size on the wire. */
    int sizeBytes();

    /** The size of the text in it, at most that of its form on the wire: an SDP's line ends are longer there, for one. */
    default int textBytes() {
        return sizeBytes();
    }

    /** Whether it is a candidate that leads out of its network, relayed or reflexive. */
    default boolean leadsOut() {
        return false;
    }

    /** The same content, good for as long as somebody holds it. What is handed in needs to be good during its input only. */
    default Payload kept() {
        return this;
    }
}
