package dev.duet.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/**
 * One participant under load, over the course dialect on a WebSocket (Engine.IO 4, Socket.IO 5). Joins with blocking calls.
 *
 * <p>Not thread-safe.
 */
final class CourseClient implements Talker {
    private final WebSocketLink link;
    private final NumberedText expected;

    CourseClient(InetSocketAddress server, String room, int payloadBytes) throws IOException {
        link = new WebSocketLink(server, CoursePackets.PATH + "websocket", "");
        expectText("0{");
        link.sendText("40");
        expectText("40{");
        link.sendText(CoursePackets.join(room));
        expectText("42[\"joined\",\"" + room + "\"");
        link.prepare(CoursePackets.message(room, payloadBytes));
        expected = CoursePackets.message(room, payloadBytes);
    }

    void awaitOther() throws IOException {
        expectText("42[\"otherjoin\"");
    }

    @Override
    public void register(Selector selector) throws IOException {
        link.channel.configureBlocking(false);
        link.channel.register(selector, SelectionKey.OP_READ, this);
    }

    @Override
    public void send() throws IOException {
        link.sendNext();
    }

    @Override
    public int receive(SelectionKey key) throws IOException {
        return link.receive((in, at, length) -> {
            if (isPing(in, at, length)) {
                return false;
            }
            expected.check(in, at, length);
            return true;
        });
    }

    @Override
    public int received() {
        return expected.count();
    }

    @Override
    public void skip() throws IOException {
        link.receive((in, at, length) -> {
            isPing(in, at, length);
            return false;
        });
    }

    /** Whether this is a ping of Engine.IO, which then is answered. */
    private boolean isPing(ByteBuffer in, int at, int length) throws IOException {
        if (length != 1 || in.get(at) != CoursePackets.PING) {
            return false;
        }
        link.sendText(CoursePackets.PONG);
        return true;
    }

    private void expectText(String start) throws IOException {
        String text = link.awaitText();
        while (text.equals("2")) {
            link.sendText(CoursePackets.PONG);
            text = link.awaitText();
        }
        if (!text.startsWith(start)) {
            throw new IllegalStateException("expected " + start + ", got " + text);
        }
    }
}
