package dev.duet.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class DeadlinesTest {
    private final Deadlines deadlines = new Deadlines();
    private final Room room = new Room(RecordingRooms.ROOM, new Rooms(Limits.of(2, Duration.ofSeconds(30)), 0, 1, 0));
    private int lastOwner;

    private PendingJoin owner() {
        RecordingRooms.Client client = RecordingRooms.client("owner " + ++lastOwner);
        Input.Join asked = Input.Join.once(client, 1, RecordingRooms.ROOM, client.id(), client.person());
        return new PendingJoin(new JoinId(lastOwner), room, asked, false);
    }

    @Test
    void nothingWaitsAtFirst() {
        assertThat(deadlines.nextNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(deadlines.pollDue(0)).isNull();
    }

    @Test
    void aDeadlineIsDueWhenItsTimeHasComeAndNotBefore() {
        PendingJoin owner = owner();
        deadlines.set(owner, 100);

        assertThat(deadlines.pollDue(99)).isNull();
        assertThat(deadlines.pollDue(100)).isSameAs(owner);
    }

    @Test
    void aDeadlineIsDueOnce() {
        deadlines.set(owner(), 100);
        deadlines.pollDue(100);

        assertThat(deadlines.pollDue(1_000)).isNull();
    }

    @Test
    void theEarliestComesFirst() {
        PendingJoin late = owner();
        PendingJoin early = owner();
        deadlines.set(late, 200);
        deadlines.set(early, 100);

        assertThat(deadlines.nextNanos()).isEqualTo(100);
        assertThat(deadlines.pollDue(1_000)).isSameAs(early);
        assertThat(deadlines.pollDue(1_000)).isSameAs(late);
    }

    @Test
    void whatIsDueAtTheSameTimeComesInTheOrderItWasSet() {
        PendingJoin first = owner();
        PendingJoin second = owner();
        deadlines.set(first, 100);
        deadlines.set(second, 100);

        assertThat(deadlines.pollDue(100)).isSameAs(first);
    }

    @Test
    void aNewDeadlineReplacesTheOneBefore() {
        PendingJoin owner = owner();
        deadlines.set(owner, 100);
        deadlines.set(owner, 200);

        assertThat(deadlines.nextNanos()).isEqualTo(200);
        assertThat(deadlines.pollDue(199)).isNull();
    }

    @Test
    void aClearedDeadlineNeverComes() {
        PendingJoin owner = owner();
        deadlines.set(owner, 100);
        deadlines.clear(owner);
        deadlines.clear(owner);

        assertThat(deadlines.nextNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aClockThatWrapsAroundKeepsTheOrder() {
        PendingJoin before = owner();
        PendingJoin after = owner();
        deadlines.set(after, Long.MIN_VALUE + 10);
        deadlines.set(before, Long.MAX_VALUE - 10);

        assertThat(deadlines.pollDue(Long.MAX_VALUE)).isSameAs(before);
        assertThat(deadlines.pollDue(Long.MAX_VALUE)).isNull();
    }

    @Test
    void itAgreesWithASortedMapWhateverIsSetAndCleared() {
        for (int seed = 1; seed <= 50; seed++) {
            Random random = new Random(seed);
            List<PendingJoin> owners = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                owners.add(owner());
            }
            TreeMap<Long, PendingJoin> model = new TreeMap<>();
            long now = 0;
            for (int step = 0; step < 2_000; step++) {
                PendingJoin owner = owners.get(random.nextInt(owners.size()));
                switch (random.nextInt(4)) {
                    case 0 -> {
                        deadlines.clear(owner);
                        model.values().remove(owner);
                    }
                    case 1 -> now += random.nextInt(1_000);
                    default -> {
                        long at = (now + random.nextInt(100_000)) * 10_000 + step;
                        deadlines.set(owner, at);
                        model.values().remove(owner);
                        model.put(at, owner);
                    }
                }
                while (deadlines.pollDue(now * 10_000) instanceof Deadlines.Owner due) {
                    assertThat(due)
                            .as("seed %d step %d", seed, step)
                            .isSameAs(model.pollFirstEntry().getValue());
                }
                assertThat(deadlines.nextNanos())
                        .as("seed %d step %d", seed, step)
                        .isEqualTo(model.isEmpty() ? Long.MAX_VALUE : model.firstKey());
            }
            owners.forEach(deadlines::clear);
        }
    }
}
