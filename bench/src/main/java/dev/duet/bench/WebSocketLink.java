package dev.duet.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * A WebSocket of a load generator. Opens with blocking calls; then takes what has come. Cheap on purpose, so that the
 * server is what runs out first: a frame is masked once and only its number is patched in.
 *
 * <p>Not thread-safe.
 */
final class WebSocketLink {
    private static final int TEXT = 1;
    private static final int PING = 9;
    /** A pong without content; its key masks nothing. */
    private static final ByteBuffer PONG = ByteBuffer.wrap(new byte[] {(byte) 0x8A, (byte) 0x80, 0, 0, 0, 0});

    private static final byte[] KEY = {0x5A, 0x13, 0x77, (byte) 0xC4};

    /** What is done with a text that came; gives whether it counts as a message. */
    interface Texts {
        boolean take(ByteBuffer in, int at, int length) throws IOException;
    }

    final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocateDirect(16 * 1024);
    private ByteBuffer out = ByteBuffer.allocate(0);
    private int maskAt;
    private int numberAt;
    private int sent;

    /** Opens it. {@code headers} are further lines of the request, each with its end. */
    WebSocketLink(InetSocketAddress server, String path, String headers) throws IOException {
        channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        write(ByteBuffer.wrap(("GET " + path + " HTTP/1.1\r\nHost: localhost:" + server.getPort()
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n" + headers + "\r\n")
                .getBytes(StandardCharsets.US_ASCII)));
        in.flip();
        readHead();
    }

    void sendText(String text) throws IOException {
        write(frame(text.getBytes(StandardCharsets.US_ASCII)));
    }

    /** From here on {@link #sendNext} sends this text, with the next number each time. */
    void prepare(NumberedText text) {
        byte[] payload = text.next();
        out = frame(payload);
        maskAt = out.limit() - payload.length;
        numberAt = maskAt + text.numberAt();
        sent = 0;
    }

    void sendNext() throws IOException {
        int number = sent++;
        for (int i = NumberedText.DIGITS - 1; i >= 0; i--) {
            int at = numberAt + i;
            out.put(at, (byte) (('0' + number % 10) ^ KEY[(at - maskAt) & 3]));
            number /= 10;
        }
        out.rewind();
        write(out);
    }

    /** Reads what is there and hands on each text; pings of the WebSocket are answered. Gives how many texts counted. */
    int receive(Texts texts) throws IOException {
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
                messages += texts.take(in, start + header, length) ? 1 : 0;
            } else if (opcode == PING) {
                write(PONG.duplicate());
            }
        }
    }

    /** Waits for the next text; pings of the WebSocket are passed over. */
    String awaitText() throws IOException {
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
            if (opcode == TEXT) {
                return new String(payload, StandardCharsets.UTF_8);
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

    private static ByteBuffer frame(byte[] payload) {
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
