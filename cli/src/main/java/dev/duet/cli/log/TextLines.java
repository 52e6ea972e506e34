package dev.duet.cli.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * For people: {@code 2026-11-20T12:00:00.123+01:00 INFO  event key=value}. One event is one line; a stack trace
 * follows on lines that begin with a blank, which no event does.
 */
final class TextLines extends EncoderBase<ILoggingEvent> {
    static final String EVENT = "event=";
    private static final int CAUSES_MAX = 8;

    private final DateTimeFormatter time;

    TextLines(ZoneId zone) {
        time = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX").withZone(zone);
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        time.formatTo(event.getInstant(), line);
        line.append(' ').append(event.getLevel());
        line.append(" ".repeat(Math.max(1, 6 - event.getLevel().toString().length())));
        String message = event.getFormattedMessage();
        line.append(Escape.line(message));
        // The whole line already, for whatever prints messages only.
        if (event.getKeyValuePairs() != null && !message.startsWith(EVENT)) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                line.append(' ').append(Escape.line(pair.key)).append('=').append(value(String.valueOf(pair.value)));
            }
        }
        line.append('\n');
        trace(line, event.getThrowableProxy());
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String value(String text) {
        String escaped = Escape.line(text);
        boolean bare = !escaped.isEmpty() && escaped.chars().noneMatch(c -> c == ' ' || c == '"' || c == '=');
        return bare ? escaped : '"' + escaped.replace("\"", "\\\"") + '"';
    }

    static void trace(StringBuilder out, @Nullable IThrowableProxy thrown) {
        @Nullable IThrowableProxy each = thrown;
        for (int depth = 0; each != null && depth < CAUSES_MAX; depth++) {
            out.append(depth == 0 ? "    " : "    caused by ").append(each.getClassName());
            if (each.getMessage() != null) {
                out.append(": ").append(Escape.line(each.getMessage()));
            }
            out.append('\n');
            for (StackTraceElementProxy frame : each.getStackTraceElementProxyArray()) {
                out.append("      ").append(Escape.line(frame.getSTEAsString())).append('\n');
            }
            each = each.getCause();
        }
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }
}
