package dev.duet.bench;

/** What the course dialect says over Engine.IO 4 and Socket.IO 5. */
final class CoursePackets {
    /** To be followed by the name of a transport. */
    static final String PATH = "/socket.io/?EIO=4&transport=";

    static final byte PING = '2';
    static final String PONG = "3";
    /** What stands between two packets of one body. */
    static final byte SEPARATOR = 0x1E;

    private CoursePackets() {}

    static String join(String room) {
        return "42[\"join\",\"" + room + "\"]";
    }

    /** The same for who sends it and for who gets it. */
    static NumberedText message(String room, int payloadBytes) {
        return new NumberedText("42[\"message\",\"" + room + "\",", payloadBytes, "]");
    }
}
