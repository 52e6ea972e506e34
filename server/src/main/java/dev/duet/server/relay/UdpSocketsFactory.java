package dev.duet.server.relay;

import java.io.IOException;

/** Chooses how the relay's sockets are done on this machine. */
public final class UdpSocketsFactory {
    private static final String CALLS = "Linux calls";

    private UdpSocketsFactory() {}

    /** What is asked for. */
    public enum Way {
        /** The fastest that works here. */
        BEST,
        /** {@code java.nio}, whatever the platform. */
        NIO
    }

    /**
     * New sockets.
     *
     * @param why why it is these, for the log
     */
    public record Choice(UdpSockets sockets, String why) {}

    /**
     * Makes sockets of this way.
     *
     * @throws IOException when not even {@code java.nio} can make any
     */
    public static Choice open(Way way) throws IOException {
        return switch (way) {
            case NIO -> new Choice(new NioUdpSockets(), "asked for");
            case BEST -> best(System.getProperty("os.name"), System.getProperty("os.arch"));
        };
    }

    static Choice best(String system, String processor) throws IOException {
        if (!system.equals("Linux") || !(processor.equals("amd64") || processor.equals("aarch64"))) {
            return new Choice(new NioUdpSockets(), "no " + CALLS + " on " + system + ' ' + processor);
        }
        try {
            return new Choice(new LinuxUdpSockets(), system + ' ' + processor);
        } catch (IOException | IllegalCallerException | UnsupportedOperationException | LinkageError e) {
            // Native access is refused by the one who starts the JVM, or the C library lacks a call. What failed in a
            // class's
            // initialiser is its cause.
            Throwable cause = e instanceof ExceptionInInitializerError && e.getCause() != null ? e.getCause() : e;
            return new Choice(new NioUdpSockets(), "no " + CALLS + ": " + cause);
        }
    }
}
