package dev.duet.server.relay;

import dev.duet.stun.Attribute;
import dev.duet.stun.LongTermKey;
import dev.duet.stun.MessageClass;
import dev.duet.stun.Method;
import dev.duet.stun.StunMessage;
import dev.duet.stun.StunWriter;
import dev.duet.stun.TransportAddress;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A TURN client for tests: one request at a time, and what data came. Not thread-safe. */
public final class TurnClient implements AutoCloseable {
    private static final int PATIENCE_MS = 5_000;
    private static final int UDP = 17;
    private static final int HEADER = 20;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Link link;
    private final String username;
    private final String password;
    private String realm = "";
    private String nonce = "";

    /** What carries messages to the server. */
    public interface Link extends AutoCloseable {
        void send(byte[] message) throws IOException;

        /** The next message; empty when none comes in time. */
        Optional<byte[]> receive(int timeoutMs) throws IOException;

        @Override
        void close() throws IOException;
    }

    public TurnClient(Link link, IceServer.Login login) {
        this.link = link;
        this.username = login.username();
        this.password = login.credential();
    }

    public static Link udp(InetAddress from, InetSocketAddress server) throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(from, 0));
        return new Link() {
            @Override
            public void send(byte[] message) throws IOException {
                socket.send(new DatagramPacket(message, message.length, server));
            }

            @Override
            public Optional<byte[]> receive(int timeoutMs) throws IOException {
                DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
                socket.setSoTimeout(timeoutMs);
                try {
                    socket.receive(packet);
                } catch (SocketTimeoutException e) {
                    return Optional.empty();
                }
                return Optional.of(Arrays.copyOf(packet.getData(), packet.getLength()));
            }

            @Override
            public void close() {
                socket.close();
            }
        };
    }

    /** Over a connection that is open. */
    public static Link stream(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        return new Link() {
            @Override
            public void send(byte[] message) throws IOException {
                boolean channel = (message[0] & 0xc0) == 0x40;
                socket.getOutputStream().write(channel ? Arrays.copyOf(message, (message.length + 3) & ~3) : message);
            }

            @Override
            public Optional<byte[]> receive(int timeoutMs) throws IOException {
                socket.setSoTimeout(timeoutMs);
                byte[] head = new byte[4];
                try {
                    in.readFully(head);
                } catch (SocketTimeoutException | EOFException e) {
                    return Optional.empty();
                }
                int length = ByteBuffer.wrap(head).getShort(2) & 0xffff;
                boolean channel = (head[0] & 0xc0) == 0x40;
                byte[] rest = new byte[channel ? (length + 3) & ~3 : length + HEADER - 4];
                in.readFully(rest);
                byte[] message = Arrays.copyOf(head, 4 + rest.length);
                System.arraycopy(rest, 0, message, 4, rest.length);
                return Optional.of(message);
            }

            @Override
            public void close() throws IOException {
                socket.close();
            }
        };
    }

    /** Allocates; throws when that is refused. */
    public TransportAddress allocate() throws IOException {
        StunMessage answer = tryAllocate();
        return answer.xorAddress(Attribute.XOR_RELAYED_ADDRESS)
                .orElseThrow(() -> new AssertionError("allocate: " + answer.errorCode()));
    }

    public StunMessage tryAllocate() throws IOException {
        return request(Method.ALLOCATE, writer -> writer.uint32(Attribute.REQUESTED_TRANSPORT, UDP << 24));
    }

    public StunMessage refresh(int seconds) throws IOException {
        return request(Method.REFRESH, writer -> writer.uint32(Attribute.LIFETIME, seconds));
    }

    /** 0, or the error's code. */
    public int permit(TransportAddress peer) throws IOException {
        return request(Method.CREATE_PERMISSION, writer -> writer.xorAddress(Attribute.XOR_PEER_ADDRESS, peer))
                .errorCode()
                .orElse(0);
    }

    /** 0, or the error's code. */
    public int bind(int channel, TransportAddress peer) throws IOException {
        return request(
                        Method.CHANNEL_BIND,
                        writer -> writer.uint32(Attribute.CHANNEL_NUMBER, channel << 16)
                                .xorAddress(Attribute.XOR_PEER_ADDRESS, peer))
                .errorCode()
                .orElse(0);
    }

    /** Sends data by an indication. */
    public void send(TransportAddress peer, byte[] data) throws IOException {
        link.send(new StunWriter()
                .start(Method.SEND, MessageClass.INDICATION, transactionId())
                .xorAddress(Attribute.XOR_PEER_ADDRESS, peer)
                .attribute(Attribute.DATA, data)
                .toBytes());
    }

    public void send(int channel, byte[] data) throws IOException {
        link.send(ByteBuffer.allocate(4 + data.length)
                .putShort((short) channel)
                .putShort((short) data.length)
                .put(data)
                .array());
    }

    /** The next data from a peer, however it is wrapped; empty when none comes in time. */
    public Optional<byte[]> receive(int timeoutMs) throws IOException {
        for (Optional<byte[]> message = link.receive(timeoutMs);
                message.isPresent();
                message = link.receive(timeoutMs)) {
            Optional<byte[]> data = data(message.get());
            if (data.isPresent()) {
                return data;
            }
        }
        return Optional.empty();
    }

    private static Optional<byte[]> data(byte[] message) {
        if ((message[0] & 0xc0) == 0x40) {
            int length = ByteBuffer.wrap(message).getShort(2) & 0xffff;
            return Optional.of(Arrays.copyOfRange(message, 4, 4 + length));
        }
        return StunMessage.parse(ByteBuffer.wrap(message), 0, message.length)
                .filter(stun -> stun.method() == Method.DATA)
                .flatMap(stun -> stun.value(Attribute.DATA));
    }

    /** Asks, and asks once more with what a 401 or 438 says. */
    public StunMessage request(int method, UnaryOperator<StunWriter> attributes) throws IOException {
        StunMessage answer = once(method, attributes);
        int error = answer.errorCode().orElse(0);
        if ((error == 401 && realm.isEmpty()) || error == 438) {
            realm = answer.text(Attribute.REALM).orElseThrow();
            nonce = answer.text(Attribute.NONCE).orElseThrow();
            answer = once(method, attributes);
        }
        return answer;
    }

    private StunMessage once(int method, UnaryOperator<StunWriter> attributes) throws IOException {
        byte[] id = transactionId();
        StunWriter writer = attributes.apply(new StunWriter().start(method, MessageClass.REQUEST, id));
        if (!realm.isEmpty()) {
            writer.text(Attribute.USERNAME, username)
                    .text(Attribute.REALM, realm)
                    .text(Attribute.NONCE, nonce)
                    .integritySha1(LongTermKey.md5(username, realm, password));
        }
        link.send(writer.toBytes());
        for (Optional<byte[]> got = link.receive(PATIENCE_MS); got.isPresent(); got = link.receive(PATIENCE_MS)) {
            byte[] bytes = got.get();
            Optional<StunMessage> answer = StunMessage.parse(ByteBuffer.wrap(bytes), 0, bytes.length)
                    .filter(message -> Arrays.equals(message.transactionId(), id));
            if (answer.isPresent()) {
                return answer.get();
            }
        }
        throw new AssertionError("no answer to " + method + " within " + PATIENCE_MS + " ms");
    }

    static byte[] transactionId() {
        byte[] id = new byte[12];
        RANDOM.nextBytes(id);
        return id;
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
