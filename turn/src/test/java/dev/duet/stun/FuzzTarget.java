package dev.duet.stun;

/** Something that takes any bytes and must keep its promises. */
@FunctionalInterface
public interface FuzzTarget {
    /**
     * Tries one input. Throws when a promise is broken.
     *
     * @return a number for what happened; an input that makes something new happen is worth changing further
     */
    int run(byte[] input);
}
