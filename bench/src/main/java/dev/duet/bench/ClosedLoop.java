package dev.duet.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * Talkers of whom each answers every message with the next one: how many messages the server relays for one second of its
 * own CPU time. Some messages of each talker are in flight all the time.
 */
record ClosedLoop(Proc server, int inFlight, long warmUpSeconds, long seconds) {
    private static final long RAMP_NANOS = 5_000_000;
    private static final long PAUSE_NANOS = 150_000;
    private static final double SHARE_MAX = 0.85;

    /** Prints one line of figures that begins with these words. */
    void measure(List<? extends Talker> talkers, String words) throws IOException {
        try (Selector selector = Selector.open()) {
            for (Talker talker : talkers) {
                talker.register(selector);
            }
            for (Talker talker : talkers) {
                for (int i = 0; i < inFlight; i++) {
                    talker.send();
                }
                // One after the other: of hundreds that begin at once a server leaves some waiting for long.
                relay(selector, RAMP_NANOS);
            }
            relay(selector, warmUpSeconds * 1_000_000_000L);
            int[] receivedBefore = talkers.stream().mapToInt(Talker::received).toArray();
            double serverBefore = server.cpuSeconds();
            double loaderBefore = loaderCpuSeconds();
            long start = System.nanoTime();
            long messages = relay(selector, seconds * 1_000_000_000L);
            double wall = (System.nanoTime() - start) / 1e9;
            double serverCpu = server.cpuSeconds() - serverBefore;
            double loaderShare = (loaderCpuSeconds() - loaderBefore) / wall;
            System.out.printf(
                    Locale.ROOT,
                    "%s messages=%d wall_s=%.2f server_cpu_s=%.2f per_server_cpu_s=%.0f loader_share=%.2f%n",
                    words,
                    messages,
                    wall,
                    serverCpu,
                    messages / serverCpu,
                    loaderShare);
            for (int i = 0; i < receivedBefore.length; i++) {
                if (talkers.get(i).received() == receivedBefore[i]) {
                    throw new IllegalStateException("talker " + i + " heard nothing more after " + receivedBefore[i]
                            + " messages: one was lost; " + talkers.get(i) + "; the other " + talkers.get(i ^ 1));
                }
            }
            if (loaderShare > SHARE_MAX) {
                throw new IllegalStateException("the loader was the bottleneck: " + loaderShare + " of its core");
            }
        }
    }

    /** Answers every message with the next one, for so long; gives the number relayed. */
    private static long relay(Selector selector, long nanos) throws IOException {
        long end = System.nanoTime() + nanos;
        long messages = 0;
        while (System.nanoTime() < end) {
            // A breath between rounds keeps the loader's core below its limit; the server's queue does not run dry.
            LockSupport.parkNanos(PAUSE_NANOS);
            selector.select(100);
            for (SelectionKey key : selector.selectedKeys()) {
                Talker talker = (Talker) key.attachment();
                int came = talker.receive(key);
                messages += came;
                for (int i = 0; i < came; i++) {
                    talker.send();
                }
            }
            selector.selectedKeys().clear();
        }
        return messages;
    }

    private static double loaderCpuSeconds() {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime() / 1e9;
    }
}
