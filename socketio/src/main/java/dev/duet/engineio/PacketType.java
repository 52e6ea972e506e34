package dev.duet.engineio;

import org.jspecify.annotations.Nullable;

/** The type of an Engine.IO packet; its code on the wire is the ordinal. */
public enum PacketType {
    OPEN,
    CLOSE,
    PING,
    PONG,
    MESSAGE,
    UPGRADE,
    NOOP;

    private static final PacketType[] BY_CODE = values();

    /** The code as the ASCII digit that stands before a text packet. */
    int digit() {
        return '0' + ordinal();
    }

    static @Nullable PacketType ofDigit(int digit) {
        return ofCode(digit - '0');
    }

    static @Nullable PacketType ofCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
