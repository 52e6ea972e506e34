package dev.duet.server.relay;

import java.io.IOException;

/** The ways to do a relay's sockets, for tests that hold for all of them. */
enum RelaySocketsOf {
    LINUX,
    LINUX_WITHOUT_GSO,
    NIO;

    /** No control message of UDP has this type, so that the kernel refuses every run. */
    private static final int UNKNOWN_OPTION = 9999;

    UdpSockets open() throws IOException {
        return switch (this) {
            case LINUX -> new LinuxUdpSockets();
            case LINUX_WITHOUT_GSO -> new LinuxUdpSockets(UNKNOWN_OPTION);
            case NIO -> new NioUdpSockets();
        };
    }
}
