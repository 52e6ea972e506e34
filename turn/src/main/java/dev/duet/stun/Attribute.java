package dev.duet.stun;

/** The attribute types of STUN (RFC 8489), TURN (RFC 8656) and TURN over TCP (RFC 6062), 16 bits each. */
public final class Attribute {
    /** Types below must be understood; a message with one that is not cannot be processed. */
    public static final int COMPREHENSION_OPTIONAL = 0x8000;

    public static final int MAPPED_ADDRESS = 0x0001;
    public static final int USERNAME = 0x0006;
    public static final int MESSAGE_INTEGRITY = 0x0008;
    public static final int ERROR_CODE = 0x0009;
    public static final int UNKNOWN_ATTRIBUTES = 0x000a;
    public static final int CHANNEL_NUMBER = 0x000c;
    public static final int LIFETIME = 0x000d;
    public static final int XOR_PEER_ADDRESS = 0x0012;
    public static final int DATA = 0x0013;
    public static final int REALM = 0x0014;
    public static final int NONCE = 0x0015;
    public static final int XOR_RELAYED_ADDRESS = 0x0016;
    public static final int REQUESTED_ADDRESS_FAMILY = 0x0017;
    public static final int EVEN_PORT = 0x0018;
    public static final int REQUESTED_TRANSPORT = 0x0019;
    public static final int DONT_FRAGMENT = 0x001a;
    public static final int MESSAGE_INTEGRITY_SHA256 = 0x001c;
    public static final int PASSWORD_ALGORITHM = 0x001d;
    public static final int USERHASH = 0x001e;
    public static final int XOR_MAPPED_ADDRESS = 0x0020;
    public static final int RESERVATION_TOKEN = 0x0022;
    public static final int CONNECTION_ID = 0x002a;

    public static final int ADDITIONAL_ADDRESS_FAMILY = 0x8000;
    public static final int ADDRESS_ERROR_CODE = 0x8001;
    public static final int PASSWORD_ALGORITHMS = 0x8002;
    public static final int ALTERNATE_DOMAIN = 0x8003;
    public static final int ICMP = 0x8004;
    public static final int SOFTWARE = 0x8022;
    public static final int ALTERNATE_SERVER = 0x8023;
    public static final int FINGERPRINT = 0x8028;

    private Attribute() {}

    /** Whether this type is one of RFC 8489 or RFC 8656; what is known but of no use in a message is ignored there (RFC 8489, 6.3). */
    public static boolean isKnown(int type) {
        return switch (type) {
            case MAPPED_ADDRESS, USERNAME, MESSAGE_INTEGRITY, ERROR_CODE, UNKNOWN_ATTRIBUTES -> true;
            case CHANNEL_NUMBER, LIFETIME, XOR_PEER_ADDRESS, DATA, REALM, NONCE, XOR_RELAYED_ADDRESS -> true;
            case REQUESTED_ADDRESS_FAMILY, EVEN_PORT, REQUESTED_TRANSPORT, DONT_FRAGMENT -> true;
            case MESSAGE_INTEGRITY_SHA256, PASSWORD_ALGORITHM, USERHASH -> true;
            case XOR_MAPPED_ADDRESS, RESERVATION_TOKEN -> true;
            case ADDITIONAL_ADDRESS_FAMILY, ADDRESS_ERROR_CODE, PASSWORD_ALGORITHMS, ALTERNATE_DOMAIN, ICMP -> true;
            case SOFTWARE, ALTERNATE_SERVER, FINGERPRINT -> true;
            default -> false;
        };
    }
}
