package dev.duet.stun;

/**
 * A method and a class in the 14 bits of a message type (RFC 8489, section 5).
 *
 * <pre>
 *   bit  13 12 11 10  9  8  7  6  5  4  3  2  1  0
 *       M11 M10 M9 M8 M7 C1 M6 M5 M4 C0 M3 M2 M1 M0
 * </pre>
 */
final class MessageType {
    private MessageType() {}

    static int of(int method, MessageClass messageClass) {
        int bits = messageClass.ordinal();
        return (method & 0xf) | (method & 0x70) << 1 | (method & 0xf80) << 2 | (bits & 1) << 4 | (bits & 2) << 7;
    }

    static int method(int type) {
        return (type & 0xf) | (type >> 1 & 0x70) | (type >> 2 & 0xf80);
    }

    static MessageClass messageClass(int type) {
        return switch ((type >> 4 & 1) | (type >> 7 & 2)) {
            case 0 -> MessageClass.REQUEST;
            case 1 -> MessageClass.INDICATION;
            case 2 -> MessageClass.SUCCESS;
            default -> MessageClass.ERROR;
        };
    }
}
