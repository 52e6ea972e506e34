package dev.duet.netlab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Real namespaces and devices: needs root and /dev/net/tun, and fails with what is missing where they are not. */
class NetLabTest {
    private static final Pattern RTT = Pattern.compile("time=([0-9.]+) ms");

    @BeforeAll
    static void pingIsInstalled() {
        assertThat(Path.of("/usr/bin/ping").toFile().exists()
                        || Path.of("/bin/ping").toFile().exists())
                .as("these tests need ping: apt-get install iputils-ping")
                .isTrue();
    }

    @Test
    void aRoundTripTakesTheDelayOfBothDirections() {
        try (NetLab lab = NetLab.create("nltest")) {
            Host ann = lab.host("ann");
            Host bo = lab.host("bo");
            ann.link().delay(Duration.ofMillis(50));

            double shortestMs = shortestRoundTripMs(ann.exec("ping", "-c", "10", "-i", "0.1", bo.address()));
            double shortest6Ms = shortestRoundTripMs(ann.exec("ping", "-c", "3", "-i", "0.1", bo.address6()));

            assertThat(shortestMs).isBetween(100.0, 130.0);
            assertThat(shortest6Ms).isBetween(100.0, 130.0);
        }
    }

    @Test
    void aPerfectLinkIsQuick() {
        try (NetLab lab = NetLab.create("nltest")) {
            Host ann = lab.host("ann");
            Host bo = lab.host("bo");

            assertThat(shortestRoundTripMs(ann.exec("ping", "-c", "10", "-i", "0.05", bo.address())))
                    .isLessThan(10.0);
        }
    }

    @Test
    void packetsAreLostWithTheProbabilityAskedFor() {
        try (NetLab lab = NetLab.create("nltest")) {
            Host ann = lab.host("ann");
            Host bo = lab.host("bo");
            ann.uplink().loss(0.2);
            // Nobody listens; an ICMP "port unreachable" that came back would make a later write fail instead of send.
            bo.uplink().blackout(true);

            ann.exec("bash", "-c", datagrams(500, bo.address()));
            settle();

            Counters.Lane up = ann.counters().up();
            assertThat(up.entered()).isEqualTo(500);
            assertThat(up.lost() + up.passed()).isEqualTo(500);
            // 100 expected, standard deviation sqrt(500 * 0.2 * 0.8) = 8.9; five of them.
            assertThat(up.lost()).isBetween(55L, 145L);
            assertThat(bo.counters().down().passed()).isEqualTo(up.passed());
        }
    }

    @Test
    void duplicatesArriveInTheOtherHost() {
        try (NetLab lab = NetLab.create("nltest")) {
            Host ann = lab.host("ann");
            Host bo = lab.host("bo");
            bo.downlink().duplication(1);

            String output =
                    ann.exec("ping", "-c", "2", "-i", "0.1", bo.address()).output();

            assertThat(output).contains("DUP!");
        }
    }

    @Test
    void whoMovesIsReachedAtOtherAddressesOnly() {
        try (NetLab lab = NetLab.create("nltest")) {
            Host ann = lab.host("ann");
            Host bo = lab.host("bo");
            String before = bo.address();
            String before6 = bo.address6();

            bo.move();

            assertThat(bo.address()).isEqualTo("10.77.1.2");
            assertThat(bo.address6()).isEqualTo("fd77::1:2");
            assertThat(exitOfPing(ann, bo.address())).isZero();
            assertThat(exitOfPing(ann, bo.address6())).isZero();
            assertThat(exitOfPing(bo, ann.address())).isZero();
            assertThat(exitOfPing(bo, ann.address6())).isZero();
            assertThat(exitOfPing(ann, before)).isOne();
            assertThat(exitOfPing(ann, before6)).isOne();
        }
    }

    private static int exitOfPing(Host from, String address) {
        return from.exec("ping", "-c", "1", "-W", "1", address).exit();
    }

    @Test
    void aBlackoutStopsEverythingAndEnds() {
        try (NetLab lab = NetLab.create("nltest")) {
            Host ann = lab.host("ann");
            Host bo = lab.host("bo");
            assertThat(ann.exec("ping", "-c", "1", "-W", "2", bo.address()).exit())
                    .isZero();

            bo.link().blackout(true);
            assertThat(ann.exec("ping", "-c", "3", "-i", "0.1", "-W", "0.3", bo.address())
                            .exit())
                    .isOne();
            assertThat(bo.counters().down().blackedOut()).isEqualTo(3);

            bo.link().blackout(false);
            assertThat(ann.exec("ping", "-c", "1", "-W", "2", bo.address()).exit())
                    .isZero();
        }
    }

    @Test
    void anOutsidePacketIsCountedAndDropped() {
        try (NetLab lab = NetLab.create("nltest")) {
            Host ann = lab.host("ann");
            Host bo = lab.host("bo");

            ann.exec("bash", "-c", datagrams(3, "198.51.100.7"));
            ann.exec("ping", "-c", "1", "-W", "0.2", "2001:db8::7");
            settle();

            assertThat(ann.counters().outside())
                    .isEqualTo(Map.of(
                            new Counters.Destination("198.51.100.7", "udp", 4000), 3L,
                            new Counters.Destination("2001:db8:0:0:0:0:0:7", "icmp6", 0), 1L));
            assertThat(bo.counters().outside()).isEmpty();
        }
    }

    @Test
    void anIdleHostSendsNothing() throws Exception {
        try (NetLab lab = NetLab.create("nltest")) {
            Host ann = lab.host("ann");
            TimeUnit.MILLISECONDS.sleep(1_500);

            assertThat(ann.counters())
                    .isEqualTo(new Counters(
                            new Counters.Lane(0, 0, 0, 0, 0, 0), new Counters.Lane(0, 0, 0, 0, 0, 0), Map.of()));
        }
    }

    @Test
    void largeTransfersPassWhole() {
        try (NetLab lab = NetLab.create("nltest")) {
            Host ann = lab.host("ann");
            Host bo = lab.host("bo");
            bo.link().delay(Duration.ofMillis(5));

            Process server =
                    bo.start(java(), "-cp", System.getProperty("java.class.path"), ByteCounter.class.getName());
            assertThat(firstLine(server)).isEqualTo("up");
            ann.exec("bash", "-c", "head -c 8000000 /dev/zero > /dev/tcp/" + bo.address() + "/4001");

            assertThat(firstLine(server)).isEqualTo("8000000");
        }
    }

    @Test
    void closingRemovesNamespacesAndEndsWhatRunsInThem() throws Exception {
        NetLab lab = NetLab.create("nltest");
        Host ann = lab.host("ann");
        Process sleeper = ann.start("sleep", "60");
        assertThat(Namespaces.list()).contains(ann.namespace());

        lab.close();
        lab.close();

        assertThat(Namespaces.list()).doesNotContain(ann.namespace());
        assertThat(sleeper.waitFor(2, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theNextLabRemovesWhatAKilledOneLeft() throws Exception {
        Process killed = drive("nlkilled");
        BufferedReader out = killed.inputReader(StandardCharsets.UTF_8);
        assertThat(out.readLine()).isEqualTo("{\"ready\":true}");
        killed.outputWriter()
                .append("{\"id\":1,\"op\":\"host\",\"name\":\"ann\"}\n")
                .flush();
        assertThat(out.readLine()).contains("\"ok\":true");
        assertThat(killed.destroyForcibly().waitFor(10, TimeUnit.SECONDS)).isTrue();
        String left = "nlkilled-" + killed.pid() + "-1-ann";
        assertThat(Namespaces.list()).contains(left);

        NetLab.create("nlkilled").close();

        assertThat(Namespaces.list()).doesNotContain(left);
    }

    @Test
    void linesOfJsonDriveALabUntilStandardInputCloses() throws Exception {
        Process process = drive("nllines");
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        assertThat(out.readLine()).isEqualTo("{\"ready\":true}");
        try (var in = process.outputWriter()) {
            in.write("""
                    {"id":1,"op":"host","name":"ann"}
                    {"id":2,"op":"link","host":"ann","direction":"up","delayMs":1.5,"loss":0.5,"blackout":false}
                    {"id":3,"op":"counters","host":"ann"}
                    {"id":4,"op":"link","host":"zoe","loss":1}
                    {"id":5,"op":"host","name":"ann"}
                    no json
                    """);
            in.flush();
            assertThat(out.readLine())
                    .isEqualTo("{\"id\":1,\"ok\":true,\"namespace\":\"nllines-" + process.pid() + "-1-ann\","
                            + "\"address\":\"10.77.0.1\",\"address6\":\"fd77::1\"}");
            assertThat(out.readLine()).isEqualTo("{\"id\":2,\"ok\":true}");
            assertThat(out.readLine()).contains("\"up\":{\"entered\":0,").endsWith("\"outside\":[]}");
            assertThat(out.readLine()).startsWith("{\"id\":4,\"ok\":false,\"error\":\"host zoe");
            assertThat(out.readLine()).startsWith("{\"id\":5,\"ok\":false");
            assertThat(out.readLine()).startsWith("{\"ok\":false");
        }

        assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(Namespaces.list()).noneMatch(name -> name.startsWith("nllines-" + process.pid()));
    }

    /** Accepts one connection on port 4001 and prints how many bytes came. */
    static final class ByteCounter {
        private ByteCounter() {}

        public static void main(String[] arguments) throws IOException {
            try (var server = new ServerSocket(4001)) {
                System.out.println("up");
                try (var connection = server.accept()) {
                    System.out.println(connection.getInputStream().transferTo(OutputStream.nullOutputStream()));
                }
            }
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static Process drive(String prefix) throws Exception {
        return new ProcessBuilder(
                        java(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        prefix)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String datagrams(int count, String to) {
        return "exec 3> /dev/udp/%s/4000; for i in $(seq %d); do echo $i >&3; done".formatted(to, count);
    }

    /** A little longer than packets that were sent need to be read from the device. */
    private static void settle() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String firstLine(Process process) {
        try {
            return process.inputReader(StandardCharsets.UTF_8).readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double shortestRoundTripMs(Host.Result ping) {
        assertThat(ping.exit()).as(ping.output()).isZero();
        return RTT.matcher(ping.output())
                .results()
                .map((MatchResult result) -> result.group(1))
                .mapToDouble(Double::parseDouble)
                .min()
                .orElseThrow();
    }
}
