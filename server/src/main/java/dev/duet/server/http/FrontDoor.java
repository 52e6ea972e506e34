package dev.duet.server.http;

import dev.duet.server.access.Access;
import dev.duet.server.access.Client;
import dev.duet.server.access.Literals;
import dev.duet.server.relay.RelayServer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * Decides by a connection's first bytes what it speaks, once: a PROXY header (from a trusted proxy only), then TLS or plain HTTP. One port
 * can so answer whoever comes with the wrong scheme, and serve TURN clients that cannot use UDP. Behind TLS the first plain bytes decide
 * once more: browsers send no ALPN for {@code turns:}.
 */
public final class FrontDoor extends ChannelInitializer<Channel> {
    private static final int HEADER_BYTES_MAX = 16 * 1024;
    private static final int REQUEST_LINE_MAX = 4096;

    private final Entrance entrance;
    private final Routes routes;
    private final Optional<TlsContexts> tls;
    private final Access access;
    private final Optional<RelayServer> relay;

    /** Which of the two ports a connection came to. */
    public enum Entrance {
        HTTPS_PORT,
        HTTP_PORT
    }

    /**
     * The door of one port.
     *
     * @param relay takes TURN clients; without it they are closed
     */
    public FrontDoor(
            Entrance entrance, Routes routes, Optional<TlsContexts> tls, Access access, Optional<RelayServer> relay) {
        this.entrance = entrance;
        this.routes = routes;
        this.tls = tls;
        this.access = access;
        this.relay = relay;
    }

    @Override
    protected void initChannel(Channel channel) {
        InetAddress remote = ((InetSocketAddress) channel.remoteAddress()).getAddress();
        Patience patience = new Patience(channel);
        patience.start(Patience.FIRST);
        channel.pipeline()
                .addLast(new FirstBytes(new Client.Peer(remote, false), patience, access.isTrustedProxy(remote)));
    }

    private void speakHttp(ChannelPipeline pipeline, Client.Peer peer, Patience patience) {
        HttpDecoderConfig strict = new HttpDecoderConfig()
                .setMaxInitialLineLength(REQUEST_LINE_MAX)
                .setMaxHeaderSize(HEADER_BYTES_MAX);
        pipeline.addLast(new NoFolding());
        pipeline.addLast(new HttpRequestDecoder(strict));
        pipeline.addLast(new HttpResponseEncoder());
        pipeline.addLast(new RequestHandler(routes, new Arrival(entrance, peer), patience));
    }

    private final class FirstBytes extends ByteToMessageDecoder {
        private static final int TLS_HANDSHAKE = 0x16;
        private static final byte[] PROXY_V1 = {'P', 'R', 'O', 'X', 'Y', ' '};
        private static final byte[] PROXY_V2 = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};

        private final Client.Peer peer;
        private final Patience patience;
        private final boolean mayBeProxied;

        FirstBytes(Client.Peer peer, Patience patience, boolean mayBeProxied) {
            this.peer = peer;
            this.patience = patience;
            this.mayBeProxied = mayBeProxied;
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            if (mayBeProxied && (startsLike(in, PROXY_V1) || startsLike(in, PROXY_V2))) {
                if (in.readableBytes() >= PROXY_V2.length || isWhole(in, PROXY_V1)) {
                    ctx.pipeline().addLast(new HAProxyMessageDecoder(), new ProxyHeader(peer.address(), patience));
                    ctx.pipeline().remove(this);
                }
                return;
            }
            ChannelPipeline pipeline = ctx.pipeline();
            boolean secure = in.getUnsignedByte(in.readerIndex()) == TLS_HANDSHAKE;
            if (secure && tls.isEmpty()) {
                ctx.close();
                return;
            }
            if (secure) {
                SslHandler handler = tls.orElseThrow().newHandler(ctx.alloc());
                handler.setHandshakeTimeoutMillis(Patience.FIRST.toMillis());
                pipeline.addLast(handler);
            }
            pipeline.addLast(new FirstPlainBytes(new Client.Peer(peer.address(), peer.known(), secure), patience));
            pipeline.remove(this);
        }

        private static boolean isWhole(ByteBuf in, byte[] signature) {
            return in.readableBytes() >= signature.length && startsLike(in, signature);
        }

        private static boolean startsLike(ByteBuf in, byte[] signature) {
            int length = Math.min(in.readableBytes(), signature.length);
            for (int i = 0; i < length; i++) {
                if (in.getByte(in.readerIndex() + i) != signature[i]) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    /** STUN starts with two bits of 0 and has its cookie at the fifth byte; no HTTP request does. */
    private final class FirstPlainBytes extends ByteToMessageDecoder {
        private static final int TOP_BITS = 0xc0;
        private static final int COOKIE_OFFSET = 4;
        private static final int COOKIE = 0x2112a442;

        private final Client.Peer peer;
        private final Patience patience;

        FirstPlainBytes(Client.Peer peer, Patience patience) {
            this.peer = peer;
            this.patience = patience;
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            ChannelPipeline pipeline = ctx.pipeline();
            int start = in.readerIndex();
            boolean maybeStun = (in.getByte(start) & TOP_BITS) == 0 && in.getByte(start) <= 1;
            if (maybeStun && in.readableBytes() < COOKIE_OFFSET + Integer.BYTES) {
                return;
            }
            if (maybeStun && in.getInt(start + COOKIE_OFFSET) == COOKIE) {
                if (relay.isEmpty()) {
                    ctx.close();
                    return;
                }
                patience.end();
                pipeline.addLast(relay.get().newStream(ctx.channel(), peer.address(), peer.secure()));
            } else {
                speakHttp(pipeline, peer, patience);
            }
            pipeline.remove(this);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    /** Takes what a PROXY header says of the client, then looks at the first bytes behind it. */
    private final class ProxyHeader extends ChannelInboundHandlerAdapter {
        private final InetAddress proxy;
        private final Patience patience;

        ProxyHeader(InetAddress proxy, Patience patience) {
            this.proxy = proxy;
            this.patience = patience;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (!(msg instanceof HAProxyMessage message)) {
                ctx.fireChannelRead(msg);
                return;
            }
            // A UNIX socket's path, or nothing: then the proxy is all that is known, and it is not who has come.
            Client.Peer client = Optional.ofNullable(message.sourceAddress())
                    .flatMap(Literals::parse)
                    .map(address -> new Client.Peer(address, false))
                    .orElse(new Client.Peer(proxy, false, false));
            message.release();
            ctx.pipeline().addLast(new FirstBytes(client, patience, false));
            ctx.pipeline().remove(this);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
