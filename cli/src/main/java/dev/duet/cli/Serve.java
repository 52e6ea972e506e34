package dev.duet.cli;

import dev.duet.cli.Main.Surroundings;
import dev.duet.cli.Starter.Running;
import dev.duet.cli.settings.Settings;
import dev.duet.cli.settings.SettingsException;
import dev.duet.server.DuetConfig;
import dev.duet.server.DuetStartException;
import dev.duet.server.access.Interfaces;
import dev.duet.server.access.Literals;
import dev.duet.server.tls.CertificateFiles;
import dev.duet.server.tls.CertificateSource;
import dev.duet.server.tls.LocalAuthority;
import dev.duet.server.tls.LocalNames;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the server together from the settings, and stays until it is asked to stop. The composition root. */
final class Serve {
    private static final Logger LOG = LoggerFactory.getLogger(Serve.class);

    private final Settings settings;
    private final Surroundings around;

    Serve(Settings settings, Surroundings around) {
        this.settings = settings;
        this.around = around;
    }

    int run() {
        settings.pages().ifPresent(Serve::checkPages);
        prepareDataDirectory(settings.dataDir());
        Optional<CertificateSource> certificates = certificates();
        try (Running server = start(config(certificates));
                AotCache cache = AotCache.ofThisProcess(around.environment())) {
            announce(server, certificates.isPresent() && settings.certificate().isEmpty());
            around.stop().onReload(server::reload);
            cache.makeInBackground();
            stop(server, around.stop().await());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LOG.atInfo().log("stopped");
        return Main.OK;
    }

    private void stop(Running server, StopRequest.Way way) throws InterruptedException {
        switch (way) {
            case DRAIN -> {
                LOG.atInfo()
                        .addKeyValue("drain_timeout", settings.drainTimeout())
                        .log("stopping");
                server.drain(settings.drainTimeout());
            }
            case AT_ONCE ->
                LOG.atInfo()
                        .addKeyValue("how", "at once; SIGTERM waits for those who would hang up (--drain-timeout)")
                        .log("stopping");
        }
    }

    private static void checkPages(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new SettingsException(
                    "pages-missing", "there is no folder " + folder + "; give --pages one that exists");
        }
        if (!Files.isReadable(folder) || !Files.isExecutable(folder)) {
            throw new SettingsException(
                    "pages-unreadable",
                    "the folder " + folder
                            + " of --pages cannot be read; make it readable for the user that runs Duet");
        }
    }

    private static void prepareDataDirectory(Path directory) {
        String fix = "; make it writable for the user that runs Duet, or choose another one with --data-dir";
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new DuetStartException("data-dir-unwritable", "cannot make the data directory " + directory + fix, e);
        }
        if (!Files.isWritable(directory)) {
            String sentence = "cannot write to the data directory " + directory + fix;
            throw new DuetStartException("data-dir-unwritable", sentence, new IOException(directory.toString()));
        }
    }

    private Optional<CertificateSource> certificates() {
        if (!settings.tls()) {
            return Optional.empty();
        }
        CertificateSource source = settings.certificate()
                .<CertificateSource>map(pair -> new CertificateFiles(pair.chain(), pair.key(), InstantSource.system()))
                .orElseGet(() -> new LocalAuthority(
                        settings.dataDir().resolve("tls"), InstantSource.system(), new SecureRandom(), this::names));
        source.current(); // What is wrong with it ends the start before a port is taken.
        return Optional.of(source);
    }

    /** Behind a NAT or in a container the world's address is none of this machine's, and browsers ask for it all the same. */
    private LocalNames names() {
        return LocalNames.discover().and(settings.relay().publicAddresses());
    }

    private DuetConfig config(Optional<CertificateSource> certificates) {
        DuetConfig.Builder builder = DuetConfig.builder()
                .host(Hosts.bindable(settings.host()))
                .httpsPort(settings.tls() ? settings.httpsPort() : DuetConfig.OFF)
                .httpPort(settings.httpPort().orElse(DuetConfig.OFF))
                .httpMode(settings.http())
                .basePath(settings.basePath())
                .capacity(settings.capacity())
                .seatGrace(settings.seatGrace())
                .anonymous(settings.anonymous())
                .allowedOrigins(settings.allowOrigins())
                .trustedProxies(settings.trustedProxies())
                .pagesListing(settings.pagesListing())
                .limits(settings.limits())
                .relay(settings.relay())
                .secret(SeatKey.of(settings.dataDir(), new SecureRandom()));
        settings.pages().ifPresent(builder::pages);
        certificates.ifPresent(builder::certificates);
        return builder.build();
    }

    private Running start(DuetConfig config) {
        try {
            return around.starter().start(config);
        } catch (DuetStartException e) {
            String message = e.getMessage() == null ? e.code() : e.getMessage();
            if (!e.code().equals("port-taken") || message.contains("--http")) {
                throw e;
            }
            boolean https = message.matches(".*\\b" + config.httpsPort() + "\\b.*");
            String fix = " with " + (https ? "--https-port" : "--http-port");
            String choose = message.endsWith("choose another port") ? "" : "; choose another port";
            throw new DuetStartException(e.code(), message + choose + fix, e);
        }
    }

    private void announce(Running server, boolean ownAuthority) {
        Optional<Integer> https = server.https().map(InetSocketAddress::getPort);
        Optional<Integer> http = server.http().map(InetSocketAddress::getPort);
        if (settings.log() == Settings.LogFormat.TEXT) {
            var facts = new FirstScreen.Facts(
                    settings,
                    Main.version(),
                    http,
                    https,
                    network(),
                    server.engine(),
                    server.relay(),
                    ownAuthority,
                    Interfaces.isInContainer());
            String screen = new FirstScreen(facts, look()).text();
            around.out().print(screen);
            around.out().flush();
        }
        LOG.atInfo()
                .addKeyValue("version", Main.version())
                .addKeyValue("start_ms", sinceProcessStartMs())
                .log("ready");
    }

    /** Where others find this server; in a container only whoever runs it knows. */
    private List<String> network() {
        return Interfaces.isInContainer()
                ? settings.relay().publicAddresses().stream()
                        .map(Literals::inUrl)
                        .toList()
                : Hosts.reachable(settings.host());
    }

    private FirstScreen.Look look() {
        Terminal terminal = around.terminal();
        boolean qr = switch (settings.qr()) {
            case ON -> true;
            case OFF -> false;
            case AUTO -> terminal.interactive() && terminal.utf8();
        };
        Language language = terminal.utf8() ? Language.of(around.environment()) : Language.ENGLISH;
        return new FirstScreen.Look(language, terminal.colours(), qr);
    }

    private static long sinceProcessStartMs() {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(start -> Duration.between(start, Instant.now()).toMillis())
                .orElse(-1L);
    }
}
