package io.juxta.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.Locale;

/** How a line of the log begins: {@code juxta: warning:}, in colour where that is of use. */
public final class LevelWord extends ClassicConverter {
    @Override
    public String convert(ILoggingEvent event) {
        return switch (event.getLevel().levelInt) {
            case Level.ERROR_INT -> Colour.RED.err("juxta: error:");
            case Level.WARN_INT -> Colour.YELLOW.err("juxta: warning:");
            default -> "juxta: " + event.getLevel().toString().toLowerCase(Locale.ROOT) + ":";
        };
    }
}
