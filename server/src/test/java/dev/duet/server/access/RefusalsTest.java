package dev.duet.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

final class RefusalsTest {
    private static final String FIX = "say \"please\"";

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Refusals.class);
    private long nowNanos;
    private final Refusals refusals = new Refusals(() -> nowNanos);

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void end() {
        logger.detachAppender(log);
    }

    private void pass(Duration time) {
        nowNanos += time.toNanos();
    }

    private List<String> lines() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void aRefusalIsSaidOnceAMinuteForEachCauseAndSource() {
        for (int i = 0; i < 100; i++) {
            refusals.add("full", "source", "8.8.8.0/24", FIX);
            refusals.add("full", "source", "9.9.9.0/24", FIX);
            refusals.add("host-refused", "host", "evil.example", FIX);
        }
        assertThat(lines())
                .containsExactly(
                        "event=full source=8.8.8.0/24 fix=\"say \\\"please\\\"\"",
                        "event=full source=9.9.9.0/24 fix=\"say \\\"please\\\"\"",
                        "event=host-refused host=evil.example fix=\"say \\\"please\\\"\"");
        assertThat(refusals.counts()).isEqualTo(Map.of("full", 200L, "host-refused", 100L));

        pass(Duration.ofSeconds(60));
        refusals.add("full", "source", "8.8.8.0/24", FIX);
        assertThat(lines()).hasSize(4).last().asString().endsWith(" more=99");
    }

    @Test
    void whatProgramsReadHasFields() {
        refusals.add(WhyPublic.GATEWAY, "172.17.0.0/24");

        ILoggingEvent event = log.list.getFirst();
        assertThat(event.getLevel()).isEqualTo(Level.WARN);
        assertThat(event.getKeyValuePairs())
                .extracting(pair -> pair.key, pair -> pair.value)
                .contains(org.assertj.core.groups.Tuple.tuple("source", "172.17.0.0/24"));
        assertThat(event.getKeyValuePairs())
                .extracting((KeyValuePair pair) -> pair.key)
                .containsExactly("source", "fix");
    }

    @Test
    void strangersCannotFillTheLogOrTheMemory() {
        for (int i = 0; i < 10_000; i++) {
            refusals.add("host-refused", "host", "name" + i + ".example", FIX);
        }
        assertThat(lines()).hasSize(256);
        assertThat(refusals.counts()).isEqualTo(Map.of("host-refused", 10_000L));

        pass(Duration.ofMinutes(2));
        refusals.add("full", "source", "8.8.8.0/24", FIX);
        assertThat(lines()).hasSize(257);
    }
}
