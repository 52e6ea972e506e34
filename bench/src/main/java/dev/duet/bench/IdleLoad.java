package dev.duet.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Locale;

/** Participants who say nothing: what memory each costs the server. */
public final class IdleLoad {
    private static final long SETTLE_NANOS = 12_000_000_000L;
    /** Of messages that are never sent. */
    private static final int PAYLOAD_BYTES = 100;

    private IdleLoad() {}

    /**
     * Prints one line of figures.
     *
     * @param args port, the server's pid, connections; and "course" if they speak that dialect
     */
    public static void main(String[] args) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        Proc server = new Proc(Long.parseLong(args[1]));
        int connections = Integer.parseInt(args[2]);
        boolean course = args.length > 3 && args[3].equals("course");
        long before = server.residentBytes();
        double cpuBefore = server.cpuSeconds();
        Selector selector = Selector.open();
        for (int i = 0; i < connections; i++) {
            String room = "idle-" + i / 2;
            Talker client = course ? new CourseClient(address, room, PAYLOAD_BYTES) : new LoadClient(address, room);
            client.register(selector);
            selector.select(IdleLoad::answer, 1);
        }
        double cpu = server.cpuSeconds() - cpuBefore;
        long settled = System.nanoTime() + SETTLE_NANOS;
        while (System.nanoTime() < settled) {
            selector.select(IdleLoad::answer, 100);
        }
        long after = server.residentBytes();
        System.out.printf(
                Locale.ROOT,
                "connections=%d rss_before_mib=%.1f rss_after_mib=%.1f rss_bytes_each=%d join_cpu_us_each=%.0f%n",
                selector.keys().size(),
                before / 1048576.0,
                after / 1048576.0,
                (after - before) / connections,
                cpu * 1e6 / connections);
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
    }

    /** Reads what came, which answers pings; nothing else is of interest. */
    private static void answer(SelectionKey key) {
        try {
            ((Talker) key.attachment()).skip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
