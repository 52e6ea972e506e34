package dev.duet.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Rooms of the course dialect in which both talk all the time, over WebSocket or by polling. */
public final class CourseLoad {
    private CourseLoad() {}

    /**
     * Prints one line of figures.
     *
     * @param args port, the server's pid, websocket or polling, payload bytes, rooms, seconds to warm up, seconds to
     * measure
     */
    public static void main(String[] args) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        Proc server = new Proc(Long.parseLong(args[1]));
        boolean polling = args[2].equals("polling");
        int payloadBytes = Integer.parseInt(args[3]);
        int rooms = Integer.parseInt(args[4]);
        ClosedLoop loop = new ClosedLoop(server, 1, Long.parseLong(args[5]), Long.parseLong(args[6]));

        List<Talker> talkers = new ArrayList<>();
        for (int i = 0; i < rooms; i++) {
            String room = args[2] + "-" + payloadBytes + "-" + i;
            talkers.addAll(polling ? pollers(address, room, payloadBytes) : webSockets(address, room, payloadBytes));
        }
        loop.measure(talkers, "transport=" + args[2] + " payload_bytes=" + payloadBytes);
    }

    private static List<Talker> webSockets(InetSocketAddress address, String room, int payloadBytes)
            throws IOException {
        CourseClient ann = new CourseClient(address, room, payloadBytes);
        CourseClient bo = new CourseClient(address, room, payloadBytes);
        ann.awaitOther();
        return List.of(ann, bo);
    }

    private static List<Talker> pollers(InetSocketAddress address, String room, int payloadBytes) throws IOException {
        CoursePollingClient ann = new CoursePollingClient(address, room, payloadBytes);
        CoursePollingClient bo = new CoursePollingClient(address, room, payloadBytes);
        ann.awaitOther();
        return List.of(ann, bo);
    }
}
