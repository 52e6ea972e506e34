package dev.duet.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One participant under load, over the Duet dialect. Joins with blocking calls.
 *
 * <p>Not thread-safe.
 */
final class LoadClient implements Talker {
    final String id;
    private final WebSocketLink link;
    private NumberedText expected = new NumberedText("", NumberedText.DIGITS + 2, "");

    LoadClient(InetSocketAddress server, String room) throws IOException {
        link = new WebSocketLink(server, "/ws", "Sec-WebSocket-Protocol: duet.v1\r\n");
        expectText("\"hello\"");
        link.sendText("{\"type\":\"join\",\"id\":1,\"room\":\"" + room + "\"}");
        String joined = expectText("\"joined\"");
        id = idAfter(joined, "\"you\"");
    }

    /** Waits until the other of its room is there; gives its id. */
    String awaitOther() throws IOException {
        return idAfter(expectText("\"participant-joined\""), "\"participant\"");
    }

    private static String idAfter(String json, String mark) {
        Matcher matcher = Pattern.compile("\"id\":\"([^\"]+)\"").matcher(json);
        if (!matcher.find(json.indexOf(mark))) {
            throw new IllegalStateException("no id in " + json);
        }
        return matcher.group(1);
    }

    /** From here on messages of this many bytes go to that participant, and such messages are expected from it. */
    void talkTo(String other, int payloadBytes) {
        link.prepare(new NumberedText("{\"type\":\"signal\",\"to\":\"" + other + "\",\"data\":", payloadBytes, "}"));
        expected = new NumberedText("{\"type\":\"signal\",\"from\":\"" + other + "\",\"data\":", payloadBytes, "}");
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
            expected.check(in, at, length);
            return true;
        });
    }

    @Override
    public int received() {
        return expected.count();
    }

    /** Takes what has come in and looks at nothing but pings. */
    @Override
    public void skip() throws IOException {
        link.receive((_, _, _) -> false);
    }

    private String expectText(String mark) throws IOException {
        String text = link.awaitText();
        if (!text.contains(mark)) {
            throw new IllegalStateException("expected " + mark + ", got " + text);
        }
        return text;
    }
}
