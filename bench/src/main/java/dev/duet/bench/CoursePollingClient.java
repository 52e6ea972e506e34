package dev.duet.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;

/**
 * One participant under load, over the course dialect by polling (Engine.IO 4, Socket.IO 5): one connection on which
 * always a GET is waiting, and one for POSTs, one at a time. Joins with blocking calls.
 *
 * <p>Not thread-safe.
 */
final class CoursePollingClient implements Talker {
    private static final int NOOP = '6';

    private final InetSocketAddress server;
    private HttpLink polls;
    private HttpLink posts;
    private final ByteBuffer poll;
    private final String postHead;
    private final ByteBuffer post = ByteBuffer.allocateDirect(64 * 1024);
    private final NumberedText outgoing;
    private final NumberedText expected;
    private boolean posting;
    private int unsent;
    private boolean pongDue;

    CoursePollingClient(InetSocketAddress server, String room, int payloadBytes) throws IOException {
        this.server = server;
        polls = new HttpLink(server);
        posts = new HttpLink(server);
        String host = " HTTP/1.1\r\nHost: localhost:" + server.getPort() + "\r\n";
        String path = CoursePackets.PATH + "polling";
        polls.write(ascii("GET " + path + host + "\r\n"));
        String open = polls.await();
        if (!open.startsWith("0{\"sid\":\"")) {
            throw new IllegalStateException("expected a handshake, got " + open);
        }
        path += "&sid=" + open.substring(9, open.indexOf('"', 9));
        poll = ascii("GET " + path + host + "\r\n");
        postHead = "POST " + path + host + "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: ";
        outgoing = CoursePackets.message(room, payloadBytes);
        expected = CoursePackets.message(room, payloadBytes);
        say("40");
        expect("40{");
        say(CoursePackets.join(room));
        expect("42[\"joined\",\"" + room + "\"");
    }

    void awaitOther() throws IOException {
        expect("42[\"otherjoin\"");
    }

    @Override
    public void register(Selector selector) throws IOException {
        // While the others joined these had nothing to do, and a server may close such connections after some seconds.
        polls.channel.close();
        posts.channel.close();
        polls = new HttpLink(server);
        posts = new HttpLink(server);
        for (HttpLink link : new HttpLink[] {polls, posts}) {
            link.channel.configureBlocking(false);
            link.channel.register(selector, SelectionKey.OP_READ, this);
        }
        polls.write(poll.rewind());
    }

    @Override
    public void send() throws IOException {
        unsent++;
        flush();
    }

    @Override
    public int receive(SelectionKey key) throws IOException {
        if (key.channel() == posts.channel) {
            if (posts.read()) {
                posts.begin();
                posting = false;
                flush();
            }
            return 0;
        }
        if (!polls.read()) {
            return 0;
        }
        int messages = packets(polls.body());
        polls.begin();
        polls.write(poll.rewind());
        flush();
        return messages;
    }

    @Override
    public int received() {
        return expected.count();
    }

    @Override
    public void skip() {
        throw new UnsupportedOperationException("nothing idle is measured over polling");
    }

    private int packets(ByteBuffer body) {
        int messages = 0;
        int start = body.position();
        for (int at = start; at <= body.limit(); at++) {
            if (at == body.limit() || body.get(at) == CoursePackets.SEPARATOR) {
                messages += packet(body, start, at - start) ? 1 : 0;
                start = at + 1;
            }
        }
        return messages;
    }

    private boolean packet(ByteBuffer body, int at, int length) {
        if (length == 1 && body.get(at) == NOOP) {
            return false;
        }
        if (length == 1 && body.get(at) == CoursePackets.PING) {
            pongDue = true;
            return false;
        }
        expected.check(body, at, length);
        return true;
    }

    /** Posts what there is to say, all in one body, unless a POST is still unanswered. */
    private void flush() throws IOException {
        if (posting || (unsent == 0 && !pongDue)) {
            return;
        }
        int packets = unsent + (pongDue ? 1 : 0);
        int bytes = unsent * outgoing.length() + (pongDue ? 1 : 0) + packets - 1;
        post.clear().put((postHead + bytes + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        if (pongDue) {
            post.put((byte) CoursePackets.PONG.charAt(0));
        }
        for (int i = 0; i < unsent; i++) {
            if (i > 0 || pongDue) {
                post.put(CoursePackets.SEPARATOR);
            }
            post.put(outgoing.next());
        }
        unsent = 0;
        pongDue = false;
        posting = true;
        posts.write(post.flip());
    }

    private void say(String packet) throws IOException {
        posts.write(ascii(postHead + packet.length() + "\r\n\r\n" + packet));
        posts.await();
    }

    private void expect(String start) throws IOException {
        polls.write(poll.rewind());
        String body = polls.await();
        if (!body.startsWith(start)) {
            throw new IllegalStateException("expected " + start + ", got " + body);
        }
    }

    @Override
    public String toString() {
        return "sent " + outgoing.count() + ", received " + expected.count() + ", unsent " + unsent
                + (posting ? ", a POST is unanswered" : "");
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
