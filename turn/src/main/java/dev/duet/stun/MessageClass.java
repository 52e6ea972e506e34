package dev.duet.stun;

/** The class of a STUN message, in the order of its two bits (RFC 8489, section 5). */
public enum MessageClass {
    REQUEST,
    INDICATION,
    SUCCESS,
    ERROR
}
