package io.juxta.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How far long work is: one line on a terminal, drawn over in place and gone when the work ends; plain lines in a log; or
 * nothing. It goes to stderr, results go to stdout.
 *
 * <pre>{@code
 * try (Progress progress = Progress.start(Progress.Style.of(quiet), "epoch 3/200", "images", 50_000)) {
 *     progress.advance(256, "loss 6.21, lr 0.030");
 * }
 * }</pre>
 */
abstract sealed class Progress implements AutoCloseable {
    /** Seconds between two plain lines. */
    private static final long INTERVAL = 10;

    /** Between two drawings of the status line: more often than an eye follows is a waste. */
    static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    enum Style {
        STATUS,
        LINES,
        NONE;

        /** A status line where somebody watches: the start script tells, as Java alone cannot ask about stderr. */
        static Style of(boolean quiet) {
            if (quiet) {
                return NONE;
            }
            return Screen.installed().isPresent() && Colour.isTerminal() ? STATUS : LINES;
        }
    }

    /**
     * Begins; {@link #close} ends it.
     *
     * @param task what is being done, in a word or two
     * @param unit what is counted, in the plural
     * @param total how many there are
     */
    static Progress start(Style style, String task, String unit, long total) {
        return switch (style) {
            case STATUS -> new Status(task, unit, total, Screen.installed().orElseThrow(), System::nanoTime);
            case LINES -> new Lines(task, unit, total, System.err, System::nanoTime);
            case NONE -> new None();
        };
    }

    /**
     * Counts.
     *
     * @param done how many more are done
     * @param message what else is worth a look, such as the loss
     */
    abstract void advance(long done, String message);

    @Override
    public abstract void close();

    private static final class None extends Progress {
        @Override
        void advance(long done, String message) {}

        @Override
        public void close() {}
    }

    /** The status line. */
    static final class Status extends Progress {
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
        void advance(long more, String message) {
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

    /** A line at most every ten seconds, and one at the end, so that a log of many hours stays readable. */
    static final class Lines extends Progress {
        private final String task;
        private final String unit;
        private final long total;
        private final PrintStream out;
        private final LongSupplier clock;
        private final long started;
        private long told;
        private long done;
        private String message = "";

        Lines(String task, String unit, long total, PrintStream out, LongSupplier clock) {
            this.task = task;
            this.unit = unit;
            this.total = total;
            this.out = out;
            this.clock = clock;
            this.started = clock.getAsLong();
            this.told = started;
        }

        @Override
        void advance(long more, String message) {
            done += more;
            this.message = message;
            long now = clock.getAsLong();
            if (now - told >= TimeUnit.SECONDS.toNanos(INTERVAL)) {
                told = now;
                double left = (now - started) / 1e9 * (total - done) / Math.max(1, done);
                line(now, ", " + StatusText.duration(left) + " left");
            }
        }

        @Override
        public void close() {
            long now = clock.getAsLong();
            line(now, " in " + StatusText.duration((now - started) / 1e9));
        }

        private void line(long now, String time) {
            double rate = done / Math.max(1e-9, (now - started) / 1e9);
            String rest = message.isEmpty() ? "" : ", " + message;
            out.println(String.format(
                    Locale.ROOT, "%s: %d/%d %s%s, %.1f %s/s%s", task, done, total, unit, time, rate, unit, rest));
        }
    }
}
