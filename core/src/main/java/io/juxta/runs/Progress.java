package io.juxta.runs;

import java.util.function.Consumer;
import org.apiguardian.api.API;

/** How far work is that is counted, told as it goes on. */
@API(status = API.Status.EXPERIMENTAL)
public interface Progress extends AutoCloseable {
    /** How progress is shown, and where. */
    @FunctionalInterface
    interface Kind {
        /**
         * Begins with none of it done.
         *
         * @param task what is being done, in a word or two
         * @param unit what is counted, in the plural
         * @param total how many there are
         */
        Progress begin(String task, String unit, long total);
    }

    /**
     * In lines that a log of many hours stays readable with: one at most every ten seconds, and one at the end.
     *
     * <pre>{@code
     * try (Progress progress = Progress.lines("epoch 3/200", "images", 50_000, System.err::println)) {
     *     progress.advance(256, "loss 6.21, lr 0.030");
     * }
     * }</pre>
     *
     * @param task what is being done, in a word or two
     * @param unit what is counted, in the plural
     * @param total how many there are
     */
    static Progress lines(String task, String unit, long total, Consumer<String> line) {
        return new ProgressLines(task, unit, total, line, System::nanoTime);
    }

    /** On a status line, drawn over at most ten times a second, and gone in the end. The others are as for {@link #lines}. */
    static Progress status(String task, String unit, long total, StatusLine line) {
        return new ProgressStatus(task, unit, total, line, System::nanoTime);
    }

    /** Not at all. */
    static Progress none() {
        return new Progress() {
            @Override
            public void advance(long done, String message) {}

            @Override
            public void close() {}
        };
    }

    /**
     * Counts.
     *
     * @param done how many more are done
     * @param message what else is worth a look, such as the loss; may be empty
     */
    void advance(long done, String message);

    /** The work is over. */
    @Override
    void close();
}
