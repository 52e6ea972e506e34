package dev.duet.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.signaling.StreamsLedger.Why;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * "Nothing is lost" of docs/protocol.md, from the words of one page to the ears of another, whatever becomes of connections, pages and the
 * server. A failure names its seed; {@code -Dduet.seed=N} runs that one alone, {@code -Dduet.seeds=N} that many.
 */
final class StreamsSimulationTest {
    private static final class Totals {
        long worlds;
        long messages;
        long delivered;
        long undisturbed;
        long cuts;
        long restarts;
        long reloads;
        long superseded;
        long repeated;
        long late;
        long stale;
        final long[] reports = new long[Why.values().length];

        void add(StreamsWorld world) {
            worlds++;
            messages += world.ledger.sent();
            delivered += world.ledger.delivered();
            undisturbed += world.ledger.undisturbed();
            cuts += world.cuts;
            restarts += world.restarts;
            reloads += world.reloads;
            superseded += world.superseded;
            repeated += world.repeated;
            late += world.late;
            stale += world.stale;
            for (Why why : Why.values()) {
                reports[why.ordinal()] += world.ledger.reports(why);
            }
        }

        long reported(Why why) {
            return reports[why.ordinal()];
        }

        void print(String what) {
            List<String> told = new ArrayList<>();
            for (Why why : Why.values()) {
                told.add("%,d %s".formatted(reported(why), why));
            }
            System.out.printf(
                    "%s: %,d worlds; %,d messages, %,d delivered (%,d between undisturbed pages); reported %s;"
                            + " %,d cuts, %,d restarts, %,d reloads, %,d superseded;"
                            + " dropped %,d repeated, %,d late, %,d stale%n",
                    what,
                    worlds,
                    messages,
                    delivered,
                    undisturbed,
                    String.join(", ", told),
                    cuts,
                    restarts,
                    reloads,
                    superseded,
                    repeated,
                    late,
                    stale);
        }
    }

    private static StreamsWorld run(long seed, StreamsWorld.Course course, UnaryOperator<Input> mutant) {
        StreamsWorld world = new StreamsWorld(seed, course, mutant);
        try {
            world.run();
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + ", " + course + ": " + e.getMessage(), e);
        }
        return world;
    }

    /** One of these worlds is as much work as so many of those of {@link RoomsSimulationTest}. */
    private static final long WORK = 18;

    private static Totals run(LongFunction<StreamsWorld.Course> courses) {
        Long only = Long.getLong("duet.seed");
        long last = only == null ? Math.ceilDiv(Long.getLong("duet.seeds", 3_000), WORK) : only;
        Totals totals = new Totals();
        for (long seed = only == null ? 1 : only; seed <= last; seed++) {
            totals.add(run(seed, courses.apply(seed), UnaryOperator.identity()));
        }
        return totals;
    }

    @Test
    void nothingIsLostDoubledOrReordered() {
        Totals totals = run(StreamsWorld.Course::of);

        totals.print("streams, everything goes wrong");
        if (Long.getLong("duet.seed") == null) {
            // A simulation in which these never happen proves nothing.
            assertThat(List.of(
                            totals.restarts,
                            totals.reloads,
                            totals.superseded,
                            totals.repeated,
                            totals.late,
                            totals.stale))
                    .allMatch(count -> count > 0);
            for (Why why : Why.values()) {
                assertThat(totals.reported(why)).as(why.name()).isGreaterThan(totals.worlds / 10);
            }
            assertThat(totals.undisturbed).isGreaterThan(totals.delivered / 4);
        }
    }

    @Test
    void nothingIsLostWhenOnePacketInAHundredCutsItsConnection() {
        Totals totals = run(StreamsWorld.Course::cutting);

        totals.print("streams, 1 % of the packets cut");
        if (Long.getLong("duet.seed") == null) {
            assertThat(totals.undisturbed).isGreaterThan(totals.delivered * 9 / 10);
            assertThat(totals.delivered).isGreaterThan(totals.worlds * 1_000);
            assertThat(totals.cuts).isGreaterThan(totals.worlds * 10);
        }
    }

    /** A page that says it has one more than it has, as one would that counts before it hands over. */
    private static Input oneTooMany(Input input) {
        return input instanceof Input.Acknowledge(Session session, ParticipantId from, int epoch, long seq)
                ? new Input.Acknowledge(session, from, epoch, seq + 1)
                : input;
    }

    @Test
    void whoAcknowledgesWhatItHasNotIsFound() {
        List<String> found = new ArrayList<>();
        for (long seed = 1; seed <= 20; seed++) {
            try {
                run(seed, StreamsWorld.Course.cutting(seed), StreamsSimulationTest::oneTooMany);
            } catch (AssertionError e) {
                found.add(e.getMessage());
            }
        }

        assertThat(found).isNotEmpty();
    }
}
