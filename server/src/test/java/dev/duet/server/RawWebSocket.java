package dev.duet.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A WebSocket client that sends exactly what it is told to, right or wrong, and reads frames one by one. */
final class RawWebSocket implements AutoCloseable {
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    RawWebSocket(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
        out = socket.getOutputStream();
    }

    /** Opens a Duet session and takes its hello. */
    static RawWebSocket open(int port) throws IOException {
        RawWebSocket opened = new RawWebSocket(port);
        String answer = opened.handshake();
        if (!answer.startsWith("HTTP/1.1 101")) {
            opened.close();
            throw new IOException(answer);
        }
        opened.readText();
        return opened;
    }

    String handshake() throws IOException {
        send(("GET /ws HTTP/1.1\r\nHost: 127.0.0.1:" + socket.getPort()
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Protocol: duet.v1\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) readByte());
        }
        return head.toString();
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void sendText(String text) throws IOException {
        send(frame(0x80 | TEXT, text.getBytes(StandardCharsets.UTF_8)));
    }

    /** A masked frame with this first byte. */
    static byte[] frame(int first, byte[] payload) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(first);
        if (payload.length < 126) {
            bytes.write(0x80 | payload.length);
        } else if (payload.length < 65_536) {
            bytes.write(0x80 | 126);
            bytes.write(payload.length >>> 8);
            bytes.write(payload.length);
        } else {
            bytes.write(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                bytes.write((int) ((long) payload.length >>> shift));
            }
        }
        byte[] key = {0x12, 0x34, 0x56, 0x78};
        bytes.writeBytes(key);
        for (int i = 0; i < payload.length; i++) {
            bytes.write(payload[i] ^ key[i & 3]);
        }
        return bytes.toByteArray();
    }

    /** The next text message; pings and pongs in between are passed over. */
    String readText() throws IOException {
        while (true) {
            int opcode = readByte() & 0x0F;
            byte[] payload = in.readNBytes(length(readByte()));
            switch (opcode) {
                case TEXT -> {
                    return new String(payload, StandardCharsets.UTF_8);
                }
                case CLOSE -> throw new EOFException("closed with " + closeCode(payload));
                default -> {}
            }
        }
    }

    /** The code of the close frame that comes next, whatever else comes before it; 1006 when none does. */
    int readCloseCode() throws IOException {
        try {
            while (true) {
                int opcode = readByte() & 0x0F;
                byte[] payload = in.readNBytes(length(readByte()));
                if (opcode == CLOSE) {
                    return closeCode(payload);
                }
            }
        } catch (EOFException e) {
            return 1006;
        }
    }

    /** The next frame's first byte and payload. */
    byte[] readFrame() throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(readByte());
        frame.writeBytes(in.readNBytes(length(readByte())));
        return frame.toByteArray();
    }

    private int length(int second) throws IOException {
        return switch (second) {
            case 126 -> (readByte() << 8) | readByte();
            case 127 -> {
                in.skipNBytes(4);
                yield (readByte() << 24) | (readByte() << 16) | (readByte() << 8) | readByte();
            }
            default -> second;
        };
    }

    private static int closeCode(byte[] payload) {
        return payload.length < 2 ? 1005 : ((payload[0] & 0xFF) << 8) | (payload[1] & 0xFF);
    }

    private int readByte() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException("the server closed the connection");
        }
        return value;
    }

    /** Throws away what came in so far. */
    void drain() throws IOException {
        in.skipNBytes(in.available());
    }

    /** Ends the connection with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
