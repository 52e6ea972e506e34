package dev.duet.netlab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/**
 * Drives a lab by lines of JSON on standard input, for tests in another language. Every line is answered by one line. When
 * standard input closes, everything is removed; so nothing is left when the program that drives it dies.
 *
 * <p>{@snippet lang=text :
 * {"id":1,"op":"host","name":"ann"}      {"id":1,"ok":true,"namespace":"duet-4711-1-ann","address":"10.77.0.1","address6":"fd77::1"}
 * {"id":5,"op":"move","host":"ann"}     {"id":5,"ok":true,"namespace":"duet-4711-1-ann","address":"10.77.1.1","address6":"fd77::1:1"}
 * {"id":2,"op":"link","host":"ann","direction":"up","delayMs":50,"jitterMs":5,"loss":0.1,"duplication":0,"blackout":false}
 * {"id":3,"op":"counters","host":"ann"}  {"id":3,"ok":true,"up":{"entered":9,...},"down":{...},"outside":[{"address":...}]}
 * {"id":4,"op":"quit"}
 * }
 */
public final class Main {
    private final NetLab lab;
    private final Map<String, Host> hosts = new LinkedHashMap<>();

    private Main(NetLab lab) {
        this.lab = lab;
    }

    /** Arguments: the prefix of the namespaces' names and the seed, both optional. */
    public static void main(String[] arguments) throws IOException {
        String prefix = arguments.length > 0 ? arguments[0] : "duet";
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1;
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (NetLab lab = NetLab.create(prefix, seed)) {
            out.println("{\"ready\":true}");
            new Main(lab).serve(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), out);
        }
    }

    private void serve(BufferedReader in, PrintStream out) throws IOException {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String id = "";
            try {
                Map<String, Object> request = Json.parseFlat(line);
                id = "\"id\":" + (long) number(request, "id", 0) + ",";
                if (text(request, "op").equals("quit")) {
                    out.println("{" + id + "\"ok\":true}");
                    return;
                }
                out.println("{" + id + "\"ok\":true" + answer(request) + "}");
            } catch (IllegalArgumentException | NetLabException e) {
                out.println("{" + id + "\"ok\":false,\"error\":" + Json.quote(String.valueOf(e.getMessage())) + "}");
            }
        }
    }

    private String answer(Map<String, Object> request) {
        return switch (text(request, "op")) {
            case "host" -> {
                Host host = lab.host(text(request, "name"));
                hosts.put(host.name(), host);
                yield described(host);
            }
            case "move" -> {
                Host host = host(request);
                host.move();
                yield described(host);
            }
            case "link" -> {
                impair(link(request), request);
                yield "";
            }
            case "counters" -> counters(host(request).counters());
            default ->
                throw new IllegalArgumentException(
                        "op " + request.get("op") + " (expected: host, move, link, counters, quit)");
        };
    }

    private static String described(Host host) {
        return ",\"namespace\":%s,\"address\":%s,\"address6\":%s"
                .formatted(Json.quote(host.namespace()), Json.quote(host.address()), Json.quote(host.address6()));
    }

    private Link link(Map<String, Object> request) {
        Host host = host(request);
        String direction = request.containsKey("direction") ? text(request, "direction") : "both";
        return switch (direction) {
            case "both" -> host.link();
            case "up" -> host.uplink();
            case "down" -> host.downlink();
            default -> throw new IllegalArgumentException("direction " + direction + " (expected: both, up, down)");
        };
    }

    private static void impair(Link link, Map<String, Object> request) {
        if (request.containsKey("delayMs")) {
            link.delay(millis(request, "delayMs"));
        }
        if (request.containsKey("jitterMs")) {
            link.jitter(millis(request, "jitterMs"));
        }
        if (request.containsKey("loss")) {
            link.loss(number(request, "loss", 0));
        }
        if (request.containsKey("duplication")) {
            link.duplication(number(request, "duplication", 0));
        }
        if (request.containsKey("blackout")) {
            link.blackout(Boolean.TRUE.equals(request.get("blackout")));
        }
    }

    private static String counters(Counters counters) {
        StringJoiner outside = new StringJoiner(",", "[", "]");
        counters.outside()
                .forEach((to, packets) -> outside.add("{\"address\":%s,\"protocol\":%s,\"port\":%d,\"packets\":%d}"
                        .formatted(Json.quote(to.address()), Json.quote(to.protocol()), to.port(), packets)));
        return ",\"up\":%s,\"down\":%s,\"outside\":%s".formatted(lane(counters.up()), lane(counters.down()), outside);
    }

    private static String lane(Counters.Lane lane) {
        return "{\"entered\":%d,\"passed\":%d,\"lost\":%d,\"duplicated\":%d,\"blackedOut\":%d,\"overflowed\":%d}"
                .formatted(
                        lane.entered(),
                        lane.passed(),
                        lane.lost(),
                        lane.duplicated(),
                        lane.blackedOut(),
                        lane.overflowed());
    }

    private Host host(Map<String, Object> request) {
        Host host = hosts.get(text(request, "host"));
        if (host == null) {
            throw new IllegalArgumentException(
                    "host " + request.get("host") + " (expected: one of " + hosts.keySet() + ")");
        }
        return host;
    }

    private static String text(Map<String, Object> request, String key) {
        if (request.get(key) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(key + " " + request.get(key) + " (expected: a string)");
    }

    private static double number(Map<String, Object> request, String key, double absent) {
        Object value = request.getOrDefault(key, absent);
        if (value instanceof Double number) {
            return number;
        }
        throw new IllegalArgumentException(key + " " + value + " (expected: a number)");
    }

    private static Duration millis(Map<String, Object> request, String key) {
        return Duration.ofNanos((long) (number(request, key, 0) * 1_000_000));
    }
}
