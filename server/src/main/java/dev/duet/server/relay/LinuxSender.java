package dev.duet.server.relay;

/**
 * Sends what waits in a {@link SendQueue}. What the kernel does not take is counted, and never keeps what lies behind it from being sent.
 *
 * <p>Not every path takes runs: a device may be unable to, an IPsec policy may forbid it, or the parts may be longer than the path's MTU. A run
 * that is refused is sent datagram by datagram; after a few in a row runs rest for a while. They are not given up: one participant with an
 * odd path could otherwise slow all others for good.
 *
 * <p>Not thread-safe. Nothing is allocated after the constructor.
 */
final class LinuxSender {
    /** Refused runs in a row after which no more are made. */
    static final int REFUSALS_MAX = 4;

    /** Datagrams that are sent alone before runs are tried again. */
    static final int REST_DATAGRAMS = 20_000;

    /** Longer parts may be refused for the path's MTU, which says nothing of other paths. Every path of the Internet takes these. */
    private static final int SEGMENT_BYTES_SURE = 1200;

    private final LinuxSocketCalls calls;
    private final SendQueue queue;
    private long dropped;
    private int refusals;
    private int rest;

    LinuxSender(LinuxSocketCalls calls, SendQueue queue) {
        this.calls = calls;
        this.queue = queue;
    }

    /** Whether runs are made. */
    boolean segments() {
        return rest == 0;
    }

    long dropped() {
        return dropped;
    }

    /** Sends these messages, which are all of this descriptor's socket. */
    void send(int descriptor, int from, int to) {
        int message = from;
        boolean again = false;
        while (message < to) {
            int result = calls.send(descriptor, queue.header(message), to - message);
            if (result > 0) {
                taken(message, message + result);
                message += result;
                again = false;
            } else if (refusesRun(result) && queue.datagrams(message) > 1) {
                sendApart(descriptor, message++);
                again = false;
            } else if (!again && isWorthAnother(result)) {
                again = true;
            } else {
                dropped += queue.datagrams(message++);
                again = false;
            }
        }
        if (rest > 0) {
            rest = Math.max(0, rest - (to - from));
            queue.joining(rest == 0);
        }
    }

    private void taken(int from, int to) {
        for (int message = from; refusals > 0 && message < to; message++) {
            if (queue.datagrams(message) > 1) {
                refusals = 0;
            }
        }
    }

    private static boolean refusesRun(int result) {
        return switch (-result) {
            case Errno.EINVAL, Errno.EIO, Errno.EMSGSIZE, Errno.EOPNOTSUPP -> true;
            default -> false;
        };
    }

    /**
     * An error may be an earlier datagram's, of which ICMP told meanwhile: it is told once, and this datagram was not looked at. A full
     * buffer stays full.
     */
    private static boolean isWorthAnother(int result) {
        return result != -Errno.EAGAIN && result != -Errno.ENOBUFS;
    }

    private void sendApart(int descriptor, int run) {
        long header = queue.apart(run);
        int count = queue.datagrams(run);
        int taken = 0;
        boolean again = false;
        for (int datagram = 0; datagram < count; ) {
            int result = calls.send(descriptor, header + datagram * LinuxStructs.MESSAGE_BYTES, count - datagram);
            if (result > 0) {
                taken += result;
                datagram += result;
                again = false;
            } else if (!again && isWorthAnother(result)) {
                again = true;
            } else {
                dropped++;
                datagram++;
                again = false;
            }
        }
        // Where not even one of them was taken, it was not for their being a run.
        if (taken > 0 && queue.segmentBytes(run) <= SEGMENT_BYTES_SURE && ++refusals == REFUSALS_MAX) {
            refusals = 0;
            rest = REST_DATAGRAMS;
            queue.joining(false);
        }
    }
}
