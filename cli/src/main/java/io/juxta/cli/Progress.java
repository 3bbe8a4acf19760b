package io.juxta.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far long work is: a bar on a terminal, plain lines in a log, or nothing. It goes to stderr, results go to stdout.
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

    enum Style {
        BAR,
        LINES,
        NONE;

        /** A bar where somebody watches: the start script tells, as Java alone cannot ask about stderr. */
        static Style of(boolean quiet) {
            if (quiet) {
                return NONE;
            }
            return Boolean.getBoolean("juxta.terminal") && !"dumb".equals(System.getenv("TERM")) ? BAR : LINES;
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
            case BAR -> new Bar(task, unit, total);
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

    private static final class Bar extends Progress {
        private final ProgressBar bar;

        Bar(String task, String unit, long total) {
            bar = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setUnit(" " + unit, 1)
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(200)
                    .showSpeed()
                    .setConsumer(new ConsoleProgressBarConsumer(System.err))
                    .build();
        }

        @Override
        void advance(long done, String message) {
            bar.setExtraMessage(" " + message);
            bar.stepBy(done);
        }

        @Override
        public void close() {
            bar.close();
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
                line(now, ", " + minutes(left) + " left");
            }
        }

        @Override
        public void close() {
            long now = clock.getAsLong();
            line(now, " in " + minutes((now - started) / 1e9));
        }

        private void line(long now, String time) {
            double rate = done / Math.max(1e-9, (now - started) / 1e9);
            String rest = message.isEmpty() ? "" : ", " + message;
            out.println(String.format(
                    Locale.ROOT, "%s: %d/%d %s%s, %.1f %s/s%s", task, done, total, unit, time, rate, unit, rest));
        }

        private static String minutes(double seconds) {
            long whole = Math.round(seconds);
            return whole >= 3600
                    ? String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
                    : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
        }
    }
}
