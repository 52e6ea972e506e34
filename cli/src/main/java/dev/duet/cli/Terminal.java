package dev.duet.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stdout leads to.
 *
 * @param interactive whether a person reads it as it comes
 * @param colours whether it may be coloured
 * @param utf8 whether Chinese and the half blocks of a QR code come out as such
 */
record Terminal(boolean interactive, boolean colours, boolean utf8) {
    static final Terminal NONE = new Terminal(false, false, true);

    static Terminal detect(Map<String, String> environment) {
        // The launch script can ask about stdout alone; Java only knows whether both ends are a terminal.
        @Nullable String told = System.getProperty("duet.terminal");
        @Nullable Console console = told == null ? System.console() : null;
        boolean interactive = told == null ? console != null && console.isTerminal() : told.equals("yes");
        boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty()
                || environment.getOrDefault("TERM", "").equals("dumb");
        return new Terminal(interactive, interactive && !plain, charset().equals(StandardCharsets.UTF_8));
    }

    PrintStream stdout() {
        Charset charset = utf8 ? StandardCharsets.UTF_8 : charset();
        return new PrintStream(new FileOutputStream(FileDescriptor.out), true, charset);
    }

    private static Charset charset() {
        String name = System.getProperty("stdout.encoding", System.getProperty("native.encoding", "UTF-8"));
        boolean ascii = name.toUpperCase(Locale.ROOT).startsWith("ANSI_X3");
        return ascii || !Charset.isSupported(name) ? StandardCharsets.US_ASCII : Charset.forName(name);
    }
}
