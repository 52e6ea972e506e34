package dev.duet.server.log;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One event for the log. Its message is the whole line, {@code event=name key=value}, for whatever prints messages; its key-value pairs
 * say the same for whatever prints fields.
 *
 * <p>Not thread-safe.
 */
public final class LogEvent {
    private final String name;
    private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();

    private LogEvent(String name) {
        this.name = name;
    }

    /**
     * An event.
     *
     * @param name of few, in lower case with hyphens
     */
    public static LogEvent of(String name) {
        return new LogEvent(name);
    }

    /** The same with a field more. */
    public LogEvent with(String key, @Nullable Object value) {
        fields.put(key, value);
        return this;
    }

    /** Writes it. */
    public void to(Logger log, Level level) {
        if (log.isEnabledForLevel(level)) {
            line(log.atLevel(level)).log(text());
        }
    }

    /** Writes it with what went wrong. */
    public void to(Logger log, Level level, Throwable cause) {
        if (log.isEnabledForLevel(level)) {
            line(log.atLevel(level)).setCause(cause).log(text());
        }
    }

    private LoggingEventBuilder line(LoggingEventBuilder line) {
        LoggingEventBuilder all = line;
        for (Map.Entry<String, @Nullable Object> field : fields.entrySet()) {
            all = all.addKeyValue(field.getKey(), field.getValue());
        }
        return all;
    }

    private String text() {
        StringBuilder text = new StringBuilder("event=").append(name);
        fields.forEach((key, value) -> text.append(' ').append(key).append('=').append(value(String.valueOf(value))));
        return text.toString();
    }

    private static String value(String text) {
        boolean bare = !text.isEmpty() && text.chars().noneMatch(c -> c <= ' ' || c == '"' || c == '=' || c == '\\');
        return bare ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
