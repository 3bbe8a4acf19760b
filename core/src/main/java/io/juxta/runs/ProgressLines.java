package io.juxta.runs;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** A line at most every ten seconds, and one at the end. */
final class ProgressLines implements Progress {
    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(10);

    private final String task;
    private final String unit;
    private final long total;
    private final Consumer<String> line;
    private final LongSupplier clock;
    private final long started;
    private long told;
    private long done;
    private String message = "";

    /** @param clock nanoseconds from any beginning */
    ProgressLines(String task, String unit, long total, Consumer<String> line, LongSupplier clock) {
        this.task = task;
        this.unit = unit;
        this.total = total;
        this.line = line;
        this.clock = clock;
        this.started = clock.getAsLong();
        this.told = started;
    }

    @Override
    public void advance(long more, String message) {
        done += more;
        this.message = message;
        long now = clock.getAsLong();
        if (now - told >= INTERVAL) {
            told = now;
            double left = (now - started) / 1e9 * (total - done) / Math.max(1, done);
            tell(now, ", " + StatusText.duration(left) + " left");
        }
    }

    @Override
    public void close() {
        long now = clock.getAsLong();
        tell(now, " in " + StatusText.duration((now - started) / 1e9));
    }

    private void tell(long now, String time) {
        double rate = done / Math.max(1e-9, (now - started) / 1e9);
        String rest = message.isEmpty() ? "" : ", " + message;
        line.accept(String.format(
                Locale.ROOT, "%s: %d/%d %s%s, %.1f %s/s%s", task, done, total, unit, time, rate, unit, rest));
    }
}
