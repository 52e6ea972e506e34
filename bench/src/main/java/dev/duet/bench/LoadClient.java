package dev.duet.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One participant under load. Joins with blocking calls; then sends numbered messages of one size and checks every byte of what comes
 * back. Cheap on purpose, so that the server is what runs out first: a frame is masked once and only its number is patched in.
 *
 * <p>Not thread-safe.
 */
final class LoadClient {
    private static final int NUMBER_DIGITS = 8;
    private static final int TEXT = 1;
    private static final int PING = 9;
    /** A pong without content; its key masks nothing. */
    private static final ByteBuffer PONG = ByteBuffer.wrap(new byte[] {(byte) 0x8A, (byte) 0x80, 0, 0, 0, 0});

    private static final byte[] KEY = {0x5A, 0x13, 0x77, (byte) 0xC4};

    final SocketChannel channel;
    final String id;
    private final ByteBuffer in = ByteBuffer.allocateDirect(16 * 1024);
    private ByteBuffer out = ByteBuffer.allocate(0);
    private int headerBytes;
    private int numberAt;
    private int sent;
    private byte[] expected = {};
    private int expectedNumberAt;
    private int received;

    LoadClient(InetSocketAddress server, String room) throws IOException {
        channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        write(ByteBuffer.wrap(("GET /ws HTTP/1.1\r\nHost: localhost:" + server.getPort()
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\nSec-WebSocket-Protocol: duet.v1\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII)));
        in.flip();
        readHead();
        expectText("\"hello\"");
        write(frame("{\"type\":\"join\",\"id\":1,\"room\":\"" + room + "\"}"));
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
    void talkTo(String other, int payloadBytes) throws IOException {
        String filler = "0123456789abcdefghijklmnopqrstuvwxyz".repeat(1 + payloadBytes / 36);
        String payload =
                "\"" + "0".repeat(NUMBER_DIGITS) + filler.substring(0, payloadBytes - NUMBER_DIGITS - 2) + "\"";
        String head = "{\"type\":\"signal\",\"to\":\"" + other + "\",\"data\":";
        out = frame(head + payload + "}");
        headerBytes = out.limit() - (head + payload + "}").length();
        numberAt = headerBytes + head.length() + 1;
        String expectedHead = "{\"type\":\"signal\",\"from\":\"" + other + "\",\"data\":";
        expected = (expectedHead + payload + "}").getBytes(StandardCharsets.US_ASCII);
        expectedNumberAt = expectedHead.length() + 1;
        sent = 0;
        received = 0;
        channel.configureBlocking(false);
    }

    void send() throws IOException {
        int number = sent++;
        for (int i = NUMBER_DIGITS - 1; i >= 0; i--) {
            int at = numberAt + i;
            out.put(at, (byte) (('0' + number % 10) ^ KEY[(at - headerBytes) & 3]));
            number /= 10;
        }
        out.rewind();
        write(out);
    }

    /** Takes what has come in; gives the number of messages, every one checked. */
    int receive() throws IOException {
        return receive(true);
    }

    /** Takes what has come in and looks at nothing but pings. */
    void skip() throws IOException {
        receive(false);
    }

    private int receive(boolean checked) throws IOException {
        in.compact();
        if (channel.read(in) < 0) {
            throw new EOFException("the server closed a connection");
        }
        in.flip();
        int messages = 0;
        while (true) {
            int start = in.position();
            int available = in.remaining();
            if (available < 2) {
                return messages;
            }
            int opcode = in.get(start) & 0x0F;
            int length = in.get(start + 1) & 0x7F;
            int header = length == 126 ? 4 : 2;
            if (length == 126 && available >= header) {
                length = in.getShort(start + 2) & 0xFFFF;
            }
            if (available < header + length) {
                return messages;
            }
            in.position(start + header + length);
            if (opcode == TEXT) {
                messages++;
                if (checked) {
                    check(start + header, length);
                }
            } else if (opcode == PING) {
                write(PONG.duplicate());
            }
        }
    }

    private void check(int at, int length) {
        int number = received++;
        for (int i = NUMBER_DIGITS - 1; i >= 0; i--) {
            expected[expectedNumberAt + i] = (byte) ('0' + number % 10);
            number /= 10;
        }
        if (length != expected.length || in.slice(at, length).mismatch(ByteBuffer.wrap(expected)) >= 0) {
            throw new IllegalStateException("message " + (received - 1) + " came wrong: "
                    + StandardCharsets.UTF_8.decode(in.slice(at, Math.min(length, 200))));
        }
    }

    /** Reads one text message; pings in between are passed over. */
    private String expectText(String mark) throws IOException {
        while (true) {
            need(2);
            int opcode = in.get() & 0x0F;
            int length = in.get() & 0x7F;
            if (length == 126) {
                need(2);
                length = in.getShort() & 0xFFFF;
            }
            need(length);
            byte[] payload = new byte[length];
            in.get(payload);
            String text = new String(payload, StandardCharsets.UTF_8);
            if (opcode == TEXT && text.contains(mark)) {
                return text;
            }
            if (opcode == TEXT) {
                throw new IllegalStateException("expected " + mark + ", got " + text);
            }
        }
    }

    private void readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            need(1);
            head.append((char) in.get());
        }
        if (!head.toString().startsWith("HTTP/1.1 101")) {
            throw new IOException(head.toString());
        }
    }

    private void need(int bytes) throws IOException {
        while (in.remaining() < bytes) {
            in.compact();
            if (channel.read(in) < 0) {
                throw new EOFException("the server closed a connection");
            }
            in.flip();
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static ByteBuffer frame(String text) {
        byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
        int header = payload.length < 126 ? 6 : 8;
        ByteBuffer frame = ByteBuffer.allocateDirect(header + payload.length).put((byte) 0x81);
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        }
        frame.put(KEY);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ KEY[i & 3]));
        }
        return frame.flip();
    }
}
