package dev.duet.cli.settings;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Every setting there is: the one table from which the command line, the environment, the configuration file and
 * {@code --help} are read. Secrets have no place in it; they come from files.
 */
public enum Setting {
    HOST(
            "host",
            new Kind.Text("ADDRESS"),
            "*",
            "Address to listen on: a literal, localhost, or * for all of them, IPv4 and IPv6."),
    HTTPS_PORT("https-port", new Kind.Port(false), "8443", "Port of https; 0 takes any free one."),
    HTTP_PORT("http-port", new Kind.Port(true), "8080", "Port of http; it always serves this machine itself."),
    HTTP(
            "http",
            Kind.Choice.of("redirect", "serve"),
            "",
            "What http does for other devices: redirect to https, or serve. Default: redirect; serve with --tls off."),
    TLS("tls", Kind.Choice.of("on", "off"), "on", "off: no https here, a proxy in front of Duet speaks it."),
    CERT(
            "cert",
            new Kind.Text("FILE"),
            "",
            "Certificate chain (PEM), taken up anew when it changes. Default: a certificate of Duet's own local CA."),
    KEY("key", new Kind.Text("FILE"), "", "Private key of --cert (PEM, not encrypted)."),
    DATA_DIR("data-dir", new Kind.Text("DIR"), "~/.duet", "Where Duet keeps its local CA and the key of seats."),
    CAPACITY("capacity", new Kind.Count(2, 4), "2", "Seats in a room; 3 and 4 make a mesh, each sends to each."),
    SEAT_GRACE(
            "seat-grace",
            new Kind.Time(Duration.ofMinutes(10)),
            "30s",
            "How long a lost connection keeps its seat, such as 30s or 2m."),
    DRAIN_TIMEOUT(
            "drain-timeout",
            new Kind.Time(Duration.ofHours(24)),
            "10s",
            "How long SIGTERM waits for Socket.IO pages and relayed calls; 0s does not wait."),
    ANONYMOUS(
            "anonymous",
            new Kind.Flag(),
            "false",
            "Let public addresses join without a token too. Without it only this machine and private networks may."),
    ALLOW_ORIGIN(
            "allow-origin",
            new Kind.Origin(),
            "",
            "Web origin whose pages may connect, beside Duet's own. Repeatable."),
    TRUSTED_PROXY("trusted-proxy", new Kind.Block(), "", "Proxies whose forwarding headers are believed. Repeatable."),
    LIMIT(
            "limit",
            new Kind.Limit(),
            "",
            "Another value for a limit of docs/operate.md, such as message-burst=400. Repeatable."),
    RELAY(
            "relay",
            Kind.Choice.of("on", "portable", "off"),
            "on",
            "STUN and TURN for calls that find no direct way. portable: without the fast path of Linux."),
    RELAY_HOST(
            "relay-host",
            new Kind.Host(),
            "*",
            "Address on which the relay listens, whatever --host says: a literal, localhost, or * for all of them."),
    RELAY_PORT("relay-port", new Kind.Port(false), "3478", "UDP port of STUN and TURN; 0 takes any free one."),
    RELAY_URL(
            "relay-url",
            new Kind.TurnUrl(),
            "",
            "Where clients find the relay instead: turns:turn.example.org:443?transport=tcp. Repeatable."),
    RELAY_PORTS("relay-ports", new Kind.PortRange(), "49152-65535", "UDP ports from which media is relayed."),
    PUBLIC_IP(
            "public-ip",
            new Kind.Address(),
            "",
            "Address of this machine for the world, when it is behind a NAT. Repeatable: one of IPv4, one of IPv6."),
    RELAY_ALLOW(
            "relay-allow",
            new Kind.Block(),
            "",
            "Private addresses that media may be relayed to all the same. Repeatable."),
    TURN_SECRET_FILE(
            "turn-secret-file",
            new Kind.Text("FILE"),
            "",
            "Shared secrets of TURN credentials that others make (TURN REST), one a line, at most two."),
    TURN_SERVER(
            "turn-server",
            new Kind.TurnUrl(),
            "",
            "TURN server elsewhere that relays instead, with the secret of --turn-secret-file. Repeatable."),
    BASE_PATH("base-path", new Kind.UrlPath(), "", "Path under which everything is served, such as /video."),
    PAGES(
            "pages",
            new Kind.Text("DIR"),
            "",
            "Folder of your own pages, served at /, read anew at each request. Duet's own page is at /duet/ then."),
    PAGES_LISTING(
            "pages-listing", new Kind.Flag(), "false", "Show what is in a folder of --pages that has no index.html."),
    CONFIG("config", new Kind.Text("FILE"), "", "YAML file with these settings under the same names."),
    LOG("log", Kind.Choice.of("text", "json"), "text", "Log lines for people or for machines, on stderr."),
    LOG_LEVEL("log-level", Kind.Choice.of("error", "warn", "info", "debug", "trace"), "info", "What is logged."),
    QR(
            "qr",
            Kind.Choice.of("auto", "on", "off"),
            "auto",
            "QR code for the phone on the first screen; auto: in a terminal.");

    /** Variables that the launch scripts read; they are no settings, and not complained about. */
    static final List<String> LAUNCHER_VARIABLES = List.of("DUET_JAVA_OPTS", "DUET_AOT");

    private static final Set<Setting> REPEATABLE =
            EnumSet.of(ALLOW_ORIGIN, TRUSTED_PROXY, LIMIT, PUBLIC_IP, RELAY_ALLOW, RELAY_URL, TURN_SERVER);

    private final String id;

    @SuppressWarnings("ImmutableEnumChecker") // Every kind is a record of immutable values.
    private final Kind kind;

    private final String standard;
    private final String help;

    Setting(String id, Kind kind, String standard, String help) {
        this.id = id;
        this.kind = kind;
        this.standard = standard;
        this.help = help;
    }

    /** The name in the configuration file, e.g. {@code https-port}. */
    public String id() {
        return id;
    }

    /** The name on the command line, e.g. {@code --https-port}. */
    public String option() {
        return "--" + id;
    }

    /** The name in the environment, e.g. {@code DUET_HTTPS_PORT}. */
    public String variable() {
        return "DUET_" + id.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    public Kind kind() {
        return kind;
    }

    /** The value when it is given nowhere; empty when there is none. */
    public Optional<String> standard() {
        return standard.isEmpty() ? Optional.empty() : Optional.of(standard);
    }

    public String help() {
        return help;
    }

    /** Whether it holds a list. */
    public boolean repeatable() {
        return REPEATABLE.contains(this);
    }

    /** Whether the configuration file may hold it; the place of that file cannot be in it. */
    public boolean inFile() {
        return this != CONFIG;
    }
}
