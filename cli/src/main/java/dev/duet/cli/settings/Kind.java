package dev.duet.cli.settings;

import dev.duet.server.Cidr;
import dev.duet.server.ConnectionLimits;
import dev.duet.server.RelayLimits;
import dev.duet.server.access.Literals;
import dev.duet.server.access.Origins;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What values a setting takes. The same for all places it may be given in. */
public sealed interface Kind {
    /** What {@code --help} shows in place of the value. */
    String label();

    /** Empty when {@code value} is good; otherwise what is good, to follow "give ". */
    Optional<String> expected(String value);

    /** Any text but the empty one. */
    record Text(String label) implements Kind {
        @Override
        public Optional<String> expected(String value) {
            return value.isBlank() ? Optional.of("a value") : Optional.empty();
        }
    }

    /** A TCP port; {@code off} when {@code mayBeOff}. */
    record Port(boolean mayBeOff) implements Kind {
        @Override
        public String label() {
            return mayBeOff ? "PORT|off" : "PORT";
        }

        @Override
        public Optional<String> expected(String value) {
            boolean good = (mayBeOff && value.equals("off")) || inside(value, 0, 65_535);
            return good ? Optional.empty() : Optional.of("a number from 0 to 65535" + (mayBeOff ? ", or off" : ""));
        }
    }

    /** A whole number between two others. */
    record Count(int min, int max) implements Kind {
        @Override
        public String label() {
            return "N";
        }

        @Override
        public Optional<String> expected(String value) {
            return inside(value, min, max) ? Optional.empty() : Optional.of("a number from " + min + " to " + max);
        }
    }

    /** One of a few words. */
    record Choice(List<String> words) implements Kind {
        static Choice of(String... words) {
            return new Choice(List.of(words));
        }

        @Override
        public String label() {
            return String.join("|", words);
        }

        @Override
        public Optional<String> expected(String value) {
            return words.contains(value) ? Optional.empty() : Optional.of(String.join(" or ", words));
        }
    }

    /** Yes or no; on the command line the bare option is yes. */
    record Flag() implements Kind {
        @Override
        public String label() {
            return "true|false";
        }

        @Override
        public Optional<String> expected(String value) {
            return value.equals("true") || value.equals("false") ? Optional.empty() : Optional.of("true or false");
        }
    }

    /** A time such as {@code 30s} or {@code 2m}. */
    record Time(Duration max) implements Kind {
        private static final Pattern TIME = Pattern.compile("(\\d{1,6})(ms|s|m|h)");

        @Override
        public String label() {
            return "TIME";
        }

        @Override
        public Optional<String> expected(String value) {
            boolean good = TIME.matcher(value).matches() && read(value).compareTo(max) <= 0;
            return good ? Optional.empty() : Optional.of("a time such as 30s or 2m, at most " + max.toMinutes() + "m");
        }

        /** The duration of a value that is as {@link #expected}. */
        public static Duration read(String value) {
            Matcher matcher = TIME.matcher(value);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("time '" + value + "' (expected: like 30s)");
            }
            long amount = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
        }
    }

    /** An exact web origin. */
    record Origin() implements Kind {
        @Override
        public String label() {
            return "ORIGIN";
        }

        @Override
        public Optional<String> expected(String value) {
            if (value.equals("null") || value.startsWith("file:")) {
                return Optional.of(
                        example() + "; every page opened from disk and every sandboxed one has the origin null,"
                                + " so serve the folder with --pages");
            }
            return Origins.isOrigin(value) ? Optional.empty() : Optional.of(example());
        }

        private static String example() {
            return "an origin such as https://www.example.org or capacitor://localhost, without a path";
        }
    }

    /** An address to listen on, or all of them. */
    record Host() implements Kind {
        private static final String ALL = "*";

        @Override
        public String label() {
            return "ADDRESS";
        }

        @Override
        public Optional<String> expected(String value) {
            return value.equals(ALL) || only(value).isPresent()
                    ? Optional.empty()
                    : Optional.of("an address such as 192.0.2.7 or 2001:db8::7, localhost, or * for all of them");
        }

        /** The only address that is meant; empty for all of them. */
        static Optional<InetAddress> only(String value) {
            return value.equals("localhost") ? Literals.parse("127.0.0.1") : Literals.parse(value);
        }
    }

    /** A block of addresses. */
    record Block() implements Kind {
        @Override
        public String label() {
            return "CIDR";
        }

        @Override
        public Optional<String> expected(String value) {
            try {
                Cidr.parse(value);
                return Optional.empty();
            } catch (IllegalArgumentException e) {
                return Optional.of("an address block such as 10.0.0.0/8 or fd00::/8");
            }
        }
    }

    /** Two ports and all between them. */
    record PortRange() implements Kind {
        private static final Pattern RANGE = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

        @Override
        public String label() {
            return "PORT-PORT";
        }

        @Override
        public Optional<String> expected(String value) {
            Matcher matcher = RANGE.matcher(value);
            boolean good =
                    matcher.matches() && first(value) >= 1 && first(value) <= last(value) && last(value) <= 65_535;
            return good ? Optional.empty() : Optional.of("two ports such as 49152-65535, the smaller one first");
        }

        public static int first(String value) {
            return Integer.parseInt(value.substring(0, value.indexOf('-')));
        }

        public static int last(String value) {
            return Integer.parseInt(value.substring(value.indexOf('-') + 1));
        }
    }

    /** One IP address. */
    record Address() implements Kind {
        @Override
        public String label() {
            return "ADDRESS";
        }

        @Override
        public Optional<String> expected(String value) {
            try {
                InetAddress address = InetAddress.ofLiteral(value);
                boolean good = !address.isAnyLocalAddress() && !address.isMulticastAddress();
                return good ? Optional.empty() : Optional.of("an address that others can reach");
            } catch (IllegalArgumentException e) {
                return Optional.of("an address such as 198.51.100.7 or 2001:db8::7; names are not looked up");
            }
        }
    }

    /** A STUN or TURN server as WebRTC names it. */
    record TurnUrl() implements Kind {
        private static final Pattern URL = Pattern.compile(
                "(stuns?|turns?):([^:/?@\\s]+|\\[[0-9a-fA-F:.]+])(:\\d{1,5})?(\\?transport=(udp|tcp))?");

        @Override
        public String label() {
            return "URL";
        }

        @Override
        public Optional<String> expected(String value) {
            return URL.matcher(value).matches()
                    ? Optional.empty()
                    : Optional.of("a URL such as turn:turn.example.org:3478?transport=udp or turns:turn.example.org");
        }
    }

    /** A limit of a connection or of the relay, and its value. */
    record Limit() implements Kind {
        @Override
        public String label() {
            return "NAME=N";
        }

        @Override
        public Optional<String> expected(String value) {
            int equals = value.indexOf('=');
            String id = equals < 0 ? value : value.substring(0, equals);
            Optional<ConnectionLimits.Name> name = find(id);
            Optional<RelayLimits.Name> ofRelay = findOfRelay(id);
            if (name.isEmpty() && ofRelay.isEmpty()) {
                return Optional.of("NAME=N with one of the names " + names());
            }
            int min = name.map(ConnectionLimits.Name::min)
                    .orElseGet(() -> ofRelay.orElseThrow().min());
            int max = name.map(ConnectionLimits.Name::max)
                    .orElseGet(() -> ofRelay.orElseThrow().max());
            return equals > 0
                            && value.substring(equals + 1).matches("\\d{1,9}")
                            && number(value) >= min
                            && number(value) <= max
                    ? Optional.empty()
                    : Optional.of(id + "=N with N from " + min + " to " + max);
        }

        /** The limits with a value that is as {@link #expected}. */
        public static ConnectionLimits apply(ConnectionLimits limits, String value) {
            return find(id(value)).map(name -> limits.with(name, number(value))).orElse(limits);
        }

        /** The same for a limit of the relay. */
        public static RelayLimits apply(RelayLimits limits, String value) {
            return findOfRelay(id(value))
                    .map(name -> limits.with(name, number(value)))
                    .orElse(limits);
        }

        private static String id(String value) {
            return value.substring(0, value.indexOf('='));
        }

        private static int number(String value) {
            return Integer.parseInt(value.substring(value.indexOf('=') + 1));
        }

        private static Optional<ConnectionLimits.Name> find(String id) {
            return Stream.of(ConnectionLimits.Name.values())
                    .filter(name -> name.id().equals(id))
                    .findFirst();
        }

        private static Optional<RelayLimits.Name> findOfRelay(String id) {
            return Stream.of(RelayLimits.Name.values())
                    .filter(name -> name.id().equals(id))
                    .findFirst();
        }

        private static String names() {
            return Stream.concat(
                            Stream.of(ConnectionLimits.Name.values()).map(ConnectionLimits.Name::id),
                            Stream.of(RelayLimits.Name.values()).map(RelayLimits.Name::id))
                    .collect(Collectors.joining(", "));
        }
    }

    /** A path in a URL. */
    record UrlPath() implements Kind {
        @Override
        public String label() {
            return "PATH";
        }

        @Override
        public Optional<String> expected(String value) {
            return value.matches("(/[A-Za-z0-9._~-]+)+")
                    ? Optional.empty()
                    : Optional.of("a path such as /video, with a slash at its start and none at its end");
        }
    }

    private static boolean inside(String value, int min, int max) {
        return value.matches("\\d{1,6}") && Integer.parseInt(value) >= min && Integer.parseInt(value) <= max;
    }
}
