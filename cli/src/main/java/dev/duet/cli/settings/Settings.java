package dev.duet.cli.settings;

import dev.duet.server.Cidr;
import dev.duet.server.ConnectionLimits;
import dev.duet.server.HttpMode;
import dev.duet.server.RelayConfig;
import dev.duet.server.RelayLimits;
import java.net.InetAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * All settings with their values, checked one by one and against each other.
 *
 * @param host {@code *} for every address
 * @param httpPort empty when http is off
 * @param certificate the chain and its key, both or none
 * @param basePath empty, or a path without a slash at its end
 * @param pages the folder that is served at {@code /}
 */
public record Settings(
        String host,
        int httpsPort,
        OptionalInt httpPort,
        HttpMode http,
        boolean tls,
        Optional<CertificatePair> certificate,
        Path dataDir,
        int capacity,
        Duration seatGrace,
        Duration drainTimeout,
        boolean anonymous,
        List<String> allowOrigins,
        List<Cidr> trustedProxies,
        ConnectionLimits limits,
        RelayConfig relay,
        String basePath,
        Optional<Path> pages,
        boolean pagesListing,
        LogFormat log,
        String logLevel,
        Qr qr) {

    /** How log lines look. */
    public enum LogFormat {
        TEXT,
        JSON
    }

    /** When the first screen shows a QR code. */
    public enum Qr {
        AUTO,
        ON,
        OFF
    }

    /** Two PEM files. */
    public record CertificatePair(Path chain, Path key) {}

    /** What a command line asks for. */
    public sealed interface Wish {
        /** To be told something. */
        record Text(String text) implements Wish {}

        /** To be told the version. */
        record Version() implements Wish {}

        /** To serve. */
        record Serve(Settings settings) implements Wish {}
    }

    /**
     * Reads the command line and, when it asks to serve, the environment and the configuration file.
     *
     * @throws SettingsException for the first thing that is wrong
     */
    public static Wish read(List<String> arguments, Map<String, String> environment) {
        return switch (CommandLineReader.read(arguments)) {
            case Request.Help help -> new Wish.Text(help.text());
            case Request.Version _ -> new Wish.Version();
            case Request.Serve serve -> new Wish.Serve(merge(serve.options(), environment));
        };
    }

    private static Settings merge(Map<Setting, Given> options, Map<String, String> environment) {
        Map<Setting, Given> variables = Environment.read(environment);
        Map<Setting, Given> merged = new EnumMap<>(variables);
        merged.putAll(options);
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
        Given file = merged.get(Setting.CONFIG);
        Map<Setting, Given> inFile = file == null
                ? Map.of()
                : ConfigurationFile.read(
                        new Values(merged, home).path(Setting.CONFIG).orElseThrow());
        // A wrong value is reported even where a better place overrides it: it would surprise on the day the other is
        // removed.
        for (Map<Setting, Given> place : List.of(options, variables, inFile)) {
            place.forEach((setting, given) -> given.check(setting));
        }
        inFile.forEach(merged::putIfAbsent);
        return new Values(merged, home).settings();
    }

    /** Values that were checked one by one. */
    private record Values(Map<Setting, Given> given, String home) {
        Settings settings() {
            boolean tls = text(Setting.TLS).equals("on");
            OptionalInt httpPort = text(Setting.HTTP_PORT).equals("off")
                    ? OptionalInt.empty()
                    : OptionalInt.of(number(Setting.HTTP_PORT));
            if (!tls && httpPort.isEmpty()) {
                throw clash("--tls off and --http-port off leave nothing to serve", "leave one of them out");
            }
            int httpsPort = number(Setting.HTTPS_PORT);
            if (tls && httpPort.isPresent() && httpPort.getAsInt() == httpsPort && httpsPort != 0) {
                throw clash("http and https cannot both have port " + httpsPort, "change --http-port or --https-port");
            }
            return new Settings(
                    text(Setting.HOST),
                    httpsPort,
                    httpPort,
                    http(tls),
                    tls,
                    certificate(tls),
                    path(Setting.DATA_DIR).orElseThrow(),
                    number(Setting.CAPACITY),
                    Kind.Time.read(text(Setting.SEAT_GRACE)),
                    Kind.Time.read(text(Setting.DRAIN_TIMEOUT)),
                    text(Setting.ANONYMOUS).equals("true"),
                    list(Setting.ALLOW_ORIGIN),
                    list(Setting.TRUSTED_PROXY).stream().map(Cidr::parse).toList(),
                    limits(),
                    relay(),
                    find(Setting.BASE_PATH).orElse(""),
                    pages(),
                    text(Setting.PAGES_LISTING).equals("true"),
                    text(Setting.LOG).equals("json") ? LogFormat.JSON : LogFormat.TEXT,
                    text(Setting.LOG_LEVEL),
                    switch (text(Setting.QR)) {
                        case "on" -> Qr.ON;
                        case "off" -> Qr.OFF;
                        default -> Qr.AUTO;
                    });
        }

        private ConnectionLimits limits() {
            ConnectionLimits limits = ConnectionLimits.DEFAULT;
            for (String limit : list(Setting.LIMIT)) {
                limits = Kind.Limit.apply(limits, limit);
            }
            return limits;
        }

        private RelayConfig relay() {
            RelayLimits limits = RelayLimits.DEFAULT;
            for (String limit : list(Setting.LIMIT)) {
                limits = Kind.Limit.apply(limits, limit);
            }
            List<String> external = list(Setting.TURN_SERVER);
            if (!external.isEmpty() && given.get(Setting.RELAY) != null) {
                throw clash("--turn-server relays elsewhere, so that --relay has no use", "leave one of them out");
            }
            List<InetAddress> publicAddresses =
                    list(Setting.PUBLIC_IP).stream().map(InetAddress::ofLiteral).toList();
            if (publicAddresses.stream().map(InetAddress::getClass).distinct().count() < publicAddresses.size()) {
                throw clash("two addresses of one kind for --public-ip", "give one of IPv4 and one of IPv6");
            }
            List<String> urls = list(Setting.RELAY_URL);
            if (!urls.isEmpty() && (!external.isEmpty() || text(Setting.RELAY).equals("off"))) {
                throw clash(
                        "--relay-url says where this process's relay is found, and it does not relay",
                        "leave it out; other servers are named with --turn-server");
            }
            String ports = text(Setting.RELAY_PORTS);
            RelayConfig relay = RelayConfig.DEFAULT
                    .withMode(
                            switch (text(Setting.RELAY)) {
                                case "portable" -> RelayConfig.Mode.PORTABLE;
                                case "off" -> RelayConfig.Mode.OFF;
                                default -> RelayConfig.Mode.ON;
                            })
                    .withUdpPort(number(Setting.RELAY_PORT))
                    .withUrls(urls)
                    .withPorts(Kind.PortRange.first(ports), Kind.PortRange.last(ports))
                    .withPublicAddresses(publicAddresses)
                    .withAllowedPeers(
                            list(Setting.RELAY_ALLOW).stream().map(Cidr::parse).toList())
                    .withLimits(limits);
            relay = Kind.Host.only(text(Setting.RELAY_HOST))
                    .map(relay::withHost)
                    .orElse(relay);
            relay = path(Setting.TURN_SECRET_FILE).map(relay::withSecrets).orElse(relay);
            return external.isEmpty() ? relay : relay.withExternal(external);
        }

        private HttpMode http(boolean tls) {
            String mode = find(Setting.HTTP).orElse(tls ? "redirect" : "serve");
            if (mode.equals("redirect") && !tls) {
                throw clash("--http redirect has nowhere to send to with --tls off", "use --http serve");
            }
            return mode.equals("redirect") ? HttpMode.REDIRECT : HttpMode.SERVE;
        }

        private Optional<CertificatePair> certificate(boolean tls) {
            Optional<Path> chain = path(Setting.CERT);
            Optional<Path> key = path(Setting.KEY);
            if (chain.isPresent() != key.isPresent()) {
                String there = chain.isPresent() ? "--cert" : "--key";
                String missing = chain.isPresent() ? "--key" : "--cert";
                throw clash(there + " is given without " + missing, "give both, or none for a local certificate");
            }
            if (chain.isPresent() && !tls) {
                throw clash("--cert has no use with --tls off", "leave one of them out");
            }
            return chain.map(file -> new CertificatePair(file, key.orElseThrow()));
        }

        private Optional<Path> pages() {
            Optional<Path> folder = path(Setting.PAGES);
            if (folder.isEmpty() && text(Setting.PAGES_LISTING).equals("true")) {
                throw clash("--pages-listing has nothing to list without --pages", "give both, or none");
            }
            return folder;
        }

        private static SettingsException clash(String what, String fix) {
            return new SettingsException("settings-clash", what + "; " + fix);
        }

        private Optional<String> find(Setting setting) {
            Given found = given.get(setting);
            return found == null
                    ? setting.standard()
                    : Optional.of(found.values().getFirst());
        }

        private String text(Setting setting) {
            return find(setting).orElseThrow();
        }

        private int number(Setting setting) {
            return Integer.parseInt(text(setting));
        }

        private List<String> list(Setting setting) {
            Given found = given.get(setting);
            return found == null ? List.of() : found.values();
        }

        private Optional<Path> path(Setting setting) {
            return find(setting).map(text -> {
                try {
                    boolean atHome = text.equals("~") || text.startsWith("~/");
                    return Path.of(atHome ? home + text.substring(1) : text)
                            .toAbsolutePath()
                            .normalize();
                } catch (InvalidPathException e) {
                    throw new SettingsException(
                            "setting-invalid", setting.option() + " is not a path ('" + text + "'); give a path");
                }
            });
        }
    }
}
