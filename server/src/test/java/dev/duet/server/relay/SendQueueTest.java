package dev.duet.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which datagrams become one message. */
final class SendQueueTest {
    private static final int CAPACITY = 320;
    private static final long ADDRESS = 0xffff_7f00_0001L;

    private final SendQueue queue = new SendQueue(Arena.ofAuto(), CAPACITY, LinuxSocketCalls.UDP_SEGMENT);

    /** The message it was put into. */
    private int add(int socket, int port, int length) {
        int message = queue.message(socket, 0, ADDRESS, port, length);
        queue.add(message, 1, length);
        return message;
    }

    private List<Integer> counts() {
        List<Integer> counts = new ArrayList<>();
        for (int message = 0; message < queue.messages(); message++) {
            counts.add(queue.datagrams(message));
        }
        return counts;
    }

    @Test
    void equalLengthsToOneDestinationAreOneRun() {
        for (int datagram = 0; datagram < 9; datagram++) {
            add(1, 1000, 1100);
        }

        assertThat(counts()).containsExactly(9);
        assertThat(queue.segmentBytes(0)).isEqualTo(1100);
    }

    @Test
    void aShorterOneEndsTheRun() {
        add(1, 1000, 1100);
        add(1, 1000, 1100);
        add(1, 1000, 400);
        add(1, 1000, 400);
        add(1, 1000, 1100);

        assertThat(counts()).containsExactly(3, 1, 1);
    }

    @Test
    void aLongerOneBeginsAnother() {
        add(1, 1000, 400);
        add(1, 1000, 1100);

        assertThat(counts()).containsExactly(1, 1);
    }

    @Test
    void anEmptyOneStandsAlone() {
        add(1, 1000, 0);
        add(1, 1000, 0);
        add(1, 1000, 10);
        add(1, 1000, 0);
        add(1, 1000, 10);

        assertThat(counts()).containsExactly(1, 1, 1, 1, 1);
    }

    @Test
    void othersMayLieBetween() {
        for (int datagram = 0; datagram < 8; datagram++) {
            add(1, 1000, 1100);
            add(1, 2000, 900);
            add(2, 1000, 1100);
        }

        assertThat(counts()).containsExactly(8, 8, 8);
    }

    @Test
    void aRunHasAtMostSoManyDatagramsAndBytes() {
        for (int datagram = 0; datagram < 65; datagram++) {
            add(1, 1000, 100);
        }
        for (int datagram = 0; datagram < 17; datagram++) {
            add(1, 2000, 4000);
        }

        assertThat(counts()).containsExactly(64, 1, 16, 1);
    }

    @Test
    void withoutJoiningEachStandsAlone() {
        queue.joining(false);
        add(1, 1000, 100);
        add(1, 1000, 100);

        assertThat(counts()).containsExactly(1, 1);
    }

    @Test
    void whatIsForgottenIsNobodysAndIsNotJoined() {
        add(1, 1000, 100);
        add(2, 1000, 100);
        queue.forget(1);
        add(1, 1000, 100);

        assertThat(queue.socket(0)).isNegative();
        assertThat(counts()).containsExactly(1, 1, 1);
    }

    @Test
    void aClearedQueueRemembersNothing() {
        add(1, 1000, 100);
        queue.clear();
        add(1, 1000, 100);

        assertThat(counts()).containsExactly(1);
    }

    /** Reading messages in order, and each one's datagrams in order, no destination sees two of its datagrams exchanged. */
    @Test
    void orderIsKeptWithinADestination() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            queue.clear();
            List<List<Integer>> messages = new ArrayList<>();
            Map<Integer, Integer> sent = new HashMap<>();
            Map<Integer, Integer> portOf = new HashMap<>();
            int destinations = 1 + random.nextInt(40);
            while (!queue.isFull()) {
                int port = 1 + random.nextInt(destinations);
                int message = add(1, port, random.nextInt(3) * 500);
                if (message == messages.size()) {
                    messages.add(new ArrayList<>());
                    portOf.put(message, port);
                }
                assertThat(portOf.get(message)).as("seed %s", seed).isEqualTo(port);
                messages.get(message).add(sent.merge(port, 1, Integer::sum));
            }

            Map<Integer, Integer> seen = new HashMap<>();
            for (int message = 0; message < messages.size(); message++) {
                for (int number : messages.get(message)) {
                    assertThat(number).as("seed %s", seed).isEqualTo(seen.merge(portOf.get(message), 1, Integer::sum));
                }
            }
        }
    }
}
