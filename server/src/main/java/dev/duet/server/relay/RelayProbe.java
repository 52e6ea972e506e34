package dev.duet.server.relay;

import dev.duet.stun.Attribute;
import dev.duet.stun.LongTermKey;
import dev.duet.stun.MessageClass;
import dev.duet.stun.Method;
import dev.duet.stun.StunMessage;
import dev.duet.stun.StunWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Asks an advertised URL whether this very relay answers there, as a client would: by credentials that only this process knows. A Refresh
 * without an allocation is refused, and the refusal is signed.
 */
final class RelayProbe {
    private static final Pattern URL = Pattern.compile(
            "(stuns?|turns?):([^:/?@\\s]+|\\[[0-9a-fA-F:.]+])(?::(\\d{1,5}))?(?:\\?transport=(udp|tcp))?");
    private static final int PORT = 3478;
    private static final int TLS_PORT = 5349;
    private static final int PATIENCE_MS = 1_500;
    private static final int UDP_TRIES = 3;
    private static final int HEADER = 20;
    private static final int MESSAGE_MAX = 2_048;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final IceServer.Login login;

    /** What is asked there, and what answers. */
    private interface Link {
        byte[] ask(byte[] request) throws IOException;
    }

    RelayProbe(IceServer.Login login) {
        this.login = login;
    }

    /** Asks; blocks for a few seconds at most. */
    AdvertisedUrl ask(String url) {
        Matcher matcher = URL.matcher(url);
        if (!matcher.matches()) {
            return new AdvertisedUrl(url, AdvertisedUrl.State.UNREADABLE);
        }
        boolean secure = matcher.group(1).endsWith("s");
        boolean tcp = secure || "tcp".equals(matcher.group(4));
        int standard = secure ? TLS_PORT : PORT;
        int port = matcher.group(3) == null ? standard : Integer.parseInt(matcher.group(3));
        String host = matcher.group(2).replaceAll("[\\[\\]]", "");
        return new AdvertisedUrl(url, state(host, port, tcp, secure));
    }

    private AdvertisedUrl.State state(String host, int port, boolean tcp, boolean secure) {
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(host), port);
            return tcp ? tcp(host, address, secure) : udp(address);
        } catch (UnknownHostException | IllegalArgumentException e) {
            return AdvertisedUrl.State.UNKNOWN_HOST;
        } catch (SSLException e) {
            return AdvertisedUrl.State.NO_TLS;
        } catch (SocketTimeoutException | NoRouteToHostException e) {
            return AdvertisedUrl.State.SILENT;
        } catch (ConnectException | java.net.PortUnreachableException e) {
            return AdvertisedUrl.State.REFUSED;
        } catch (IOException e) {
            return AdvertisedUrl.State.SOMEBODY_ELSE;
        }
    }

    private AdvertisedUrl.State udp(InetSocketAddress address) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(address);
            socket.setSoTimeout(PATIENCE_MS / UDP_TRIES);
            return isThisRelay(request -> {
                for (int i = 1; ; i++) {
                    socket.send(new DatagramPacket(request, request.length));
                    try {
                        DatagramPacket answer = new DatagramPacket(new byte[MESSAGE_MAX], MESSAGE_MAX);
                        socket.receive(answer);
                        return Arrays.copyOf(answer.getData(), answer.getLength());
                    } catch (SocketTimeoutException e) {
                        if (i == UDP_TRIES) {
                            throw e;
                        }
                    }
                }
            });
        }
    }

    private AdvertisedUrl.State tcp(String host, InetSocketAddress address, boolean secure) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address, PATIENCE_MS);
            socket.setSoTimeout(PATIENCE_MS);
            if (!secure) {
                return isThisRelay(request -> exchange(socket, request));
            }
            // Whether browsers trust the certificate is theirs to say: they may know an authority that this Java does
            // not.
            SSLSocketFactory factory = Trusting.everybody();
            try (SSLSocket tls = (SSLSocket) factory.createSocket(socket, host, address.getPort(), true)) {
                SSLParameters parameters = tls.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm(null);
                tls.setSSLParameters(parameters);
                tls.startHandshake();
                return isThisRelay(request -> exchange(tls, request));
            }
        }
    }

    private static byte[] exchange(Socket socket, byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] head = new byte[HEADER];
        in.readFully(head);
        int length = ByteBuffer.wrap(head).getShort(2) & 0xffff;
        if (length > MESSAGE_MAX) {
            throw new IOException("no STUN");
        }
        byte[] whole = Arrays.copyOf(head, HEADER + length);
        in.readFully(whole, HEADER, length);
        return whole;
    }

    private AdvertisedUrl.State isThisRelay(Link link) throws IOException {
        Optional<StunMessage> challenge = read(link.ask(refresh().toBytes()));
        Optional<String> realm = challenge.flatMap(message -> message.text(Attribute.REALM));
        Optional<String> nonce = challenge.flatMap(message -> message.text(Attribute.NONCE));
        if (realm.isEmpty() || nonce.isEmpty()) {
            return AdvertisedUrl.State.SOMEBODY_ELSE;
        }
        byte[] key = LongTermKey.md5(login.username(), realm.get(), login.credential());
        byte[] signed = refresh()
                .text(Attribute.USERNAME, login.username())
                .text(Attribute.REALM, realm.get())
                .text(Attribute.NONCE, nonce.get())
                .integritySha1(key)
                .toBytes();
        return read(link.ask(signed)).filter(message -> message.verifySha1(key)).isPresent()
                ? AdvertisedUrl.State.ANSWERS
                : AdvertisedUrl.State.SOMEBODY_ELSE;
    }

    private static StunWriter refresh() {
        byte[] transaction = new byte[12];
        RANDOM.nextBytes(transaction);
        return new StunWriter()
                .start(Method.REFRESH, MessageClass.REQUEST, transaction)
                .uint32(Attribute.LIFETIME, 0);
    }

    private static Optional<StunMessage> read(byte[] answer) {
        return StunMessage.parse(ByteBuffer.wrap(answer), 0, answer.length);
    }
}
