package dev.duet.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.duet.server.RelayConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Who waits for a call takes no port that a call needs, and gives back what it took when the call has begun. */
final class RelayWaitingTest {
    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
    private static final int PORTS = 12;
    private static final int POOL = PORTS / 4;

    private final RelayServer relay = RelayServer.start(
            RelayConfig.DEFAULT.withHost(HERE).withUdpPort(0).withPorts(47_000, 47_000 + PORTS - 1), 2);
    private final List<TurnClient> clients = new ArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(RelayServer.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stop() throws IOException {
        logger.detachAppender(log);
        for (TurnClient client : clients) {
            client.close();
        }
        relay.close();
    }

    @Test
    void whoWaitsGetsAQuarterOfThePortsAndCallsTheRest() throws IOException {
        for (int i = 0; i < POOL; i++) {
            assertThat(waiting("waits" + i).tryAllocate().errorCode()).isEmpty();
        }
        TurnClient late = waiting("late");
        assertThat(late.tryAllocate().errorCode()).hasValue(486);
        relay.housekeeping();
        relay.housekeeping();
        assertThat(log.list)
                .map(ILoggingEvent::getFormattedMessage)
                .filteredOn(line -> line.contains("waiting-pool-full"))
                .singleElement()
                .asString()
                .contains("allocations=3 max=3 refused=1");

        assertThat(client("calls").tryAllocate().errorCode()).as("a call").isEmpty();
        relay.meets("late");
        assertThat(late.tryAllocate().errorCode()).as("now it is a call").isEmpty();
    }

    @Test
    void whatSomebodyTookToWaitEndsSoonAfterAnotherPathIsFound() throws IOException {
        TurnClient bo = waiting("bo");
        bo.allocate();
        TurnClient ann = waiting("ann");
        ann.allocate();
        relay.meets("ann");
        TurnClient again = client("ann");
        again.allocate();

        relay.housekeeping(System.nanoTime() + Duration.ofSeconds(9).toNanos());
        assertThat(ann.refresh(600).errorCode()).as("it may still be in use").isEmpty();
        relay.housekeeping(System.nanoTime() + Duration.ofSeconds(12).toNanos());
        // The shard takes what it was told and what came to its sockets in any order.
        OptionalInt error = ann.refresh(600).errorCode();
        for (int tries = 0; error.isEmpty() && tries < 1_000; tries++) {
            error = ann.refresh(600).errorCode();
        }
        assertThat(error).isPresent();
        assertThat(again.refresh(600).errorCode())
                .as("what the call itself took")
                .isEmpty();
        assertThat(bo.refresh(600).errorCode()).as("who waits still waits").isEmpty();
    }

    private TurnClient waiting(String participant) throws IOException {
        TurnClient client = client(participant);
        relay.waits(participant);
        return client;
    }

    private TurnClient client(String participant) throws IOException {
        TurnClient client = new TurnClient(
                TurnClient.udp(HERE, new InetSocketAddress(HERE, relay.udpPort())), relay.login(participant));
        clients.add(client);
        return client;
    }
}
