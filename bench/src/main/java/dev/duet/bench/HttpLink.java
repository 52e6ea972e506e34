package dev.duet.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * A connection of a load generator that stays open for one HTTP request after the other. Answers have to have a length
 * and status 200.
 *
 * <p>Not thread-safe.
 */
final class HttpLink {
    private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);

    final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocateDirect(16 * 1024);
    /** How many of the bytes that have come were looked at for the head's end. */
    private int scanned;

    private int lineAt;
    private int bodyAt;
    private int bodyBytes;

    HttpLink(InetSocketAddress server) throws IOException {
        channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        begin();
    }

    void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Reads what is there; gives whether an answer is complete, which then is {@link #body}. */
    boolean read() throws IOException {
        if (channel.read(in) < 0) {
            throw new EOFException("the server closed a connection that was to be kept");
        }
        while (bodyAt < 0 && scanned < in.position()) {
            if (in.get(scanned++) == '\n') {
                line();
            }
        }
        return bodyAt >= 0 && in.position() >= bodyAt + bodyBytes;
    }

    /** Waits for an answer on a channel that blocks. */
    String await() throws IOException {
        while (!read()) {}
        String body = StandardCharsets.UTF_8.decode(body()).toString();
        begin();
        return body;
    }

    /** The body of the answer that is complete; its positions are those of its bytes. */
    ByteBuffer body() {
        if (in.position() != bodyAt + bodyBytes) {
            throw new IllegalStateException("more came than one answer");
        }
        return in.duplicate().position(bodyAt).limit(bodyAt + bodyBytes);
    }

    /** Makes ready for the next answer. */
    void begin() {
        in.clear();
        scanned = 0;
        lineAt = 0;
        bodyAt = -1;
        bodyBytes = -1;
    }

    /** A line of the head has come, from {@code lineAt} to {@code scanned}. */
    private void line() throws IOException {
        if (lineAt == 0 && in.get(9) != '2') {
            throw new IOException(
                    StandardCharsets.UTF_8.decode(in.duplicate().flip()).toString());
        }
        if (scanned - lineAt == 2) {
            if (bodyBytes < 0) {
                throw new IOException("an answer without a length");
            }
            bodyAt = scanned;
        } else if (isLength()) {
            bodyBytes = 0;
            for (int i = lineAt + LENGTH.length; i < scanned; i++) {
                int digit = in.get(i) - '0';
                bodyBytes = digit >= 0 && digit <= 9 ? bodyBytes * 10 + digit : bodyBytes;
            }
        }
        lineAt = scanned;
    }

    private boolean isLength() {
        if (scanned - lineAt <= LENGTH.length) {
            return false;
        }
        for (int i = 0; i < LENGTH.length; i++) {
            if ((in.get(lineAt + i) | 0x20) != (LENGTH[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }
}
