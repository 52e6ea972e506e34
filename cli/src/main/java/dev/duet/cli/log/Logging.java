package dev.duet.cli.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.OutputStream;
import java.time.ZoneId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets Logback up in code. Log lines go to stderr, so that stdout keeps the first screen and nothing else.
 *
 * <p>Our own loggers have the level that was asked for; libraries speak up from warnings on, and with {@code trace}
 * say everything.
 */
public final class Logging {
    private Logging() {}

    /** Replaces whatever was configured before. */
    public static void configure(boolean json, String level, OutputStream out) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Encoder<ILoggingEvent> lines = json ? new JsonLines() : new TextLines(ZoneId.systemDefault());
        lines.setContext(context);
        lines.start();
        var appender = new OutputStreamAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setEncoder(lines);
        appender.setOutputStream(out);
        appender.start();
        Level own = Level.toLevel(level);
        Level others = own == Level.TRACE ? Level.DEBUG : own == Level.ERROR ? Level.ERROR : Level.WARN;
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(others);
        root.addAppender(appender);
        context.getLogger("dev.duet").setLevel(own);
    }
}
