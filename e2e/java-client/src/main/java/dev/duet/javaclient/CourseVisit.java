package dev.duet.javaclient;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.json.JSONArray;
import org.json.JSONObject;

/** What two people do in a room of the course dialect, from the first join to the last leave. */
public final class CourseVisit implements AutoCloseable {
    private static final int BURST = 50;
    private static final int PACED = 40;
    private static final String SDP =
            "v=0\r\no=- 46117 2 IN IP4 127.0.0.1\r\ns=张三与李四的通话 \"é\" e\u0301 \\ \t\u2028 🎥👩‍👩‍👧 \u007f\r\n"
                    + "a=rtpmap:96 编解码器/90000 naïve ÷ 𝄞 0\ufffd:\"}],[{\r\n".repeat(18);
    private static final byte[] EVERY_BYTE = everyByte();

    private final Mode mode;
    private final URI server;
    private final String room = "房间-" + UUID.randomUUID();
    private final CourseClient ann;
    private final CourseClient bo;
    private int early;

    private CourseVisit(Mode mode, URI server) {
        this.mode = mode;
        this.server = server;
        ann = new CourseClient("ann", mode, server);
        bo = new CourseClient("bo", mode, server);
    }

    /**
     * Prints one line, and ends with 1 if a round failed.
     *
     * @param args the server's address; rounds; default, polling or websocket
     */
    public static void main(String[] args) {
        URI server = URI.create(args[0]);
        int rounds = Integer.parseInt(args[1]);
        Mode mode = Mode.valueOf(args[2].toUpperCase(Locale.ROOT));
        int early = 0;
        int round = 0;
        try {
            while (round++ < rounds) {
                try (CourseVisit visit = new CourseVisit(mode, server)) {
                    visit.run();
                    early += visit.early;
                }
            }
        } catch (VisitException e) {
            System.out.println(mode.label() + ": round " + round + " of " + rounds + ": " + e.getMessage());
            System.exit(1);
        }
        String during = mode == Mode.DEFAULT ? "; during upgrades " + early + " messages sent" : "";
        System.out.println(mode.label() + ": " + rounds + " rounds" + during);
        // The client's HTTP library has threads of its own that would wait a minute.
        System.exit(0);
    }

    private void run() {
        ann.awaitConnected();
        bo.awaitConnected();
        ann.emit("join", room);
        ann.next("joined", room, ann.id());
        bo.emit("join", room);
        bo.next("joined", room, bo.id());
        ann.next("otherjoin", room, bo.id());
        burst();
        relayAll(ann, bo);
        relayAll(bo, ann);
        ann.emitAcked("message", room, "with acknowledgement");
        bo.next("message", room, "with acknowledgement");
        third();
        leave(bo, ann);
        vanish();
        ann.nothingElse();
        bo.nothingElse();
    }

    /** Numbered messages both ways, which by default take longer than the change from polling to a WebSocket. */
    private void burst() {
        for (int i = 0; i < BURST; i++) {
            ann.emit("message", room, "ann " + i);
            bo.emit("message", room, "bo " + i);
            if (mode == Mode.DEFAULT && i < PACED) {
                early += (ann.isUpgraded() ? 0 : 1) + (bo.isUpgraded() ? 0 : 1);
                breathe();
            } else if (mode == Mode.DEFAULT) {
                ann.awaitUpgrade();
                bo.awaitUpgrade();
            }
        }
        for (int i = 0; i < BURST; i++) {
            ann.next("message", room, "bo " + i);
            bo.next("message", room, "ann " + i);
        }
        for (CourseClient client : List.of(ann, bo)) {
            if (!client.transports().equals(mode.tried())) {
                throw new VisitException("told " + mode.label() + ", a client tried " + client.transports());
            }
        }
    }

    private static void breathe() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            throw new VisitException("interrupted", e);
        }
    }

    private void relayAll(CourseClient from, CourseClient to) {
        relay(from, to, new JSONObject(Map.of("type", "offer", "sdp", SDP)));
        relay(from, to, "text:" + SDP);
        relay(from, to, EVERY_BYTE);
        relay(from, to, new JSONObject(Map.of("name", "照片.png", "bytes", EVERY_BYTE, "last", true)));
        relay(from, to, new JSONArray().put(EVERY_BYTE).put("between").put(new byte[] {0}));
        relay(from, to, "after bytes");
    }

    private void relay(CourseClient from, CourseClient to, Object data) {
        from.emit("message", room, data);
        to.next("message", room, data);
    }

    /** A third is told that the room is full, and the two never learn of it: the next they hear is each other. */
    private void third() {
        try (CourseClient cy = new CourseClient("cy", mode, server)) {
            cy.awaitConnected();
            cy.emit("join", room);
            cy.next("full", room, cy.id());
            cy.emit("message", room, "from outside");
            cy.emit("leave", room);
            cy.next("leaved", room, cy.id());
        }
        relay(ann, bo, "is anybody else here");
        relay(bo, ann, "nobody");
    }

    private void leave(CourseClient client, CourseClient other) {
        client.emit("leave", room);
        client.next("leaved", room, client.id());
        other.next("bye", room, client.id());
    }

    /** Joins again, goes without a word, and another comes in its place. */
    private void vanish() {
        bo.emit("join", room);
        bo.next("joined", room, bo.id());
        ann.next("otherjoin", room, bo.id());
        String gone = bo.id();
        bo.close();
        ann.next("bye", room, gone);
        try (CourseClient dee = new CourseClient("dee", mode, server)) {
            dee.awaitConnected();
            dee.emit("join", room);
            dee.next("joined", room, dee.id());
            ann.next("otherjoin", room, dee.id());
            relay(ann, dee, "and you are?");
            leave(ann, dee);
            dee.nothingElse();
        }
    }

    @Override
    public void close() {
        ann.close();
        bo.close();
    }

    private static byte[] everyByte() {
        byte[] bytes = new byte[512];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
