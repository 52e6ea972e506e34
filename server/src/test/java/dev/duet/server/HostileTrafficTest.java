package dev.duet.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.duet.server.access.Refusals;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A million things that clients may send, right, broken and hostile; then somebody honest makes a call. */
final class HostileTrafficTest {
    private static final int EVENTS = Integer.getInteger("duet.hostile", 1_000_000);
    private static final int CLIENTS = 8;

    private static final String[] MESSAGES = {
        "{\"type\":\"join\",\"id\":1,\"room\":\"%s\"}",
        "{\"type\":\"join\",\"id\":1,\"room\":\"%s\",\"name\":\"\\u202e\",\"resume\":\"AAAA\"}",
        "{\"type\":\"join\",\"id\":1,\"room\":[\"%s\"]}",
        "{\"type\":\"join\",\"room\":\"__proto__\",\"room\":\"%s\"}",
        "{\"type\":\"leave\",\"id\":2}",
        "{\"type\":\"leave\",\"returning\":true}",
        "{\"type\":\"signal\",\"to\":\"%s\",\"data\":{\"a\":[1,2,{\"b\":null}]}}",
        "{\"type\":\"signal\",\"to\":\"%s\",\"candidate\":null,\"data\":1}",
        "{\"type\":\"signal\",\"to\":\"%s\",\"description\":\"not an object\"}",
        "{\"type\":\"signal\",\"id\":99999999999999999999,\"to\":\"%s\",\"data\":0}",
        "{\"type\":\"ping\",\"id\":12}",
        "{\"type\":\"look\",\"room\":\"%s\"}",
        "{\"type\":null}",
        "[[[[[[[[[[[[[[[[[[[[\"%s\"",
        "{\"type\":\"%s\"}",
        "null",
        ""
    };

    @Test
    void aMillionRandomEventsHurtNobody() throws Exception {
        ListAppender<ILoggingEvent> leaks = watch("io.netty.util.ResourceLeakDetector");
        ListAppender<ILoggingEvent> faults = watch("dev.duet");
        DuetConfig config = DuetConfig.builder()
                .httpPort(0)
                .eventLoops(4)
                .limits(ConnectionLimits.DEFAULT.unthrottled())
                .build();
        try (DuetServer server = DuetServer.start(config)) {
            int port = server.http().orElseThrow().getPort();
            try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> runs = new ArrayList<>();
                for (int client = 0; client < CLIENTS; client++) {
                    Random random = new Random(client);
                    runs.add(clients.submit(() -> {
                        int sent = 0;
                        while (sent < EVENTS / CLIENTS) {
                            sent += session(port, random, EVENTS / CLIENTS - sent);
                        }
                        return null;
                    }));
                }
                for (Future<?> run : runs) {
                    run.get(100, TimeUnit.SECONDS);
                }
            }
            try (TestClient ann = TestClient.open(server);
                    TestClient bo = TestClient.open(server)) {
                ann.join("an honest room");
                bo.join("an honest room");
                ann.expect("participant-joined");
            }
        }
        System.gc();
        assertThat(leaks.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
        assertThat(faults.list)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                // That somebody was refused is said once a minute, and no fault.
                .filteredOn(event -> !event.getLoggerName().equals(Refusals.class.getName()))
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEmpty();
    }

    /** One connection's life; gives the number of events it sent. */
    private static int session(int port, Random random, int most) throws IOException {
        int wanted = Math.min(most, 1 + random.nextInt(2_000));
        int sent = 0;
        RawWebSocket socket = new RawWebSocket(port);
        try {
            if (random.nextInt(20) == 0) {
                byte[] noise = new byte[1 + random.nextInt(200)];
                random.nextBytes(noise);
                socket.send(noise);
                sent++;
            } else {
                socket.handshake();
            }
            boolean over = false;
            while (sent < wanted && !over) {
                ByteArrayOutputStream batch = new ByteArrayOutputStream();
                for (int i = 0; i < 40 && sent < wanted && !over; i++, sent++) {
                    over = random.nextInt(300) == 0;
                    batch.writeBytes(over ? fatal(random) : event(random));
                }
                socket.send(batch.toByteArray());
                socket.drain();
            }
        } catch (IOException e) {
            // The server closes whoever breaks the protocol; what was on its way then counts as sent.
            sent++;
        }
        if (random.nextBoolean()) {
            socket.reset();
        } else {
            socket.close();
        }
        return sent;
    }

    /** Something that a connection survives, so that what comes after it is looked at too. */
    private static byte[] event(Random random) {
        byte[] bytes = message(random);
        int kind = random.nextInt(100);
        if (kind < 10 && bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(128);
        }
        return switch (kind) {
            case 98 -> RawWebSocket.frame(0x80 | RawWebSocket.PING, new byte[random.nextInt(126)]);
            case 99 -> RawWebSocket.frame(0x80 | RawWebSocket.BINARY, bytes);
            default -> RawWebSocket.frame(0x80 | RawWebSocket.TEXT, bytes);
        };
    }

    /** Something that may well end the connection; it is the last that this client sends. */
    private static byte[] fatal(Random random) {
        byte[] bytes = message(random);
        return switch (random.nextInt(4)) {
            case 0 -> RawWebSocket.frame(random.nextInt(256), new byte[random.nextInt(150)]);
            case 1 -> RawWebSocket.frame(RawWebSocket.TEXT, bytes);
            case 2 -> Arrays.copyOf(RawWebSocket.frame(0x80 | RawWebSocket.TEXT, bytes), 4);
            default -> {
                byte[] broken = Arrays.copyOf(bytes, bytes.length + 1);
                broken[random.nextInt(broken.length)] = (byte) 0xFF;
                yield RawWebSocket.frame(0x80 | RawWebSocket.TEXT, broken);
            }
        };
    }

    private static byte[] message(Random random) {
        String text = MESSAGES[random.nextInt(MESSAGES.length)].formatted("r" + random.nextInt(20));
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ListAppender<ILoggingEvent> watch(String name) {
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        ((Logger) LoggerFactory.getLogger(name)).addAppender(appender);
        return appender;
    }
}
