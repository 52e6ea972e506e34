package dev.duet.cli.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import org.slf4j.event.KeyValuePair;

/**
 * For machines: one JSON object a line with {@code time} (RFC 3339, UTC), {@code level}, {@code logger}, {@code
 * event}, the event's keys under {@code fields}, and {@code exception} when there is one.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {
    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(240);
        line.append("{\"time\":\"").append(event.getInstant()).append('"');
        field(line, "level", event.getLevel().toString());
        field(line, "logger", event.getLoggerName());
        field(line, "event", name(event.getFormattedMessage()));
        if (event.getKeyValuePairs() != null && !event.getKeyValuePairs().isEmpty()) {
            line.append(",\"fields\":{");
            String comma = "";
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                line.append(comma).append('"').append(Escape.json(pair.key)).append("\":");
                boolean bare =
                        pair.value instanceof Long || pair.value instanceof Integer || pair.value instanceof Boolean;
                String text = String.valueOf(pair.value);
                line.append(bare ? text : '"' + Escape.json(text) + '"');
                comma = ",";
            }
            line.append('}');
        }
        if (event.getThrowableProxy() != null) {
            StringBuilder trace = new StringBuilder();
            TextLines.trace(trace, event.getThrowableProxy());
            field(line, "exception", trace.toString().stripIndent());
        }
        return line.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The event's name; a line that is one has its fields beside it. */
    private static String name(String message) {
        return message.startsWith(TextLines.EVENT)
                ? message.substring(TextLines.EVENT.length()).replaceFirst(" .*", "")
                : message;
    }

    private static void field(StringBuilder line, String name, String value) {
        line.append(",\"")
                .append(name)
                .append("\":\"")
                .append(Escape.json(value))
                .append('"');
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
