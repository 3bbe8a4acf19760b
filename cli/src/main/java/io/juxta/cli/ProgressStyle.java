package io.juxta.cli;

import io.juxta.runs.Progress;
import io.juxta.runs.StatusText;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** How progress is shown: as one line on a terminal, drawn over in place and gone when the work ends; as lines in a log; or not. */
enum ProgressStyle {
    STATUS,
    LINES,
    NONE;

    /** Between two drawings of the status line: more often than an eye follows is a waste. */
    static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A status line where somebody watches: the start script tells, as Java alone cannot ask about stderr. */
    static ProgressStyle of(boolean quiet) {
        if (quiet) {
            return NONE;
        }
        return Screen.installed().isPresent() && Colour.isTerminal() ? STATUS : LINES;
    }

    /** Begins; on stderr, as results go to stdout. The parameters are those of {@link Progress#lines}. */
    Progress start(String task, String unit, long total) {
        return switch (this) {
            case STATUS -> new Status(task, unit, total, Screen.installed().orElseThrow(), System::nanoTime);
            case LINES -> Progress.lines(task, unit, total, System.err::println);
            case NONE -> new None();
        };
    }

    private record None() implements Progress {
        @Override
        public void advance(long done, String message) {}

        @Override
        public void close() {}
    }

    /** The status line. */
    static final class Status implements Progress {
        private final String task;
        private final String unit;
        private final long total;
        private final Screen screen;
        private final LongSupplier clock;
        private final long started;
        private long drawn;
        private long done;

        Status(String task, String unit, long total, Screen screen, LongSupplier clock) {
            this.task = task;
            this.unit = unit;
            this.total = total;
            this.screen = screen;
            this.clock = clock;
            this.started = clock.getAsLong();
            draw(started, "");
        }

        @Override
        public void advance(long more, String message) {
            done += more;
            long now = clock.getAsLong();
            if (now - drawn >= PAUSE_NANOS || done == total) {
                draw(now, message);
            }
        }

        private void draw(long now, String message) {
            drawn = now;
            long counted = done;
            double seconds = (now - started) / 1e9;
            screen.status(columns -> StatusText.of(task, unit, counted, total, message, seconds, columns));
        }

        @Override
        public void close() {
            screen.clear();
        }
    }
}
