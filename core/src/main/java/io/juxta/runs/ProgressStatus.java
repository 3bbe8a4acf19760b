package io.juxta.runs;

import java.util.function.LongSupplier;

/** A status line, drawn over as work goes on and gone when it ends. */
final class ProgressStatus implements Progress {
    private final String task;
    private final String unit;
    private final long total;
    private final StatusLine line;
    private final LongSupplier clock;
    private final long started;
    private long drawn;
    private long done;

    /** @param clock nanoseconds from any beginning */
    ProgressStatus(String task, String unit, long total, StatusLine line, LongSupplier clock) {
        this.task = task;
        this.unit = unit;
        this.total = total;
        this.line = line;
        this.clock = clock;
        this.started = clock.getAsLong();
        draw(started, "");
    }

    @Override
    public void advance(long more, String message) {
        done += more;
        long now = clock.getAsLong();
        if (now - drawn >= StatusLine.PAUSE_NANOS || done == total) {
            draw(now, message);
        }
    }

    private void draw(long now, String message) {
        drawn = now;
        long counted = done;
        double seconds = (now - started) / 1e9;
        line.status(columns -> StatusText.of(task, unit, counted, total, message, seconds, columns));
    }

    @Override
    public void close() {
        line.clear();
    }
}
