package dev.duet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class EngineTest {
    /** The loop is told to end in the middle of its tasks, which is where it forgets what it carries. */
    @Test
    void aConnectionThatArrivesWhileTheServerClosesIsClosed() throws IOException, InterruptedException {
        Engine engine = Engine.start(1);
        CountDownLatch accepted = new CountDownLatch(1);
        Channel listening = Listening.bind(
                engine,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ConnectionLimits.DEFAULT,
                new ChannelInboundHandlerAdapter() {
                    @Override
                    public void handlerAdded(ChannelHandlerContext ctx) {
                        accepted.countDown();
                    }
                });
        int port = ((InetSocketAddress) listening.localAddress()).getPort();
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(5_000);
            assertThat(accepted.await(5, TimeUnit.SECONDS)).isTrue();
            listening.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
            CountDownLatch busy = new CountDownLatch(1);
            engine.loops().getFirst().execute(() -> {
                busy.countDown();
                awaitStop(engine);
            });
            assertThat(busy.await(5, TimeUnit.SECONDS)).isTrue();

            engine.stop();

            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static void awaitStop(Engine engine) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
        while (!engine.group().isShuttingDown() && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
    }
}
