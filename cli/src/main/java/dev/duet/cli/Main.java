package dev.duet.cli;

import dev.duet.cli.log.Escape;
import dev.duet.cli.log.Logging;
import dev.duet.cli.settings.Settings;
import dev.duet.cli.settings.Settings.LogFormat;
import dev.duet.cli.settings.SettingsException;
import dev.duet.server.DuetStartException;
import dev.duet.server.tls.TlsConfigurationException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code duet} command. Exit codes: 0 done, or stopped as asked; 1 the machine is in the way; 2 a setting or a
 * certificate is wrong. Whatever is wrong is told in one line on stderr.
 */
public final class Main {
    static final int OK = 0;
    static final int ENVIRONMENT = 1;
    static final int USAGE = 2;

    private Main() {}

    /** Runs and ends the process. */
    public static void main(String[] args) {
        Surroundings real = Surroundings.ofThisProcess();
        System.exit(run(List.of(args), real));
    }

    /**
     * What the command meets: everything a test puts something else for.
     *
     * @param err also takes the log lines
     * @param starter makes the server
     * @param stop returns when somebody asked the process to stop
     * @param terminal what is known about stdout
     */
    record Surroundings(
            Map<String, String> environment,
            PrintStream out,
            PrintStream err,
            Starter starter,
            StopRequest stop,
            Terminal terminal) {

        static Surroundings ofThisProcess() {
            Terminal terminal = Terminal.detect(System.getenv());
            return new Surroundings(
                    System.getenv(), terminal.stdout(), System.err, Starter.real(), StopRequest.bySignal(), terminal);
        }
    }

    static int run(List<String> arguments, Surroundings around) {
        try {
            return switch (Settings.read(arguments, around.environment())) {
                case Settings.Wish.Text text -> say(around, text.text());
                case Settings.Wish.Version _ -> say(around, "duet " + version() + "\n");
                case Settings.Wish.Serve serve -> serve(serve.settings(), around);
            };
        } catch (SettingsException e) {
            return fail(around, e, USAGE);
        } catch (TlsConfigurationException e) {
            boolean machine = e.code().equals("data-dir-unwritable");
            return fail(around, e, machine ? ENVIRONMENT : USAGE);
        } catch (DuetStartException e) {
            return fail(around, e, ENVIRONMENT);
        }
    }

    private static int serve(Settings settings, Surroundings around) {
        Logging.configure(settings.log() == LogFormat.JSON, settings.logLevel(), around.err());
        return new Serve(settings, around).run();
    }

    private static int say(Surroundings around, String text) {
        around.out().print(text);
        around.out().flush();
        return OK;
    }

    private static int fail(Surroundings around, RuntimeException e, int code) {
        around.err().println("duet: " + Escape.line(String.valueOf(e.getMessage())));
        return code;
    }

    static String version() {
        @Nullable String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
